package tcp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"framewire/transports/internal/ends"
	"framewire/transports/wire"
)

// peer is one receiver, as the sender sees it. One goroutine reads its pings, another writes.
type peer struct {
	s     *sender
	conn  net.Conn
	name  string
	limit uint32 // bytes of the largest frame it takes; 0 where it did not say
	in    *wire.Reader
	more  chan struct{} // there is something to write; holds one token
	gone  chan struct{} // closed when the connection is over

	confirms bool   // it knows confirmed delivery
	instance uint64 // of its run; 0 where it did not say

	// Guarded by the sender's lock.
	queue   queue
	pong    wire.Pong // to be sent when asked is set
	asked   bool
	told    bool  // our last message was sent
	over    bool  // the reading goroutine has ended
	failure error // for which the writing goroutine closed the connection
	missed  ends.Missed
	// transfers are the photos that it has not answered, in the order in which it gets them.
	transfers []*transfer

	// Of the reading goroutine.
	answered time.Time // when the last ping came that got an answer
	parting  time.Time // since when nothing but the receiver's close is missing; zero before

	// Of the writing goroutine.
	head    []byte
	trailer [wire.TrailerSize]byte
	vector  [3][]byte
	buffers net.Buffers
	bounded bool          // the kernel's unsent bytes are limited
	patient bool          // a receiver that takes nothing is waited for
	began   time.Time     // when the message that is being written was begun
	taken   int           // bytes of it that the kernel took
	due     ends.Deadline // of writing
	closing func() bool
	framed  bool // the last thing written was a frame: a piece of a photo has its turn

	wrote atomic.Int64 // bytes of frames since the last report of drops
}

func newPeer(s *sender, l *link) *peer {
	return &peer{
		s: s, conn: l.conn, name: l.name, limit: l.peer.MaxFrame(),
		in: wire.NewReader(l.conn, nil, 0), closing: s.isClosing,
		more: make(chan struct{}, 1), gone: make(chan struct{}),
		confirms: l.peer.Confirms(), instance: l.peer.Instance(),
	}
}

// wake tells the writing goroutine that there is work.
func (p *peer) wake() {
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// hurry bounds what is still written when the sender closes.
func (p *peer) hurry() {
	_ = p.conn.SetWriteDeadline(time.Now().Add(p.s.set.bye))
	p.wake()
}

// awaitPing waits for the first ping, with which a receiver says that it is ready.
func (p *peer) awaitPing(until time.Time) error {
	_ = p.conn.SetReadDeadline(until)
	return p.read()
}

// readAll reads the receiver's pings until the connection ends.
func (p *peer) readAll() error {
	for {
		_ = p.conn.SetReadDeadline(time.Now().Add(p.s.set.dead))
		if err := p.read(); err != nil {
			return err
		}
		if err := p.lingers(); err != nil {
			return err
		}
	}
}

var errLingers = errors.New("it has everything and does not close the connection")

// lingers is an error when a receiver that was told the end has not closed for settings.parting. That time
// begins anew while the receiver's machine has not confirmed everything: whoever reads a lossless stream
// slowly is waited for as long as it pings, as it was before the end.
func (p *peer) lingers() error {
	p.s.mu.Lock()
	told := p.told
	p.s.mu.Unlock()
	now := time.Now()
	switch {
	case !told:
	case p.parting.IsZero() || p.s.set.unread(p.conn) > 0:
		p.parting = now
	case now.Sub(p.parting) >= p.s.set.parting:
		return errLingers
	}
	return nil
}

func (p *peer) read() error {
	m, err := p.in.Next()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("no sign of life for %s", p.s.set.dead)
	}
	if err != nil {
		return err
	}
	switch m.Type {
	case wire.TypePing:
		now := time.Now()
		if !p.answered.IsZero() && now.Sub(p.answered) < p.s.set.pong {
			return nil // answers to a flood would be in the way of frames
		}
		p.answered = now
		p.s.mu.Lock()
		p.pong, p.asked = wire.Pong{PingSent: m.Ping.Sent, Received: p.s.set.now()}, true
		p.s.mu.Unlock()
		p.wake()
		return nil
	case wire.TypeAnswer:
		return p.answer(m.Answer)
	case wire.TypeBye:
		return errors.New(m.Text)
	}
	return fmt.Errorf("it sent what only senders do: %s", m.Type)
}

// cause says why the connection ended, in words for the log. The sender's lock is held.
func (p *peer) cause(err error) error {
	if p.failure != nil {
		err = p.failure
	}
	return plain(err)
}

// plain gives an error of a connection in words for a log line that has the addresses already.
func plain(err error) error {
	var op *net.OpError
	var call *os.SyscallError
	switch {
	case err == io.EOF, errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		return errors.New("it closed the connection")
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &op):
		return op.Err
	}
	return err
}
