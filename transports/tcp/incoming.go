package tcp

import (
	"errors"
	"hash"
	"slices"

	"framewire/pipeline"
	"framewire/transports/wire"
)

const partSize = 256 << 10 // bytes of a part that are read at once

// incoming is a photo that was offered and has not come whole.
type incoming struct {
	number  uint64
	offer   pipeline.Offer
	frame   *pipeline.Frame // its data are what came so far; with a reference
	hash    hash.Hash       // of these
	part    pipeline.Part   // where they are kept as well; nil for nowhere
	flows   bool            // its data were asked for
	damaged bool            // they came whole once, and were others than was announced
}

// resume fills a photo with what came of it earlier. An error refuses it.
func (in *intake) resume(t *incoming) error {
	if t.offer.Size <= wire.ChunkSize {
		return nil
	}
	r := in.s.r
	if old := r.shelf.take(t.offer.Sum, t.offer.Size); old != nil {
		t.frame.Resize(len(old.frame.Data))
		copy(t.frame.Data, old.frame.Data)
		t.hash = old.hash
		old.frame.Release()
		return nil
	}
	if slices.ContainsFunc(in.transfers, func(o *incoming) bool { return o.part != nil && o.offer.Sum == t.offer.Sum }) {
		return nil // that one's part
	}
	for _, k := range r.env.Keepers {
		part, err := k.Part(t.offer)
		if errors.Is(err, pipeline.ErrSkip) {
			return err
		}
		if err == nil && part != nil {
			t.part = part
			in.load(t)
			return nil
		}
	}
	return nil
}

// load reads what a part holds. One that cannot be read is begun anew, in memory alone.
func (in *intake) load(t *incoming) {
	size := t.part.Size()
	ok := size <= t.offer.Size
	for at := int64(0); ok && at < size; {
		n := min(size-at, partSize)
		b := t.room(int(n))
		got, err := t.part.ReadAt(b, at)
		ok = got == len(b)
		if !ok {
			in.s.r.env.Log.Debug("part of a photo cannot be read", "error", err)
			break
		}
		t.hash.Write(b)
		at += n
	}
	if !ok {
		t.restart()
	}
}

// room makes the frame n bytes longer and gives these. Memory grows with what comes.
func (t *incoming) room(n int) []byte {
	had := len(t.frame.Data)
	if need := had + n; need > cap(t.frame.Data) {
		t.frame.Resize(int(min(t.offer.Size, int64(max(need, 2*cap(t.frame.Data))))))
	}
	t.frame.Resize(had + n)
	return t.frame.Data[had:]
}

// restart forgets what came.
func (t *incoming) restart() {
	t.discard()
	t.frame.Resize(0)
	t.hash.Reset()
}

func (t *incoming) discard() {
	if t.part != nil {
		_ = t.part.Discard() // what cannot be removed is found to be wrong once more
		t.part = nil
	}
}

// close keeps what came of photos for a connection to come.
func (in *intake) close() {
	for _, t := range in.transfers {
		switch {
		case t.part != nil:
			if err := t.part.Close(); err != nil {
				in.s.r.env.Log.Debug("part of a photo may be lost", "error", err)
			}
			t.frame.Release()
		case t.offer.Size > wire.ChunkSize && len(t.frame.Data) > 0:
			in.s.r.shelf.put(t)
		default:
			t.frame.Release()
		}
	}
	in.transfers = nil
}
