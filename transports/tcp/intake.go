package tcp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"framewire/pipeline"
	"framewire/transports/wire"
)

const (
	maxOpen     = 16       // photos of a connection that were offered and not answered for good
	maxArriving = 64 << 20 // bytes of those that arrive at the same time, unless one alone has more
)

// intake takes the photos of one connection. The goroutine that reads uses it.
type intake struct {
	s         *session
	transfers []*incoming // in the order in which they were offered
	broken    []broken    // the last ones that were refused while their data came
}

// broken is a photo that was refused while its data came. Those that were under way are no fault of the sender's.
type broken struct {
	number uint64
	left   int // bytes that may come yet
}

// offer takes note of a photo, or answers at once. An error means that the sender breaks the rules.
func (in *intake) offer(ctx context.Context, o wire.Offer) error {
	s, f := in.s, o.Frame
	if err := s.enter(); err != nil {
		f.Release()
		return err
	}
	if in.find(o.Transfer) != nil {
		f.Release()
		return fmt.Errorf("it offered transfer %d twice", o.Transfer)
	}
	f.Captured = s.clock.Local(f.Captured)
	f.Lossless, f.Confirm = true, true
	t := &incoming{number: o.Transfer, frame: f, hash: sha256.New()}
	t.offer = pipeline.Offer{Meta: f.Meta, Format: f.Format, Size: o.Size, Sum: o.Sum}
	if limit := int64(s.r.cfg.MaxFrame); o.Size > limit {
		in.refuse(t, fmt.Sprintf("it has %d bytes, and max_frame is %s here", o.Size, s.r.cfg.MaxFrame))
		return nil
	}
	known, err := s.r.arrivals.known(ctx, t, s)
	switch {
	case err != nil:
		in.refuse(t, pipeline.Cause(err))
	case known:
		f.Release()
	default:
		in.transfers = append(in.transfers, t)
	}
	return nil
}

// decline refuses a photo that cannot be read here.
func (in *intake) decline(number uint64, why error) error {
	if err := in.s.enter(); err != nil {
		return err
	}
	in.s.answer(wire.OfferAnswer{Transfer: number, Verdict: wire.VerdictRefused, Text: why.Error()})
	return nil
}

// advance asks for the data of the next photos, as many as may arrive at once, until one is whole without
// any: all of it was there.
func (in *intake) advance() *pipeline.Frame {
	for t := in.due(); t != nil; t = in.due() {
		if f := in.begin(t); f != nil {
			return f
		}
	}
	return nil
}

// due gives the next photo whose data may be asked for, or nil.
func (in *intake) due() *incoming {
	var arriving int64
	for _, t := range in.transfers {
		switch {
		case t.flows:
			arriving += t.offer.Size
		case arriving == 0, arriving+t.offer.Size <= maxArriving:
			return t
		default:
			return nil // it has its turn before those behind it
		}
	}
	return nil
}

// begin asks for a photo's data from where they end here. It gives the photo where nothing is missing.
func (in *intake) begin(t *incoming) *pipeline.Frame {
	t.flows = true
	if err := in.resume(t); err != nil {
		in.remove(t)
		in.refuse(t, pipeline.Cause(err))
		return nil
	}
	if int64(len(t.frame.Data)) == t.offer.Size {
		return in.whole(t)
	}
	in.want(t)
	return nil
}

// chunk takes a piece of a photo, and gives the photo when it is the last. An error means that the sender
// breaks the rules.
func (in *intake) chunk(c wire.Chunk) (*pipeline.Frame, error) {
	t := in.find(c.Transfer)
	if t == nil && in.wasUnderWay(c) {
		return nil, nil
	}
	if t == nil || !t.flows {
		return nil, fmt.Errorf("it sent a chunk of transfer %d, which was not asked for", c.Transfer)
	}
	if had := int64(len(t.frame.Data)); c.Offset != had || had+int64(len(c.Data)) > t.offer.Size {
		return nil, fmt.Errorf("it sent bytes %d to %d of a photo of %d, of which %d are there", c.Offset, c.Offset+int64(len(c.Data)), t.offer.Size, had)
	}
	copy(t.room(len(c.Data)), c.Data)
	t.hash.Write(c.Data)
	if t.part != nil {
		if _, err := t.part.Write(c.Data); errors.Is(err, pipeline.ErrSkip) {
			in.remove(t)
			in.refuse(t, pipeline.Cause(err))
			in.broken = append(in.broken[max(0, len(in.broken)-maxOpen+1):], broken{t.number, wire.ChunkSize - len(c.Data)})
			return nil, nil
		} else if err != nil {
			t.discard() // it goes on in memory alone
		}
	}
	if int64(len(t.frame.Data)) == t.offer.Size {
		return in.whole(t), nil
	}
	in.want(t)
	return nil, nil
}

// wasUnderWay reports whether a chunk may have been sent before the sender heard that its photo is refused.
func (in *intake) wasUnderWay(c wire.Chunk) bool {
	for i := range in.broken {
		if b := &in.broken[i]; b.number == c.Transfer && b.left >= len(c.Data) {
			b.left -= len(c.Data)
			return true
		}
	}
	return false
}

// whole checks a photo that has come and gives it, unless it is wrong or on its way through the chain
// already.
func (in *intake) whole(t *incoming) *pipeline.Frame {
	if [32]byte(t.hash.Sum(nil)) != t.offer.Sum {
		if t.damaged || t.offer.Size == 0 { // nothing would come a second time
			in.remove(t)
			in.refuse(t, "its bytes are not those that were announced (SHA-256)")
			return nil
		}
		t.damaged = true
		t.restart()
		in.want(t)
		return nil
	}
	in.remove(t)
	if t.offer.Size > 0 {
		in.want(t) // a word that the last chunk came: others may follow while this one is being kept
	}
	return in.s.r.arrivals.hand(t, in.s)
}

func (in *intake) want(t *incoming) {
	in.s.answer(wire.OfferAnswer{Transfer: t.number, Verdict: wire.VerdictWant, Offset: int64(len(t.frame.Data))})
}

// refuse answers for good. The photo is not among the transfers.
func (in *intake) refuse(t *incoming, why string) {
	in.s.r.end.news.Say(in.s.r.env.Log.Warn, "refused a photo", "sender", in.s.name, "photo", wire.Printable(t.offer.Meta.Name), "cause", why)
	t.discard()
	t.frame.Release()
	in.s.answer(wire.OfferAnswer{Transfer: t.number, Verdict: wire.VerdictRefused, Text: why})
}

func (in *intake) find(number uint64) *incoming {
	for _, t := range in.transfers {
		if t.number == number {
			return t
		}
	}
	return nil
}

func (in *intake) remove(t *incoming) {
	in.transfers = slices.DeleteFunc(in.transfers, func(other *incoming) bool { return other == t })
}
