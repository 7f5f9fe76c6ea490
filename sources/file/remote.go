package file

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"framewire/pipeline"
	"framewire/sources/internal/pace"
)

const (
	slowest = 1.0 / 16
	fastest = 16.0
	// noteEvery is how often the place is told while it plays.
	noteEvery = 500 * time.Millisecond
)

// remote is what the user can do while a clip plays.
type remote struct {
	commands <-chan pipeline.Command // nil for a live stream, which nobody can stop
	unlisten func()
	paused   bool
	show     bool          // the next picture is shown at once, also while paused
	pos      time.Duration // of the picture that was given last
	noted    time.Time     // when the place was told last
}

func (r *remote) listen(c *pipeline.Control) {
	r.commands, r.unlisten = c.Listen(pipeline.ActionPause, pipeline.ActionStep, pipeline.ActionSpeed, pipeline.ActionSeek)
}

func (r *remote) stop() {
	if r.unlisten != nil {
		r.unlisten()
		r.commands, r.unlisten = nil, nil
	}
}

// obey does what the user asks for.
func (s *source) obey(ctx context.Context, cmd pipeline.Command) error {
	r := &s.remote
	s.env.Log.Debug("asked", "action", cmd.Action, "value", cmd.Value, "by", cmd.From)
	switch cmd.Action {
	case pipeline.ActionPause:
		if r.paused = !r.paused; !r.paused {
			s.pacer.restart()
		}
	case pipeline.ActionStep:
		r.paused, r.show = true, s.held != nil
		if s.held != nil {
			return nil // what is told of it is told with the picture
		}
	case pipeline.ActionSpeed:
		if speed := s.pacer.speed * cmd.Value; speed >= slowest && speed <= fastest {
			s.pacer.setSpeed(time.Now(), speed)
		}
	case pipeline.ActionSeek:
		return s.seekBy(ctx, time.Duration(cmd.Value*float64(time.Second)))
	}
	r.tell(s, true)
	return nil
}

// seekBy goes to another place and has the picture there shown.
func (s *source) seekBy(ctx context.Context, by time.Duration) error {
	s.drop()
	s.over = false
	if err := s.seek(ctx, s.remote.pos+by); err != nil {
		return fmt.Errorf("seek: %w", err)
	}
	s.line.restart(s.spot.step, 0)
	s.pacer.restart()
	s.remote.pos, s.remote.show = s.spot.pos, true // from where the next wish counts, also before it is shown
	return nil
}

// tell has the place stand in the status line: now and then while it plays, and at once when the user changed
// something.
func (r *remote) tell(s *source, changed bool) {
	if s.clip.about().live {
		return
	}
	if !changed {
		r.pos = s.spot.pos
	}
	now := time.Now()
	if !changed && !r.paused && now.Sub(r.noted) < noteEvery {
		return
	}
	r.noted = now
	s.env.Note(s.place())
}

// place says where the clip is, how fast it plays and whether it is paused.
func (s *source) place() string {
	text := clock(s.remote.pos)
	if length := s.clip.about().Length; length > 0 {
		text += " / " + clock(max(length, s.remote.pos))
	}
	if len(s.segments) > 1 {
		text = fmt.Sprintf("%s (%d of %d)  %s", filepath.Base(s.segments[s.at].path), s.at+1, len(s.segments), text)
	}
	if s.cfg.Pace == pace.Realtime && s.pacer.speed != 1 {
		text += fmt.Sprintf("  %gx", s.pacer.speed)
	}
	if s.remote.paused {
		text += "  paused"
	}
	return text
}

// clock writes a place as players do: 1:02:03, or 2:03 below an hour.
func clock(d time.Duration) string {
	seconds := int(d / time.Second)
	if seconds < 3600 {
		return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}
