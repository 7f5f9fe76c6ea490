package tcp

import (
	"context"
	"errors"
	"sync"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// maxRemembered is how many photos a receiver remembers that were delivered, where no output keeps them.
const maxRemembered = 4096

// photoKey tells whether a photo is the same that was offered before. Where outputs keep photos it is a file
// with its name and content, else a picture of a stream: a slide show may show a photo twice, though not
// because an answer was lost.
type photoKey struct {
	name   string
	stream pipeline.StreamID
	seq    uint64
	sum    [32]byte
}

// arrival is a photo that is on its way through the chain.
type arrival struct {
	part    pipeline.Part
	waiters []waiter
}

// waiter is who wants to hear what becomes of it.
type waiter struct {
	s      *session
	number uint64
}

// arrivals are the photos that came whole: those in the chain, and the last ones that were delivered. It
// outlives connections.
type arrivals struct {
	keepers []pipeline.Keeper

	mu     sync.Mutex
	way    map[photoKey]*arrival
	had    map[photoKey]struct{}
	recent []photoKey // the keys of had, in a ring
	next   int        // the oldest of these
}

func newArrivals(keepers []pipeline.Keeper) *arrivals {
	return &arrivals{keepers: keepers, way: make(map[photoKey]*arrival), had: make(map[photoKey]struct{})}
}

func (a *arrivals) key(t *incoming) photoKey {
	if len(a.keepers) > 0 {
		return photoKey{name: t.offer.Meta.Name, sum: t.offer.Sum}
	}
	return photoKey{stream: t.frame.Stream, seq: t.frame.Seq, sum: t.offer.Sum}
}

// known reports whether the data of a photo are not needed, and sees to the answer. An error refuses it.
func (a *arrivals) known(ctx context.Context, t *incoming, s *session) (bool, error) {
	key := a.key(t)
	a.mu.Lock()
	on := a.way[key]
	if on != nil {
		on.wait(s, t.number)
	}
	_, had := a.had[key]
	a.mu.Unlock()
	if on != nil {
		return true, nil
	}
	if !had {
		if kept, err := a.kept(ctx, t.offer); !kept || err != nil {
			return false, err
		}
	}
	s.answer(wire.OfferAnswer{Transfer: t.number, Verdict: wire.VerdictKept})
	return true, nil
}

// kept reports whether every output that keeps photos has that one. An error refuses it.
func (a *arrivals) kept(ctx context.Context, o pipeline.Offer) (bool, error) {
	for _, k := range a.keepers {
		have, err := k.Have(ctx, o)
		if errors.Is(err, pipeline.ErrSkip) {
			return false, err
		}
		if err != nil || !have {
			return false, nil // its Write will tell
		}
	}
	return len(a.keepers) > 0, nil
}

// wait adds a waiter. Those of older connections hear nothing any more.
func (a *arrival) wait(s *session, number uint64) {
	kept := a.waiters[:0]
	for _, w := range a.waiters {
		if w.s == s {
			kept = append(kept, w)
		}
	}
	a.waiters = append(kept, waiter{s, number})
}

// hand gives the frame of a photo that came whole, or nil when the same is on its way through the chain: then
// that one's answer is this one's too.
func (a *arrivals) hand(t *incoming, s *session) *pipeline.Frame {
	key := a.key(t)
	a.mu.Lock()
	defer a.mu.Unlock()
	if on := a.way[key]; on != nil {
		on.wait(s, t.number)
		t.discard()
		t.frame.Release()
		return nil
	}
	a.way[key] = &arrival{part: t.part, waiters: []waiter{{s, t.number}}}
	t.frame.Settled = func(err error) { a.settled(key, err) }
	return t.frame
}

// settled answers for a photo that has gone its way. From any goroutine.
func (a *arrivals) settled(key photoKey, err error) {
	refused := errors.Is(err, pipeline.ErrSkip)
	a.mu.Lock()
	on := a.way[key]
	a.mu.Unlock()
	if on.part != nil && (err == nil || refused) {
		_ = on.part.Discard() // it goes with age where it cannot be removed
	} else if on.part != nil {
		_ = on.part.Close() // no more than what it holds is lost
	}
	a.mu.Lock()
	delete(a.way, key)
	if err == nil && len(a.keepers) == 0 {
		a.remember(key)
	}
	waiters := on.waiters
	a.mu.Unlock()
	for _, w := range waiters {
		switch {
		case err == nil:
			w.s.answer(wire.OfferAnswer{Transfer: w.number, Verdict: wire.VerdictKept})
		case refused:
			w.s.answer(wire.OfferAnswer{Transfer: w.number, Verdict: wire.VerdictRefused, Text: pipeline.Cause(err)})
		default:
			w.s.giveUp(err)
		}
	}
}

// remember adds a photo that was delivered in place of the oldest. The lock is held.
func (a *arrivals) remember(key photoKey) {
	if len(a.recent) < maxRemembered {
		a.recent = append(a.recent, key)
	} else {
		delete(a.had, a.recent[a.next])
		a.recent[a.next] = key
		a.next = (a.next + 1) % maxRemembered
	}
	a.had[key] = struct{}{}
}
