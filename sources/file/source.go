package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"framewire/pipeline"
	"framewire/sources/file/demux"
	"framewire/sources/internal/pace"
)

// player gives the pictures of one opened clip in their order.
type player interface {
	// advance goes to the next picture and gives the time that the clip tells for it, or demux.NoTime. io.EOF is the
	// end of the clip, also after a jump behind it. ErrLost steers as in a Source.
	advance(ctx context.Context) (told time.Duration, err error)
	// frame gives the picture that advance went to, with everything set but its times. ErrSkip steers as in a
	// Source.
	frame() (*pipeline.Frame, error)
	// jump goes to a place from which advance comes to the picture of that time, as the clip tells it, and gives
	// about the time of the first picture there. Where it cannot, ok is false and advance goes on as if it had
	// not been called.
	jump(ctx context.Context, to time.Duration) (at time.Duration, ok bool)
	about() about
	// close never waits long: a read that is stuck in a library is left behind and logged.
	close() error
}

// about is what is known of a clip that is opened.
type about struct {
	demux.About
	live bool // comes as it happens: nothing to wait for, and no end
}

// source plays one clip or a folder of them, again and again where that is asked for.
type source struct {
	cfg  Config
	env  pipeline.Env
	list func(path string) ([]segment, error)
	open func(ctx context.Context, path string) (player, error)

	segments []segment
	at       int // which of them is played
	clip     player
	spot     spot
	told     time.Duration // what the clip tells for the picture that the player is at
	ready    bool          // that picture was not given yet
	read     int           // pictures since the clip was opened
	round    bool          // a picture came since the first segment was opened
	given    bool          // a picture came before, from this clip or an earlier one

	line   timeline
	before timeline        // without held
	held   *pipeline.Frame // waits until it is due
	over   bool            // nothing comes behind it
	pacer  pacer
	timer  *time.Timer
	remote remote
}

var _ pipeline.Source = (*source)(nil)

func newSource(cfg Config, env pipeline.Env) *source {
	s := &source{cfg: cfg, env: env, list: segmentsOf, pacer: pacer{speed: cfg.Speed}}
	s.open = s.openClip
	return s
}

// Open opens the first clip. Errors of a URL that may go away wrap ErrLost.
func (s *source) Open(ctx context.Context) error {
	list, err := s.list(s.cfg.Path)
	if err != nil {
		return err
	}
	s.segments, s.at, s.over = list, -1, false
	s.clip = nil
	switch found, err := s.turn(ctx, 1); {
	case err != nil:
		return s.judge(ctx, err)
	case !found:
		return s.nonePlays()
	}
	s.pacer.restart()
	if err := s.begin(ctx); err != nil {
		return errors.Join(s.judge(ctx, err), s.clip.close())
	}
	if !s.clip.about().live {
		s.remote.listen(s.env.Control)
	}
	return nil
}

func (s *source) nonePlays() error {
	return fmt.Errorf("%s: none of its %d videos can be played", shown(s.cfg.Path), len(s.segments))
}

// begin goes to where the user wants to begin.
func (s *source) begin(ctx context.Context) error {
	if s.cfg.Start <= 0 {
		return nil
	}
	if s.clip.about().live {
		s.env.Log.Warn("a live stream has no beginning to count from, start is left out", "start", s.cfg.Start)
		return nil
	}
	return s.seek(ctx, s.cfg.Start)
}

// Read gives the next picture, when it is due.
func (s *source) Read(ctx context.Context) (*pipeline.Frame, error) {
	for {
		if s.held == nil && !s.over {
			if err := s.fetch(ctx); err != nil {
				return nil, s.judge(ctx, err)
			}
		}
		due, err := s.await(ctx)
		switch {
		case err != nil:
			s.drop()
			return nil, s.judge(ctx, err)
		case !due:
		case s.held == nil:
			s.remote.tell(s, true)
			return nil, pipeline.ErrEnd
		default:
			f := s.held
			s.held = nil
			s.remote.tell(s, false)
			return f, nil
		}
	}
}

// fetch has the next picture in held, of the next clip where this one is through, or says that it is over.
func (s *source) fetch(ctx context.Context) error {
	for !s.ready {
		err := s.advance(ctx)
		if err == nil {
			break
		}
		if !errors.Is(err, io.EOF) {
			return err
		}
		if more, err := s.goOn(ctx); err != nil || !more {
			s.over = err == nil
			return err
		}
	}
	s.ready = false
	f, err := s.clip.frame()
	if err != nil {
		return err
	}
	s.given, s.round = true, true
	s.before = s.line
	f.PTS = s.line.next(s.told)
	f.Lossless = s.cfg.Pace == pace.Fast
	s.held = f
	return nil
}

// drop takes back the picture that waits.
func (s *source) drop() {
	if s.held != nil {
		s.held.Release()
		s.held, s.line = nil, s.before
	}
}

// await waits until the picture in held is due, or the end is. It reports false when it did instead what the
// user asked for, which may have changed what comes next.
func (s *source) await(ctx context.Context) (due bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	select {
	case cmd := <-s.remote.commands:
		return false, s.obey(ctx, cmd)
	default:
	}
	if s.held != nil && s.remote.show {
		s.remote.show = false
		s.pacer.begin(time.Now(), s.held.PTS)
		return true, nil
	}
	var alarm <-chan time.Time
	if !s.remote.paused {
		left := s.left()
		if left <= 0 {
			return true, nil
		}
		if s.timer == nil {
			s.timer = time.NewTimer(left)
		} else {
			s.timer.Reset(left)
		}
		defer s.timer.Stop()
		alarm = s.timer.C
	}
	select {
	case <-alarm:
		return true, nil
	case cmd := <-s.remote.commands:
		return false, s.obey(ctx, cmd)
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// left is how long it is until the picture in held is due; the end is due when the last picture was shown as
// long as one is.
func (s *source) left() time.Duration {
	if s.cfg.Pace != pace.Realtime || s.clip.about().live {
		return 0
	}
	if s.held == nil {
		return s.pacer.left(time.Now(), s.line.last+s.line.step)
	}
	return s.pacer.left(time.Now(), s.held.PTS)
}

// Close closes the clip.
func (s *source) Close() error {
	s.remote.stop()
	s.drop()
	s.ready = false
	return s.clip.close()
}
