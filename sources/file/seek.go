package file

import (
	"context"
	"errors"
	"io"
	"time"

	"framewire/sources/file/demux"
)

// seek goes to a place counted from the beginning of this segment, which may lie in another. Before the first
// picture it goes to that, behind the last one to the last.
func (s *source) seek(ctx context.Context, to time.Duration) error {
	for to < 0 {
		found, err := s.turn(ctx, -1)
		if err != nil {
			return err
		}
		if !found {
			break
		}
		length, err := s.length(ctx)
		if err != nil {
			return err
		}
		to += length
	}
	to = max(to, 0)
	for {
		err := s.find(ctx, to)
		if err == nil || !errors.Is(err, io.EOF) {
			s.ready = err == nil
			return err
		}
		end := s.spot
		found, err := s.turn(ctx, 1)
		if err != nil {
			return err
		}
		if !found { // the last picture of all
			err := s.find(ctx, end.pos)
			s.ready, s.over = err == nil, errors.Is(err, io.EOF)
			if s.over {
				err = nil
			}
			return err
		}
		to = max(to-end.pos-end.step, 0)
	}
}

// length is how long the clip is that was just opened.
func (s *source) length(ctx context.Context) (time.Duration, error) {
	if told := s.clip.about().Length; told > 0 {
		return told, nil
	}
	const all = 1 << 60
	if err := s.find(ctx, all); !errors.Is(err, io.EOF) {
		return 0, err
	}
	return s.spot.pos + s.spot.step, nil
}

// find goes to the picture of a place in the clip. io.EOF says that the clip ends before it.
func (s *source) find(ctx context.Context, to time.Duration) error {
	if !s.spot.begun {
		if err := s.advance(ctx); err != nil {
			return err
		}
		if to == 0 {
			return nil
		}
	}
	// A key picture may come before the time in the file and be shown after it, and the last one may be torn: then
	// an earlier one is needed.
	place := s.spot.base + to
	for _, back := range [...]time.Duration{1, 2 * time.Second, 10 * time.Second} {
		at, ok := s.clip.jump(ctx, place)
		if !ok {
			return s.walk(ctx, to)
		}
		s.spot.told, s.spot.pos = demux.NoTime, demux.NoTime
		err := s.forward(ctx, to)
		missed := s.spot.pos > to+s.spot.step || s.spot.pos == demux.NoTime
		if !missed || err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if at <= s.spot.base {
			break
		}
		place = max(at-back, s.spot.base)
	}
	return s.walk(ctx, to)
}

// walk goes picture by picture, from the beginning where the place lies behind.
func (s *source) walk(ctx context.Context, to time.Duration) error {
	if to <= s.spot.pos {
		if err := s.change(ctx, s.at); err != nil {
			return err
		}
		if err := s.advance(ctx); err != nil {
			return err
		}
	}
	return s.forward(ctx, to)
}

// forward goes on to the first picture that is not too early.
func (s *source) forward(ctx context.Context, to time.Duration) error {
	for s.spot.isBefore(to) {
		if err := s.advance(ctx); err != nil {
			return err
		}
	}
	return nil
}
