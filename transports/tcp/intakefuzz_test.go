package tcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// What a byte of FuzzReceiver's script says.
const (
	opOffer   = iota // a photo under a number
	opRight          // the chunk that is wanted
	opDamaged        // the same with a byte off
	opWrong          // a chunk of any number, at any offset
	opSettle         // what was given first: well, refused, or to be tried again
	opCut            // the connection
	ops
)

// script is a sender made of bytes, three for each step. It stands in for the connection: whenever the
// receiver reads, the next step is taken.
type script struct {
	net.Conn
	t      testing.TB
	r      *receiver
	steps  []byte
	photos []shot
	stop   context.CancelFunc
	out    bytes.Reader
	b      []byte

	offers map[uint64]int // photo by number, on this connection
	wants  []wire.OfferAnswer
	given  []*pipeline.Frame
}

func (s *script) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is called when the receiver drops a connection: the sender comes back.
func (s *script) SetWriteDeadline(time.Time) error {
	s.connect()
	return nil
}

func (s *script) Read(p []byte) (int, error) {
	for s.out.Len() == 0 {
		s.hear()
		if len(s.steps) < 3 {
			s.stop()
			return 0, io.EOF
		}
		op, a, b := s.steps[0]%ops, s.steps[1], s.steps[2]
		s.steps = s.steps[3:]
		if op == opCut {
			return 0, io.EOF
		}
		s.b = s.step(op, a, b)
		s.out.Reset(s.b)
		if err := s.r.now.givenUp(); err != nil {
			return 0, err
		}
	}
	return s.out.Read(p)
}

// connect has a further connection wait for the receiver.
func (s *script) connect() {
	s.offers, s.wants = make(map[uint64]int), nil
	s.r.sessions <- newSession(s.r, &link{conn: s, name: "script"})
}

// hear reads what the receiver answers.
func (s *script) hear() {
	in := wire.NewReader(bytes.NewReader(s.r.now.appendAnswers(nil)), nil, 0)
	for {
		m, err := in.Next()
		if err != nil {
			return
		}
		if i, ok := s.offers[m.Answer.Transfer]; !ok {
			s.t.Errorf("an answer to offer %d, which was not made", m.Answer.Transfer)
		} else if m.Answer.Verdict == wire.VerdictWant && m.Answer.Offset < int64(len(s.photos[i].data)) {
			s.wants = append(s.wants, m.Answer)
		}
	}
}

func (s *script) step(op, a, b byte) []byte {
	switch op {
	case opOffer:
		i := int(a) % len(s.photos)
		f := s.r.env.Pool.Get(len(s.photos[i].data))
		defer f.Release()
		f.Format, f.Meta.Name, f.Seq = pipeline.AnyFile, s.photos[i].name, uint64(i)
		if _, ok := s.offers[uint64(b)]; !ok { // where one is offered twice the first counts
			s.offers[uint64(b)] = i
		}
		return wire.AppendOffer(nil, uint64(b), sumOf(s.photos[i]), f)
	case opRight, opDamaged:
		if len(s.wants) == 0 {
			return nil
		}
		w := s.wants[0]
		s.wants = s.wants[1:]
		data := s.photos[s.offers[w.Transfer]].data[w.Offset:]
		data = bytes.Clone(data[:min(len(data), wire.ChunkSize)])
		if op == opDamaged {
			data[len(data)/2] ^= a | 1
		}
		return complete(wire.AppendChunk(nil, w.Transfer, w.Offset, len(data)), data)
	case opWrong:
		data := make([]byte, 1+int(b))
		return complete(wire.AppendChunk(nil, uint64(a), int64(b)*100, len(data)), data)
	case opSettle:
		s.settle(int(a))
	}
	return nil
}

func (s *script) settle(how int) {
	if len(s.given) == 0 {
		return
	}
	f := s.given[0]
	s.given = s.given[1:]
	f.Settled([]error{nil, fmt.Errorf("no room: %w", pipeline.ErrSkip), errors.New("later")}[how%3])
	f.Release()
}

// Whatever a sender says, a photo comes out with the bytes that were announced or not at all, never twice at
// the same time, and no memory is left behind.
func FuzzReceiver(f *testing.F) {
	whole := []byte{opOffer, 1, 1, opRight, 0, 0, opSettle, 0, 0}
	f.Add(false, whole)
	f.Add(true, whole)
	f.Add(true, []byte{opOffer, 2, 1, opRight, 0, 0, opCut, 0, 0, opOffer, 2, 2, opRight, 0, 0, opRight, 0, 0, opSettle, 0, 0})
	f.Add(false, []byte{opOffer, 2, 1, opRight, 0, 0, opCut, 0, 0, opOffer, 2, 2, opRight, 0, 0, opRight, 0, 0, opSettle, 1, 0})
	f.Add(false, []byte{opOffer, 1, 1, opRight, 0, 0, opCut, 0, 0, opOffer, 1, 9, opSettle, 0, 0, opOffer, 1, 10})
	f.Add(true, []byte{opOffer, 1, 1, opOffer, 1, 2, opRight, 0, 0, opRight, 0, 0, opSettle, 2, 0, opOffer, 1, 3})
	f.Add(true, []byte{opOffer, 3, 1, opDamaged, 1, 0, opDamaged, 1, 0, opRight, 0, 0, opOffer, 0, 2, opSettle, 0, 0})
	f.Add(false, []byte{opOffer, 1, 1, opOffer, 1, 1})
	f.Add(false, []byte{opWrong, 1, 1})
	f.Add(true, []byte{opOffer, 1, 1, opWrong, 1, 0})
	f.Add(false, bytes.Repeat([]byte{opOffer, 2, 1}, 20))
	photos := shots(0, 1000, wire.ChunkSize+5000, 2*wire.ChunkSize)
	f.Fuzz(func(t *testing.T, keeps bool, steps []byte) {
		if len(steps) > 300 {
			return
		}
		pool := pipeline.NewPool()
		env := pipeline.Env{Log: hclog.NewNullLogger(), Pool: pool, Counters: new(pipeline.Counters)}
		if keeps {
			env.Keepers = []pipeline.Keeper{page{newAlbum()}}
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		r := newReceiver(receiveDefaults(), env, standard())
		r.end, r.sessions = &endpoint{}, make(chan *session, 1)
		s := &script{t: t, r: r, steps: steps, photos: photos, stop: stop}
		s.connect()
		for {
			frame, err := r.Read(ctx)
			if err != nil && ctx.Err() != nil {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			i := frame.Seq
			if !bytes.Equal(frame.Data, photos[i].data) || frame.Meta.Name != photos[i].name || !frame.Confirm || !frame.Lossless {
				t.Errorf("photo %d is not what was announced", i)
			}
			for _, other := range s.given {
				if other.Seq == i {
					t.Errorf("photo %d is given twice", i)
				}
			}
			s.given = append(s.given, frame)
			if n := len(r.now.photos.transfers); n > maxOpen {
				t.Errorf("%d transfers are open", n)
			}
		}
		for len(s.given) > 0 {
			s.settle(0)
		}
		if r.now != nil {
			r.drop(stopped)
		}
		r.unwatch()
		r.shelf.clear()
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not given back", n)
		}
		if n := len(r.arrivals.way); n != 0 {
			t.Errorf("%d photos are on their way", n)
		}
	})
}
