package udp

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/transports/datagram"
	"framewire/transports/session"
	"framewire/transports/wire"
)

// mostInitiations is how many initiations of one attempt an answer is still taken for.
const mostInitiations = 4

// errSilent says all that is known when no answer comes: whoever does not know the secret gets none.
var errSilent = errors.New("no answer: nobody is there yet, or the secrets differ")

// call is one attempt to reach the other end, by a hub of its own.
type call struct {
	to       netip.AddrPort
	answered chan answer // what the first response said
	joined   chan *link  // the session that came of it

	mu          sync.Mutex
	initiations []*session.Initiation // newest last
	over        bool                  // a response was taken
}

type answer struct {
	link *link
	err  error
}

// keepDialling reaches out again and again. What is in the way is told at once, and again when it changes or
// after a long while.
func (e *endpoint) keepDialling(ctx context.Context) {
	backoff := e.set.backoff
	var told string
	var toldAt time.Time
	for ctx.Err() == nil && !e.done() {
		began := time.Now()
		err := e.connect(ctx)
		if err == nil {
			told = ""
		} else if ctx.Err() == nil && (err.Error() != told || time.Since(toldAt) >= e.set.remind) {
			told, toldAt = err.Error(), time.Now()
			tell := e.log.Warn
			if errors.Is(err, errSilent) {
				tell = e.log.Info // start order does not matter
			}
			tell("waiting for "+e.dial, "cause", told)
		}
		if err == nil && time.Since(began) >= pipeline.DefaultBackoffMax {
			backoff.Reset()
		}
		_ = backoff.Wait(ctx) // the loop looks at ctx
	}
}

// connect makes one attempt, and returns when the session that came of it is over.
func (e *endpoint) connect(ctx context.Context) error {
	target, err := e.target(ctx)
	if err != nil {
		return err
	}
	attempt, cancel := context.WithTimeout(ctx, e.set.attempt)
	defer cancel()
	list, err := e.set.resolve(attempt, target)
	if err != nil {
		return plain(err)
	}
	to := list[e.attempts%len(list)] // nobody says that nobody is at an address: the next try is for the next
	e.attempts++
	conn, err := e.set.listen(ctx, anyPort(to), false)
	if err != nil {
		return plain(err)
	}
	h := newHub(e, ctx, conn)
	h.call = &call{to: to, answered: make(chan answer, 1), joined: make(chan *link, 1)}
	var reading sync.WaitGroup
	reading.Go(h.read)
	defer reading.Wait()
	defer h.close()
	l, err := h.initiate(attempt)
	if err == nil {
		l, err = h.begin(ctx, l)
	}
	if err != nil {
		return err
	}
	h.call.again()
	h.stay(ctx, l)
	return nil
}

// stay waits until a session is over. While nothing comes it asks for a new one: the other end may have
// been started again and know nothing of this one.
func (h *hub) stay(ctx context.Context, l *link) {
	ticker := time.NewTicker(h.e.set.look)
	defer ticker.Stop()
	for {
		select {
		case <-l.gone:
		case a := <-h.call.answered:
			if a.err != nil { // it has not noticed yet that it does not reach us
				h.call.again()
				continue
			}
			newer, err := h.begin(ctx, a.link)
			h.call.again()
			if err != nil {
				h.drop(a.link)
				continue
			}
			<-l.gone // the newer session has taken its place
			l = newer
			continue
		case <-ticker.C:
			if l.silence(time.Now()) >= h.e.set.quiet {
				h.knock()
			}
			continue
		}
		return
	}
}

// knock sends one initiation.
func (h *hub) knock() {
	payload, err := h.e.hello.Append(nil)
	if err != nil {
		return
	}
	i, packet, err := session.Initiate(h.e.key, payload)
	if err != nil {
		return
	}
	h.call.add(i)
	_ = h.conn.WriteTo(packet, len(packet), h.call.to) // there will be another
}

// anyPort gives the address to send from.
func anyPort(to netip.AddrPort) string {
	switch {
	case local(to) && to.Addr().Is4():
		return "127.0.0.1:0"
	case local(to):
		return "[::1]:0"
	case to.Addr().Is4():
		return "0.0.0.0:0"
	}
	return "[::]:0"
}

// initiate asks for a session until there is an answer.
func (h *hub) initiate(ctx context.Context) (*link, error) {
	payload, err := h.e.hello.Append(nil)
	if err != nil {
		return nil, err
	}
	backoff := h.e.set.initiate
	for {
		i, packet, err := session.Initiate(h.e.key, payload)
		if err != nil {
			return nil, err
		}
		h.call.add(i)
		if err := h.conn.WriteTo(packet, len(packet), h.call.to); err != nil {
			return nil, plain(err)
		}
		timer := time.NewTimer(backoff.Next())
		select {
		case a := <-h.call.answered:
			timer.Stop()
			return a.link, a.err
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, errSilent
		}
	}
}

// begin pings until the other end is heard, which is when it has a place for us.
func (h *hub) begin(ctx context.Context, l *link) (*link, error) {
	limit := time.NewTimer(h.e.set.handshake)
	defer limit.Stop()
	ticker := time.NewTicker(h.e.set.again)
	defer ticker.Stop()
	for {
		l.send(datagram.Ping{Sent: h.e.set.now()})
		select {
		case joined := <-h.call.joined:
			if joined == l {
				return l, nil
			}
		case <-ticker.C:
		case <-limit.C:
			l.bye("you were not heard")
			return nil, errors.New("it answered, and was not heard again")
		case <-ctx.Done():
			l.bye("the " + h.e.hello.Role.String() + " stopped") // it may count us already
			return nil, ctx.Err()
		}
	}
}

// answered reads a response. One that is forged changes nothing.
func (h *hub) answered(b []byte, from netip.AddrPort, at time.Time) {
	i := h.call.find(b)
	if i == nil {
		return
	}
	s, payload, err := i.Finish(b)
	if err != nil {
		return
	}
	h.call.end()
	hello, err := wire.ReadHello(bytes.NewReader(payload))
	if err == nil {
		if refusal := hello.Accept(h.e.hello.Role); refusal != nil {
			err = errors.New(refusal.Text)
		} else if refusal := h.e.admit(); refusal != nil {
			err = errors.New(refusal.Text)
		}
	}
	if err != nil {
		h.call.answered <- answer{err: err}
		return
	}
	l := newLink(h, s, hello, from)
	l.heard.Store(at.UnixNano())
	h.add(l)
	h.call.answered <- answer{link: l}
}

func (c *call) add(i *session.Initiation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.initiations = append(c.initiations, i); len(c.initiations) > mostInitiations {
		c.initiations = c.initiations[1:]
	}
}

// find gives the initiation that a response claims to answer, unless one was answered already.
func (c *call) find(b []byte) *session.Initiation {
	id, ok := session.SessionID(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok || c.over {
		return nil
	}
	for _, i := range c.initiations {
		if i.ID() == id {
			return i
		}
	}
	return nil
}

// end takes no further response, until again is called.
func (c *call) end() {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
}

func (c *call) again() {
	c.mu.Lock()
	c.over, c.initiations = false, nil
	c.mu.Unlock()
}
