package udp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"

	"framewire/transports/address"
	"framewire/transports/batch"
	"framewire/transports/internal/limit"
	"framewire/transports/secret"
	"framewire/transports/session"
	"framewire/transports/wire"
)

// endpoint makes sessions, by listening or by dialling, or joins a multicast group. Both roles use it; what
// they do with a session is in the member that join gives.
type endpoint struct {
	place
	pipeline string
	secret   secret.Secret
	insecure bool
	announce bool
	mtu      atomic.Int64 // largest IP packet in bytes; shrinks when the network says so
	set      settings
	log      hclog.Logger
	hello    wire.Hello
	out      *atomic.Uint64 // counts the bytes that are sent; may be nil

	// admit says why there is no place for one more session, or nil. It takes none.
	admit func() *wire.Refusal
	// join takes a place for a session whose other end has proven where it is. It gives the member that
	// uses the session, or says why there is no place. The hub's reading goroutine calls it.
	join func(*link) (member, *wire.Refusal)
	done func() bool // no further session is wanted

	key        *session.Key  // nil without a secret
	complaints limit.Limiter // about strangers and the like
	news       limit.Limiter // of peers that come and go
	hub        *hub          // of an end that listens or has a group
	cancel     context.CancelFunc
	running    sync.WaitGroup
	stop       func() // ends the announcement
	attempts   int    // to dial; of the goroutine that dials

	mu      sync.Mutex
	closing bool
	members sync.WaitGroup // sessions that are served
}

// open begins to listen or to dial. The context bounds only the beginning.
func (e *endpoint) open(ctx context.Context) error {
	e.complaints.Every, e.complaints.Burst, e.complaints.Most = e.set.report, 1, limit.Minute
	e.news.Every, e.news.Burst = e.set.report, e.set.lines
	e.warn()
	if !e.secret.IsZero() {
		key := e.secret.Key()
		e.key = &key
	}
	e.closing = false
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.cancel, e.stop = cancel, func() {}
	var err error
	switch {
	case e.group != "":
		err = e.openGroup(ctx, life)
	case e.listen != "":
		err = e.openListening(ctx, life)
	default:
		e.running.Go(func() { e.keepDialling(life) })
	}
	if err != nil {
		cancel()
		return err
	}
	e.running.Go(func() { e.tellMissed(life) })
	return nil
}

// warn says at every start what is open.
func (e *endpoint) warn() {
	switch {
	case !e.insecure:
	case e.group != "":
		e.log.Warn("insecure: pictures go over the network unencrypted, and whoever joins the group sees them or sends others", "group", e.group)
	case e.listen == "":
		e.log.Warn("insecure: pictures go over the network unencrypted, and the other end does not prove who it is", "address", e.dial)
	default:
		e.log.Warn("insecure: pictures go over the network unencrypted, and whoever reaches the port is served", "address", e.listen)
	}
}

func (e *endpoint) openListening(ctx, life context.Context) error {
	conn, err := e.set.listen(ctx, e.listen, false)
	if err != nil {
		return address.ListenError(e.listen, err)
	}
	e.hub = newHub(e, life, conn)
	e.hub.responder = session.NewResponder(e.key)
	for _, at := range address.Dialable(net.UDPAddrFromAddrPort(conn.LocalAddr()), net.InterfaceAddrs) {
		e.log.Info(fmt.Sprintf("listening: the %s can dial %s", e.hello.Role.Other(), at))
	}
	e.tellBuffers(conn)
	e.stop = e.startAnnouncing(life, conn.LocalAddr())
	e.running.Go(e.hub.read)
	return nil
}

// tellBuffers says when the kernel keeps fewer datagrams than a burst has.
func (e *endpoint) tellBuffers(conn batch.PacketConn) {
	if c, ok := conn.(*batch.Conn); ok && c.Buffers().Read < batch.DefaultBuffer/2 {
		e.log.Debug("the kernel keeps few datagrams for this program: raise net.core.rmem_max where a busy machine loses some",
			"bytes", c.Buffers().Read, "asked", batch.DefaultBuffer)
	}
}

// tellMissed tells what the limiters still hold back, until the endpoint closes.
func (e *endpoint) tellMissed(ctx context.Context) {
	limit.Watch(ctx, e.set.report, func() {
		e.complaints.TellMissed(e.log.Warn)
		e.news.TellMissed(e.log.Info)
	})
}

// enter counts one more session that is served, unless the endpoint closes.
func (e *endpoint) enter() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closing {
		e.members.Add(1)
	}
	return !e.closing
}

// close ends the sessions, then listening, dialling and handshakes, and waits for everything that was
// started.
func (e *endpoint) close() {
	e.mu.Lock()
	e.closing = true
	e.mu.Unlock()
	e.cancel()
	e.stop()
	e.members.Wait()
	if e.hub != nil {
		e.hub.close()
	}
	e.running.Wait()
}

// local reports whether packets to that address stay on this machine.
func local(at netip.AddrPort) bool { return at.Addr().IsLoopback() }

// shrink takes note of the largest IP packet that fits the way to a peer.
func (e *endpoint) shrink(packet int) (now int) {
	for {
		old := e.mtu.Load()
		want := min(old, int64(max(packet, leastMTU)))
		if want == old || e.mtu.CompareAndSwap(old, want) {
			return int(want)
		}
	}
}

// leastMTU is what every IPv6 network carries (RFC 8200, section 5), in bytes.
const leastMTU = 1280
