package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"framewire/sources/file/demux"
)

// spot is a place in a clip, counted from its first picture.
type spot struct {
	begun bool
	base  time.Duration // told for the first picture
	told  time.Duration // for the one that the player is at, or demux.NoTime
	pos   time.Duration // of that one; demux.NoTime right after a jump
	step  time.Duration // from one to the next
}

// next goes on to a picture for which the clip told a time or demux.NoTime.
func (p *spot) next(told time.Duration) {
	switch {
	case !p.begun:
		if p.begun, p.pos = true, 0; told != demux.NoTime {
			p.base = told
		}
	case told == demux.NoTime || told == p.told:
		p.pos = max(p.pos, 0) + p.step
	default:
		if gap := told - p.told; p.told != demux.NoTime && gap >= leastStep && gap <= time.Second {
			p.step = gap
		}
		p.pos = told - p.base
	}
	p.told = told
}

// isBefore reports whether the picture comes too early to be the one of that time, which a container may have
// rounded.
func (p *spot) isBefore(to time.Duration) bool { return p.pos < to-min(p.step/2, 5*time.Millisecond) }

// advance goes to the next picture of the clip. Of several clips one that is damaged ends there.
func (s *source) advance(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.told, err = s.clip.advance(ctx)
	if s.read == 0 && errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s holds no pictures that can be read", shown(s.segments[s.at].path))
	}
	switch {
	case err == nil:
		s.read++
		s.spot.next(s.told)
	case len(s.segments) > 1 && !errors.Is(err, io.EOF) && ctx.Err() == nil:
		s.env.Log.Warn("damaged, going on with the next", "file", s.segments[s.at].path, "error", err)
		err = io.EOF
	}
	return err
}

// change opens a segment in place of the one that is played; the timeline and the schedule go on. The old
// player stays until the new one is there, so that Close always has one to close.
func (s *source) change(ctx context.Context, at int) error {
	clip, err := s.open(ctx, s.segments[at].path)
	if err != nil {
		return err
	}
	lead := s.gap(at)
	old := s.clip
	s.clip, s.at, s.read, s.ready = clip, at, 0, false
	s.line.restart(clip.about().Step, lead)
	s.spot = spot{told: demux.NoTime, step: s.line.step}
	s.remote.pos = 0
	if old == nil {
		return nil
	}
	if err := old.close(); err != nil { // the new one plays all the same
		s.env.Log.Warn("closing", "error", err)
	}
	return nil
}

// gap is the time from the last picture to the first of the next segment, where their recorder noted when
// they began: what was not recorded is a pause of a second at most.
func (s *source) gap(at int) time.Duration {
	if at != s.at+1 || s.at < 0 {
		return 0
	}
	last, next := s.segments[s.at].began, s.segments[at].began
	if last.IsZero() || next.IsZero() {
		return 0
	}
	return min(next.Sub(last)-s.spot.pos, longestPause)
}

const longestPause = time.Second

// turn opens the next segment, or with -1 the one before, and reports whether there is one. Of several, those
// that cannot be opened are left out.
func (s *source) turn(ctx context.Context, by int) (found bool, err error) {
	for at := s.at + by; at >= 0 && at < len(s.segments); at += by {
		err := s.change(ctx, at)
		if err == nil || len(s.segments) == 1 || ctx.Err() != nil {
			return err == nil, err
		}
		s.env.Log.Warn("left out", "file", s.segments[at].path, "error", err)
	}
	return false, nil
}

// goOn opens the clip that comes after the one that has ended, and reports whether there is one. A folder is
// looked at again at its end: more may have been recorded.
func (s *source) goOn(ctx context.Context) (more bool, err error) {
	if found, err := s.turn(ctx, 1); found || err != nil {
		return found, err
	}
	if s.segments[s.at].path != s.cfg.Path {
		s.look()
		if found, err := s.turn(ctx, 1); found || err != nil {
			return found, err
		}
	}
	if !s.round && len(s.segments) > 1 {
		return false, s.nonePlays()
	}
	if !s.cfg.Loop {
		return false, nil
	}
	s.at, s.round = -1, false
	switch found, err := s.turn(ctx, 1); {
	case err != nil:
		return false, fmt.Errorf("begin again: %w", err)
	case !found:
		return false, s.nonePlays()
	}
	return true, s.begin(ctx)
}

// look lists the folder again. The segment that is played stays, wherever it is by then.
func (s *source) look() {
	list, err := s.list(s.cfg.Path)
	if err != nil {
		return // it is gone: what is known is played
	}
	now := s.segments[s.at]
	if at := slices.IndexFunc(list, func(other segment) bool { return other.path == now.path }); at >= 0 {
		s.segments, s.at = list, at
	}
}
