package snapshot

import (
	"context"
	"errors"
	"fmt"

	"framewire/pipeline"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/store"
)

var errClosed = errors.New("the folder is not open")

// Have reports whether the picture is in the folder, durably. It says no where its place depends on more
// than its name (every, count, png, or a name with the time or the number): Write decides then.
func (s *sink) Have(ctx context.Context, o pipeline.Offer) (bool, error) {
	st := s.store.Load()
	if st == nil {
		return false, errClosed
	}
	if s.cfg.Every > 0 || s.cfg.Count > 0 {
		return false, nil
	}
	whole := store.Content{Size: o.Size, Sum: o.Sum}
	if s.finds(o.Meta) {
		name := s.name(what{meta: o.Meta, codec: o.Format.Codec})
		for _, c := range forms(whole, o) {
			if found, err := st.Has(ctx, name, c); err != nil || found {
				return found, s.told(refusal(err))
			}
		}
	}
	if s.cfg.Format == "png" {
		whole = store.Content{} // nobody knows yet how large it will be
	}
	err := st.Room(ctx, whole)
	if err == nil {
		err = st.Free(whole) // better than to find out when the disk is full
	}
	return false, s.told(refusal(err))
}

// forms lists what Write may make of the picture: the bytes as they are, or with their orientation.
func forms(c store.Content, o pipeline.Offer) []store.Content {
	segment := picture.Orientation(o.Meta.Rotation)
	if segment == nil || o.Format.Codec != pipeline.CodecJPEG {
		return []store.Content{c}
	}
	turned := c
	turned.Insert, turned.At = segment, picture.AfterSOI
	return []store.Content{c, turned}
}

// Part opens what came of the picture so far.
func (s *sink) Part(o pipeline.Offer) (pipeline.Part, error) {
	st := s.store.Load()
	if st == nil {
		return nil, errClosed
	}
	p, err := st.Part(store.Content{Size: o.Size, Sum: o.Sum})
	if p == nil || err != nil {
		return nil, refusal(err)
	}
	return part{p}, nil
}

// part is a store's part whose faults are told as pipeline.Keeper wants them.
type part struct{ *store.Part }

var _ pipeline.Part = part{}

func (p part) Write(data []byte) (int, error) {
	n, err := p.Part.Write(data)
	return n, refusal(err)
}

// told has the status line say that Have refuses pictures, until one is saved again. The log has it from who asked.
func (s *sink) told(err error) error {
	if !errors.Is(err, pipeline.ErrSkip) {
		return err
	}
	s.env.Note("refused: " + pipeline.Cause(err))
	s.refuses.Store(true)
	return err
}

// refusal has an error wrap ErrSkip when it refuses the picture: its name cannot be used or there is no
// room for it.
func refusal(err error) error {
	if errors.Is(err, store.ErrName) || errors.Is(err, store.ErrRoom) || errors.Is(err, store.ErrFull) {
		return fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
	}
	return err
}
