package pipelinetest

import (
	"context"
	"errors"
	"os"
	"testing"

	"framewire/pipeline"
)

// fakeConfig is a config without faults.
type fakeConfig struct {
	Path  string `yaml:"path" doc:"where the pictures come from"`
	Level int    `yaml:"level" doc:"JPEG quality, 1 to 100"`
}

func (c *fakeConfig) Validate() error {
	if c.Path == "" {
		return pipeline.FieldErrorf("path", "", "it is needed")
	}
	return nil
}

func setPath(_ *testing.T, cfg any) { cfg.(*fakeConfig).Path = "somewhere" }

// fakeSource makes frames, with the fault of that name.
type fakeSource struct {
	env    pipeline.Env
	fault  string
	frames uint64 // 0: endless
	next   uint64
	opened int
	last   *pipeline.Frame
	file   *os.File
	stop   chan struct{}
}

var _ pipeline.Source = (*fakeSource)(nil)

func newFakeSource(fault string, frames uint64, made func(*fakeSource)) SourceCase {
	spec := pipeline.SourceSpec[fakeConfig]{
		Name: "fake", Summary: "made for tests", Defaults: fakeConfig{Level: 80},
		Gives: func(*fakeConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyRaw} },
		New: func(_ *fakeConfig, env pipeline.Env) (pipeline.Source, error) {
			s := &fakeSource{env: env, fault: fault, frames: frames, stop: make(chan struct{})}
			if made != nil {
				made(s)
			}
			if fault == "constructor opens" {
				s.file, _ = os.Open(os.DevNull)
			}
			if fault == "constructor runs" {
				go func() { <-s.stop }()
			}
			return s, nil
		},
	}.Spec()
	return SourceCase{Spec: spec, Configure: setPath, Frames: int(frames)}
}

func (s *fakeSource) Open(context.Context) error {
	s.opened++
	s.next = 0
	if s.fault == "opens once" && s.opened > 1 {
		return errors.New("already used")
	}
	if s.fault == "leaves a goroutine" {
		go func() { <-s.stop }()
	}
	return nil
}

func (s *fakeSource) Read(ctx context.Context) (*pipeline.Frame, error) {
	switch {
	case s.fault == "blocks" && s.next > 0:
		<-s.stop
	case s.fault == "ignores ctx":
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	if s.frames > 0 && s.next == s.frames {
		if s.fault == "wrong end" {
			return nil, errors.New("no more")
		}
		return nil, pipeline.ErrEnd
	}
	format := pipeline.Raw(pipeline.LayoutGray, 32, 16)
	f := Frame(s.env.Pool, format, s.next)
	s.next++
	switch s.fault {
	case "leaks frames":
		f.Retain()
	case "releases too early":
		f.Release()
	case "edits afterwards":
		if s.last != nil {
			s.last.Data[3]++
		}
		s.last = f
	case "foreign pool":
		f.Release()
		f = Frame(pipeline.NewPool(), format, s.next)
	case "lies about the size":
		f.Format.Width++
	case "lies about the codec":
		f.Format = pipeline.JPEG(32, 16)
	case "gives something else":
		f.Format.Codec = "h264"
	case "goes back in time":
		f.PTS = -f.PTS
	case "forgets the key":
		f.Key = false
	case "panics":
		panic("out of film")
	case "gives nothing":
		f.Release()
		return nil, nil
	case "allocates":
		for range 100 {
			s.env.Counters = new(pipeline.Counters)
		}
	}
	return f, nil
}

func (s *fakeSource) Close() error {
	if s.fault == "cannot close" {
		return errors.New("stuck")
	}
	return nil
}

func TestSourceSuitePasses(t *testing.T) {
	Source(t, newFakeSource("", 40, nil))
	Source(t, newFakeSource("", 0, nil))
	mustPass(t, sourceRules(newFakeSource("", 1, nil)))
}

func TestSourceSuiteSeesFaults(t *testing.T) {
	const (
		toTheEnd = "open, read to the end, close"
		valid    = "frames are valid and match what Gives says"
		stay     = "frames stay as they were handed on"
		cancel   = "a cancelled context ends Read"
	)
	for _, c := range []struct{ fault, rule, says string }{
		{"constructor opens", "New does no I/O", "/dev/null was opened"},
		{"constructor runs", "New does no I/O", "goroutines were started"},
		{"leaks frames", toTheEnd, "the pool misses 5 frames"},
		{"leaves a goroutine", toTheEnd, "goroutines are left"},
		{"releases too early", toTheEnd, "Release of a released frame"},
		{"panics", toTheEnd, "Read panicked: out of film"},
		{"gives nothing", toTheEnd, "neither a frame nor an error"},
		{"cannot close", toTheEnd, "Close: stuck"},
		{"wrong end", toTheEnd, "want ErrEnd"},
		{"lies about the size", valid, "stride"},
		{"lies about the codec", valid, "is no JPEG"},
		{"gives something else", valid, "none of [jpeg raw]"},
		{"goes back in time", valid, "below zero"},
		{"forgets the key", valid, "has no Key set"},
		{"edits afterwards", stay, "its data changed"},
		{"foreign pool", stay, "not from Env.Pool"},
		{"opens once", "opens again after Close", "already used"},
		{"blocks", cancel, "does not return"},
		{"ignores ctx", cancel, "after its context was done"},
		{"allocates", allocsRule(0), "allocations"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			if raceEnabled && c.fault == "allocates" {
				t.Skip("not measured under the race detector")
			}
			frames := uint64(0)
			if c.fault == "wrong end" || c.fault == "leaks frames" {
				frames = 5
			}
			mustFail(t, sourceRules(newFakeSource(c.fault, frames, func(s *fakeSource) {
				t.Cleanup(func() { // what was told to hang is let go
					close(s.stop)
					_ = s.file.Close()
				})
			})), brief, c.rule, c.says)
		})
	}
}
