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
	"framewire/transports/wire"
)

// endpoint makes connections, by listening or by dialling, and runs each through its handshake. Both
// roles use it; what they do with a connection is in serve.
type endpoint struct {
	listen, dial string // exactly one is set
	insecure     bool
	set          settings
	log          hclog.Logger
	hello        wire.Hello

	admit   func() *wire.Refusal // takes a place for one connection, or says why there is none
	dismiss func()               // gives the place back when the handshake fails after admit
	// serve uses the connection until it is over, then gives the place back. The context ends when the
	// endpoint closes.
	serve func(context.Context, *link)
	done  func() bool // no further connection is wanted

	complaints limiter
	listener   net.Listener
	cancel     context.CancelFunc
	running    sync.WaitGroup
}

// link is a connection that has passed its handshake.
type link struct {
	conn net.Conn
	peer wire.Hello
	name string // the other end's address
}

// open begins to listen or to dial. The context bounds only the beginning.
func (e *endpoint) open(ctx context.Context) error {
	e.complaints.every = e.set.report
	if e.insecure {
		e.log.Warn("insecure: pictures go over the network unencrypted, and whoever reaches the port is served", "address", e.listen+e.dial)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e.cancel = cancel
	if e.listen == "" {
		e.running.Go(func() { e.keepDialling(life) })
		return nil
	}
	listener, err := e.set.listen(ctx, e.listen)
	if err != nil {
		cancel()
		return listenError(e.listen, err)
	}
	e.listener = listener
	for _, address := range dialable(listener.Addr(), net.InterfaceAddrs) {
		e.log.Info(fmt.Sprintf("listening: the %s can dial %s", e.other(), address))
	}
	e.running.Go(func() { e.keepAccepting(life) })
	return nil
}

// close ends listening, dialling and handshakes, and waits for everything that was started, which
// includes the connections being served: their owner ends those first.
func (e *endpoint) close() {
	e.cancel()
	if e.listener != nil {
		e.listener.Close()
	}
	e.running.Wait()
}

func (e *endpoint) other() string {
	if e.hello.Role == wire.RoleSender {
		return "receiver"
	}
	return "sender"
}

func (e *endpoint) keepAccepting(ctx context.Context) {
	places := make(chan struct{}, e.set.handshakes)
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
			e.complaints.complain(e.log.Warn, "cannot accept a connection", "cause", err)
			pause(ctx, backoff.Next())
			continue
		}
		backoff.Reset()
		select {
		case places <- struct{}{}:
		default:
			e.complaints.complain(e.log.Warn, "too many connections that say nothing, closed one", "from", conn.RemoteAddr(), "limit", e.set.handshakes)
			conn.Close()
			continue
		}
		e.running.Go(func() {
			l, err := e.welcome(ctx, conn)
			<-places
			if err == nil {
				e.serve(ctx, l)
				return
			}
			// Who connects and leaves without a word, as a port scan does, is not worth a line.
			if ctx.Err() == nil && !errors.Is(err, io.EOF) {
				e.complaints.complain(e.log.Warn, "turned a connection away", "from", conn.RemoteAddr(), "cause", err)
			}
		})
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
		pause(ctx, backoff.Next())
	}
}

func (e *endpoint) connect(ctx context.Context) (*link, error) {
	dialing, cancel := context.WithTimeout(ctx, e.set.dialLimit)
	defer cancel()
	conn, err := e.set.dial(dialing, e.dial)
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
	return e.greet(ctx, conn)
}

// dialError leaves out of an error what the log line says anyway, and the local port, which differs every
// time.
func dialError(err error) error {
	if op := (*net.OpError)(nil); errors.Is(err, context.DeadlineExceeded) || errors.As(err, &op) && op.Timeout() {
		return errors.New("no answer")
	}
	return plain(err)
}

// pause waits that long or until the context is done.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
