package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/transports/address"
	"framewire/transports/internal/limit"
	"framewire/transports/secret"
	"framewire/transports/secure"
	"framewire/transports/wire"
)

// endpoint makes connections, by listening or by dialling, and runs each through its handshake. Both
// roles use it; what they do with a connection is in serve.
type endpoint struct {
	listen, dial string // exactly one is set
	announce     bool   // where it listens
	pipeline     string // under which name
	insecure     bool
	secret       secret.Secret
	tls          secure.TLS
	set          settings
	log          hclog.Logger
	hello        wire.Hello

	admit   func() *wire.Refusal // takes a place for one connection, or says why there is none
	dismiss func()               // gives the place back when the handshake fails after admit
	// serve uses the connection until it is over, then gives the place back. The context ends when the
	// endpoint closes.
	serve func(context.Context, *link)
	done  func() bool // no further connection is wanted

	complaints limit.Limiter // about strangers and the like
	news       limit.Limiter // of peers that come and go
	lobby      lobby
	guard      *secure.Guard  // nil where neither secret nor tls is set
	wrong      secret.Limiter // of secrets
	listener   net.Listener
	silence    func() // ends the announcement; nil where there is none
	cancel     context.CancelFunc
	running    sync.WaitGroup
}

// link is a connection that has passed its handshake.
type link struct {
	conn net.Conn
	peer wire.Hello
	name string // the other end's address
	// until is when the other end must have shown that it is ready.
	until time.Time
	// settled says that the connection needs its place in the lobby no longer. It reports whether the
	// connection was closed because it had that place too long.
	settled func() (sent bool)
}

// open begins to listen or to dial. The context bounds only the beginning.
func (e *endpoint) open(ctx context.Context) error {
	e.complaints.Every, e.complaints.Burst, e.complaints.Most = e.set.report, 1, limit.Minute
	e.news.Every, e.news.Burst = e.set.report, e.set.lines
	e.lobby.places, e.lobby.share, e.lobby.grace = e.set.handshakes, e.set.perAddress, e.set.grace
	switch {
	case e.insecure && e.listen == "":
		e.log.Warn("insecure: pictures go over the network unencrypted, and the other end does not prove who it is", "address", e.dial)
	case e.insecure:
		e.log.Warn("insecure: pictures go over the network unencrypted, and whoever reaches the port is served", "address", e.listen)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.cancel = cancel
	var err error
	if e.guard, err = secure.NewGuard(e.secret, e.tls, e.set.now); err != nil {
		cancel()
		return err
	}
	if e.listen == "" {
		e.running.Go(func() { e.tellMissed(life) })
		e.running.Go(func() { e.keepDialling(life) })
		return nil
	}
	listener, err := e.set.listen(ctx, e.listen)
	if err != nil {
		cancel()
		return address.ListenError(e.listen, err)
	}
	e.listener = listener
	for _, at := range address.Dialable(listener.Addr(), net.InterfaceAddrs) {
		e.log.Info(fmt.Sprintf("listening: the %s can dial %s", e.hello.Role.Other(), at))
	}
	e.publish(life)
	e.running.Go(func() { e.tellMissed(life) })
	e.running.Go(func() { e.keepAccepting(life) })
	return nil
}

// tellMissed tells what the limiters still hold back, until the endpoint closes.
func (e *endpoint) tellMissed(ctx context.Context) {
	limit.Watch(ctx, e.set.report, func() {
		e.complaints.TellMissed(e.log.Warn)
		e.news.TellMissed(e.log.Info)
	})
}

// close ends listening, dialling and handshakes, and waits for everything that was started, which
// includes the connections being served: their owner ends those first.
func (e *endpoint) close() {
	e.cancel()
	if e.listener != nil {
		e.listener.Close()
	}
	if e.silence != nil {
		e.silence()
	}
	e.running.Wait()
}

func (e *endpoint) keepAccepting(ctx context.Context) {
	backoff := e.set.backoff
	for {
		conn, err := e.listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil {
			e.complaints.Say(e.log.Warn, "cannot accept a connection", "cause", err)
			_ = backoff.Wait(ctx) // the loop looks at ctx
			continue
		}
		backoff.Reset()
		guest, out := e.lobby.enter(conn)
		switch {
		case guest != nil:
			e.running.Go(func() { e.seat(ctx, guest, out) })
		case e.lobby.wait(conn):
			e.running.Go(func() { e.queue(ctx, conn) })
		default:
			conn.Close()
			e.complaints.Say(e.log.Warn, "too many connections wait to be let in, closed one", "from", conn.RemoteAddr())
		}
	}
}

// queue has a connection wait until there is a place. Each waits for itself, so that a flood from one address
// holds up nobody from another.
func (e *endpoint) queue(ctx context.Context, conn net.Conn) {
	defer e.lobby.waited(conn)
	for {
		select {
		case <-time.After(e.set.crowded):
		case <-ctx.Done():
			conn.Close()
			return
		}
		if guest, out := e.lobby.enter(conn); guest != nil {
			e.running.Go(func() { e.seat(ctx, guest, out) })
			return
		}
	}
}

// seat serves a connection that got a place, for which another may have had to go.
func (e *endpoint) seat(ctx context.Context, g, out *guest) {
	if out != nil {
		e.complaints.Say(e.log.Warn, "too many connections that say nothing, closed the oldest",
			"from", out.conn.RemoteAddr(), "limit", e.set.handshakes, "limit_per_address", e.set.perAddress)
	}
	e.receive(ctx, g)
}

// receive is the life of a connection that was accepted.
func (e *endpoint) receive(ctx context.Context, g *guest) {
	l, err := e.welcome(ctx, g)
	if err == nil {
		l.settled = func() bool { return e.lobby.leave(g) }
		defer l.settled()
		e.serve(ctx, l)
		return
	}
	sent := e.lobby.leave(g)
	// Who connects and leaves without a word, as a port scan does, is not worth a line.
	if ctx.Err() == nil && !sent && !errors.Is(err, io.EOF) {
		e.complaints.Say(e.log.Warn, "turned a connection away", "from", g.conn.RemoteAddr(), "cause", err)
	}
}

// keepDialling connects again and again. What is in the way is told at once, and again when it changes
// or after a long while.
func (e *endpoint) keepDialling(ctx context.Context) {
	backoff := e.set.backoff
	var told string
	var toldAt time.Time
	for ctx.Err() == nil && !e.done() {
		began := time.Now()
		l, err := e.connect(ctx)
		if err == nil {
			told = ""
			e.serve(ctx, l)
		} else if ctx.Err() == nil && (err.Error() != told || time.Since(toldAt) >= e.set.remind) {
			told, toldAt = err.Error(), time.Now()
			tell := e.log.Warn
			if errors.Is(err, syscall.ECONNREFUSED) {
				tell = e.log.Info // nobody is there yet, and start order does not matter
			}
			tell("waiting for "+e.dial, "cause", told)
		}
		if err == nil && time.Since(began) >= pipeline.DefaultBackoffMax {
			backoff.Reset()
		}
		_ = backoff.Wait(ctx) // the loop looks at ctx
	}
}

func (e *endpoint) connect(ctx context.Context) (*link, error) {
	to, err := e.locate(ctx)
	if err != nil {
		return nil, err
	}
	dialing, cancel := context.WithTimeout(ctx, e.set.dialLimit)
	defer cancel()
	conn, err := e.set.dial(dialing, to)
	if err != nil {
		return nil, dialError(err)
	}
	if isSelf(conn) {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // the port is free again at once, for who wants to listen on it
		}
		conn.Close()
		return nil, errors.New("connection refused")
	}
	return e.greet(ctx, conn, to)
}

// dialError leaves out of an error what the log line says anyway, and the local port, which differs every
// time.
func dialError(err error) error {
	if op := (*net.OpError)(nil); errors.Is(err, context.DeadlineExceeded) || errors.As(err, &op) && op.Timeout() {
		return errors.New("no answer")
	}
	return plain(err)
}
