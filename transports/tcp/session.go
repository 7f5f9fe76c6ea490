package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"framewire/transports/internal/ends"
	"framewire/transports/wire"
)

// session is one connection to a sender, as the receiver sees it. Read uses it; a goroutine of its own
// sends the pings and the answers, however long Read is not called.
type session struct {
	r    *receiver
	conn net.Conn
	read io.Reader // of conn
	name string
	over chan struct{} // closed when Read has done with it
	why  string        // set before over is closed

	answers answers

	// Of the goroutine that reads.
	in      *wire.Reader
	ctx     context.Context // of the Read that is running
	due     ends.Deadline   // of reading
	between bool            // no message has begun
	resumed bool            // no frame came yet that is newer than those before the interruption
	clock   wire.Clock
	photos  intake
}

func newSession(r *receiver, l *link) *session {
	s := &session{r: r, conn: l.conn, read: newReader(l.conn), name: l.name, over: make(chan struct{})}
	s.answers.more, s.photos.s = make(chan struct{}, 1), s
	s.in = wire.NewReader(s, r.env.Pool, uint32(r.cfg.MaxFrame))
	return s
}

// next reads one message.
func (s *session) next(ctx context.Context) (wire.Message, error) {
	s.ctx, s.between = ctx, true
	if err := s.in.Wait(); err != nil {
		return wire.Message{}, err
	}
	s.between = false
	return s.in.Next()
}

// Read reads from the connection, for the wire.Reader. Only time in which it waits counts as silence of
// the sender: a chain that is slow to come back for more is not its fault.
func (s *session) Read(p []byte) (int, error) {
	since := time.Now()
	for now := since; ; now = time.Now() {
		if s.due.Due(now, s.r.set.dead) {
			if err := s.conn.SetReadDeadline(since.Add(s.r.set.dead)); err != nil {
				return 0, err
			}
		}
		// These are looked at after the deadline is set: whoever ends one moves the deadline later.
		if err := s.ctx.Err(); err != nil {
			return 0, err
		}
		if err := s.givenUp(); err != nil {
			return 0, err
		}
		n, err := s.read.Read(p)
		s.r.env.Counters.BytesIn.Add(uint64(n))
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || s.ctx.Err() != nil {
			return n, err
		}
		if err := s.givenUp(); err != nil {
			return 0, err
		}
		if time.Since(since) >= s.r.set.dead {
			return 0, fmt.Errorf("no sign of life for %s", s.r.set.dead)
		}
		// Otherwise it was an old deadline, or the context of an earlier Read ended late: its interruption is
		// none for this one.
		s.due.Passed()
	}
}

// talk asks for the sender's clock at once and then every second, answers its offers, and says bye at the
// end.
func (s *session) talk() {
	defer s.conn.Close()
	ticker := time.NewTicker(s.r.set.ping)
	defer ticker.Stop()
	b := wire.Ping{Sent: s.r.set.now()}.Append(nil)
	for {
		if err := s.write(b, s.r.set.dead); err != nil {
			// Read will see it too; what came before may still be worth reading.
			<-s.over
			return
		}
		select {
		case <-ticker.C:
			b = wire.Ping{Sent: s.r.set.now()}.Append(b[:0])
		case <-s.answers.more:
			b = s.appendAnswers(b[:0])
		case <-s.over:
			b = s.appendAnswers(b[:0])
			_ = s.write(wire.AppendBye(b, s.why), s.r.set.bye)
			return
		}
	}
}

// write sends a message. Once the session is over it takes no longer than settings.bye.
func (s *session) write(b []byte, limit time.Duration) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(limit))
	select {
	case <-s.over: // looked at after the deadline is set: drop moves it later
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.r.set.bye))
	default:
	}
	_, err := s.conn.Write(b)
	return err
}

// drop ends the session; the sender is told why.
func (s *session) drop(why string) {
	s.photos.close()
	s.why = why
	close(s.over)
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.r.set.bye))
}
