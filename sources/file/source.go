package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"framewire/pipeline"
)

// player gives the pictures of one opened clip in their order.
type player interface {
	// next gives the next picture, with everything set but its times, and the time that the clip tells for
	// it, or noTime. io.EOF is the end of the clip. ErrLost and ErrSkip steer as in a Source.
	next(ctx context.Context) (f *pipeline.Frame, told time.Duration, err error)
	about() about
	// close never waits long: a read that is stuck in a library is left behind and logged.
	close() error
}

// source plays one clip, again and again where that is asked for.
type source struct {
	cfg    Config
	env    pipeline.Env
	open   func(ctx context.Context) (player, error)
	clip   player
	line   timeline
	pacer  pacer
	played int  // pictures since the clip was opened
	given  bool // a picture came before, from this clip or an earlier one
}

var _ pipeline.Source = (*source)(nil)

func newSource(cfg Config, env pipeline.Env) *source {
	s := &source{cfg: cfg, env: env}
	s.open = s.openClip
	return s
}

// Open opens the clip. Errors of a URL that may go away wrap ErrLost.
func (s *source) Open(ctx context.Context) error {
	clip, err := s.open(ctx)
	if err != nil {
		return s.judge(ctx, err)
	}
	s.clip, s.played = clip, 0
	s.line.restart(clip.about().step)
	s.pacer.zero = time.Time{}
	return nil
}

// Read gives the next picture, when it is due.
func (s *source) Read(ctx context.Context) (*pipeline.Frame, error) {
	f, told, err := s.picture(ctx)
	if err != nil {
		return nil, s.judge(ctx, err)
	}
	s.played++
	s.given = true
	f.PTS = s.line.next(told)
	f.Lossless = s.cfg.Pace == Fast
	if s.cfg.Pace == Realtime && !s.clip.about().live {
		if err := s.pacer.wait(ctx, f.PTS); err != nil {
			f.Release()
			return nil, err
		}
	}
	return f, nil
}

// picture gives the next picture, of the next round where the clip is to be looped.
func (s *source) picture(ctx context.Context) (*pipeline.Frame, time.Duration, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		f, told, err := s.clip.next(ctx)
		if !errors.Is(err, io.EOF) {
			return f, told, err
		}
		if s.played == 0 {
			return nil, 0, fmt.Errorf("%s holds no pictures that can be read", shown(s.cfg.Path))
		}
		if !s.cfg.Loop {
			return nil, 0, pipeline.ErrEnd
		}
		if err := s.rewind(ctx); err != nil {
			return nil, 0, err
		}
	}
}

// rewind opens the clip again; the timeline and the schedule go on. The old player stays until the new
// one is there, so that Close always has one to close.
func (s *source) rewind(ctx context.Context) error {
	clip, err := s.open(ctx)
	if err != nil {
		return fmt.Errorf("begin again: %w", err)
	}
	old := s.clip
	s.clip, s.played = clip, 0
	s.line.restart(clip.about().step)
	return old.close()
}

// Close closes the clip.
func (s *source) Close() error { return s.clip.close() }
