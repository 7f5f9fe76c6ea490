package udp

import (
	"context"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/transports/datagram"
	"framewire/transports/wire"
)

const (
	groupKept  = 64 // frames of a lossless stream to a group that wait for Read
	openFrames = 4  // unfinished frames of one sender
	hurriedly  = 5  // pings at the beginning, for the clock and the round trip
	hurry      = 4  // times as often as the others
	flushed    = time.Hour
	// overtaken is how long at least a datagram is waited for after one that left later, before it counts as lost.
	overtaken = 25 * time.Millisecond
)

var _ member = (*inbound)(nil)

// inbound is one session with a sender, as the receiver sees it. The hub's reading goroutine puts frames
// together, Read takes them out, and a goroutine of its own keeps the session alive, however long Read is
// not called.
type inbound struct {
	r       *receiver
	link    *link
	group   bool
	arrived chan struct{} // there may be something to read; holds one token
	kick    chan struct{} // serve has to look again; holds one token
	over    chan struct{} // closed when Read has done with it
	why     string        // set before over is closed
	resumed bool          // no frame came yet that is newer than those before the interruption

	mu       sync.Mutex
	re       *datagram.Reassembler
	clock    wire.Clock
	trip     time.Duration // the usual round trip; 0 before the first
	lossless bool          // of the last fragment
	got      datagram.Report
	gotAt    time.Time // when the datagram with the highest counter came
	settled  uint64    // counters before that one were lost if they have not come
	marked   uint64    // that is settled next
	markedAt time.Time // when it was the newest one, plus one
	complete uint64    // frames, when Read was last told
	late     uint64    // frames given up, that are counted
	closed   bool
	kept     []*pipeline.Frame // of a lossless stream to a group, before those in re
	ended    time.Time         // when the end first came
	last     uint32            // frame before the end
	acked    bool              // Read has given the end
	lost     error             // why nothing more comes
	parted   bool              // the sender has said bye
	ask      time.Time         // when to look for missing shards again; zero for never
	asks     []datagram.Ask
	told     datagram.Report // the last report
	reported time.Time       // when that was
	handed   int             // frames that Read has handed on since
	bytes    int             // of those
	until    time.Time       // when serve looks again
	untold   int             // bytes of a lossless stream between two reports at most

	// Of the goroutine that serves.
	pinged time.Time
	pings  int

	out  datagram.Report // scratch, in its place so that sending takes no memory
	nack nack
}

func newInbound(r *receiver, l *link) *inbound {
	s := &inbound{
		r: r, link: l, group: l.hub.group != nil,
		arrived: make(chan struct{}, 1), kick: make(chan struct{}, 1), over: make(chan struct{}),
		re: datagram.NewReassembler(r.env.Pool, datagram.Limits{
			MaxFrame: int(r.cfg.MaxFrame), Open: openFrames, Memory: 2 * int64(r.cfg.MaxFrame), Latency: r.cfg.Latency,
		}, r.budget),
	}
	s.setRoom(l.hub.conn)
	if first, ok := l.peer.FirstFrame(); ok {
		s.re.Expect(first)
	}
	return s
}

// take puts a fragment in its place, or does what another message says.
func (s *inbound) take(b []byte, at time.Time) {
	t, _ := datagram.TypeOf(b)
	switch t {
	case datagram.TypeFragment:
		if f, err := datagram.ParseFragment(b); err == nil {
			s.mu.Lock()
			if !s.closed {
				s.lossless = f.Lossless
				_ = s.re.Add(f, at) // what is refused is counted there
			}
			s.mu.Unlock()
		}
	case datagram.TypePong:
		if pong, err := datagram.ParsePong(b); err == nil {
			s.pong(wire.Pong(pong))
		}
	case datagram.TypeEnd:
		if end, err := datagram.ParseEnd(b); err == nil {
			s.end(end, at)
		}
	case datagram.TypeBye:
		if bye, err := datagram.ParseBye(b); err == nil {
			s.mu.Lock()
			s.parted = true
			s.mu.Unlock()
			s.lose(&byeError{wire.Printable(bye.Text)})
			signal(s.kick) // part waits for it
		}
	}
}

func (s *inbound) pong(p wire.Pong) {
	came := s.r.set.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	trip := came.Sub(p.PingSent)
	if trip < 0 || trip > s.r.set.dead {
		return // no ping of ours, or one with which an address was tried
	}
	s.clock.Add(p, came)
	if trip == 0 {
		return
	}
	if s.trip == 0 {
		s.trip = trip
	}
	s.trip += (trip - s.trip) / 4
}

func (s *inbound) end(end datagram.End, at time.Time) {
	s.mu.Lock()
	if s.ended.IsZero() {
		s.ended, s.last = at, end.Frame
	}
	acked := s.acked
	s.mu.Unlock()
	signal(s.arrived)
	if acked && !s.group {
		s.link.send(datagram.EndAck{})
	}
}

// settle looks at what came together: whether Read has something to do, and what is missing.
func (s *inbound) settle(now time.Time) {
	s.r.env.Counters.BytesIn.Add(s.link.in.Swap(0))
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.count(now)
	s.trim()
	s.countLate()
	stats := s.re.Stats()
	fresh := stats.Complete + stats.Refused
	ready := fresh != s.complete
	s.complete = fresh
	s.look(now)
	if s.lossless && !s.group && s.got.Bytes-s.told.Bytes >= uint64(s.untold) {
		s.report(now)
	}
	if !s.ask.IsZero() {
		s.needServe(s.ask)
	}
	if s.got != s.told {
		s.needServe(s.reported.Add(s.r.set.feedback))
	}
	s.mu.Unlock()
	if ready {
		signal(s.arrived)
	}
}

// serve keeps the session alive until Read has done with it.
func (s *inbound) serve(ctx context.Context) {
	r := s.r
	r.env.Counters.Peers.Add(1)
	defer r.env.Counters.Peers.Add(-1)
	defer s.close()
	defer r.dismiss(s)
	offer := r.sessions
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		timer.Reset(max(s.work(now).Sub(now), 0))
		select {
		case offer <- s:
			offer = nil
		case <-s.kick:
		case <-timer.C:
		case <-s.over:
			s.part(s.why)
			return
		case <-r.stop:
			if offer == nil {
				<-s.over // Close drops what Read has
				s.part(s.why)
				return
			}
			s.part(stopped)
			return
		}
	}
}
