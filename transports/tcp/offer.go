package tcp

import (
	"fmt"
	"slices"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// pieceSize is the most that one chunk holds: several may be under way, so that the link does not stand still while
// the first is answered.
const pieceSize = wire.ChunkSize / 4

// transfer is a photo on its way to one receiver. The sender's lock guards it.
type transfer struct {
	photo   *photo
	offered bool
	asked   bool  // the receiver has said from where on it wants the data
	again   bool  // it wanted them a second time, since they came wrong
	there   int64 // bytes that the receiver has
	sent    int64 // bytes up to which they were sent
}

func (t *transfer) size() int64 { return int64(len(t.photo.frame.Data)) }

// underWay is how many bytes a break would cost: those that were sent and not answered. A photo that is no larger than
// wire.ChunkSize counts until it is kept, since receivers have no parts of these that outlive them.
func (t *transfer) underWay() int64 {
	if t.size() <= wire.ChunkSize {
		return t.sent
	}
	return t.sent - t.there
}

// want takes the receiver's word that the data before the offset are there.
func (t *transfer) want(offset int64) error {
	switch {
	case offset > t.size():
		return fmt.Errorf("it wants byte %d of a photo that has %d", offset, t.size())
	case !t.asked:
		t.asked, t.there, t.sent = true, offset, offset
	case offset > t.there && offset <= t.sent:
		t.there = offset
	case offset == 0 && t.sent == t.size() && !t.again:
		t.again, t.there, t.sent = true, 0, 0
	default:
		return fmt.Errorf("it wants byte %d of a photo, of which the bytes %d to %d are under way to it", offset, t.there, t.sent)
	}
	return nil
}

// offer queues a photo for the receiver. The sender's lock is held.
func (p *peer) offer(ph *photo) {
	ph.pending++
	p.transfers = append(p.transfers, &transfer{photo: ph})
	p.wake()
}

// transfer finds the one with that number. The sender's lock is held.
func (p *peer) transfer(number uint64) *transfer {
	for _, t := range p.transfers {
		if t.photo.number == number {
			return t
		}
	}
	return nil
}

// nextOffer gives a photo that the receiver has not heard of yet. The sender's lock is held.
func (p *peer) nextOffer() *photo {
	for _, t := range p.transfers {
		if !t.offered {
			t.offered = true
			return t.photo
		}
	}
	return nil
}

// piece is a chunk that is being written. It has a reference to its frame, since the photo may be settled
// meanwhile.
type piece struct {
	number uint64
	offset int64
	frame  *pipeline.Frame
	data   []byte
}

// nextPiece gives what is to be sent next of the photos that are wanted, the oldest first. What is under way is never
// more than wire.ChunkSize. The sender's lock is held.
func (p *peer) nextPiece() (piece, bool) {
	room := int64(wire.ChunkSize)
	for _, t := range p.transfers {
		room -= t.underWay()
	}
	for _, t := range p.transfers {
		n := min(t.size()-t.sent, pieceSize)
		switch {
		case !t.asked || n == 0:
			continue
		case n > room:
			return piece{}, false
		}
		f := t.photo.frame.Retain()
		c := piece{number: t.photo.number, offset: t.sent, frame: f, data: f.Data[t.sent : t.sent+n]}
		t.sent += n
		return c, true
	}
	return piece{}, false
}

func (p *peer) writePiece(c piece) error {
	defer c.frame.Release()
	p.head = wire.AppendChunk(p.head[:0], c.number, c.offset, len(c.data))
	_, err := p.write(c.data, checksum{})
	return err
}

// answer takes a receiver's word about a photo that was offered to it. An error means that the receiver
// breaks the rules.
func (p *peer) answer(a wire.OfferAnswer) error {
	s := p.s
	s.mu.Lock()
	t := p.transfer(a.Transfer)
	if t == nil || !t.offered {
		s.mu.Unlock()
		return fmt.Errorf("it answers offer %d, which it has not got", a.Transfer)
	}
	if a.Verdict == wire.VerdictWant {
		err := t.want(a.Offset)
		s.mu.Unlock()
		p.wake()
		return err
	}
	ph := t.photo
	p.transfers = slices.DeleteFunc(p.transfers, func(other *transfer) bool { return other == t })
	ph.pending--
	ph.answered = append(ph.answered, p.instance)
	refused := a.Verdict == wire.VerdictRefused
	if refused && ph.refusal == nil {
		ph.refusal = fmt.Errorf("%s: %w", a.Text, pipeline.ErrSkip)
	}
	name, done := ph.frame.Meta.Name, s.window.settled(s.cfg.MinPeers)
	s.mu.Unlock()
	p.wake() // there may be room for a further chunk
	if refused {
		// Its source is told, and says it as suits.
		s.env.Log.Debug("receiver refuses a photo", "receiver", p.name, "photo", wire.Printable(name), "cause", a.Text)
	} else {
		s.env.Counters.FramesOut.Add(1)
	}
	s.conclude(done)
	return nil
}
