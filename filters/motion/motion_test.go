package motion

import (
	"strings"
	"testing"
	"time"

	"framewire/codecs/jpeg"
	"framewire/filters/internal/area"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestConformance(t *testing.T) {
	for _, method := range []Method{Background, Difference} {
		t.Run(string(method), func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec:      Spec(),
				Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Method, cfg.(*Config).Every = method, 0 },
			})
		})
	}
}

// methods runs a test with each method.
func methods(t *testing.T, test func(t *testing.T, change func(*Config))) {
	for _, method := range []Method{Background, Difference} {
		t.Run(string(method), func(t *testing.T) {
			test(t, func(c *Config) { c.Method = method })
		})
	}
}

func TestSomebodyWalks(t *testing.T) {
	methods(t, func(t *testing.T, change func(*Config)) {
		s := film(t, change)
		if n := s.marked(20, street); n != 0 {
			t.Errorf("%d pictures of an empty street are marked", n)
		}
		seen := 0
		for i := range 40 {
			if s.take(walker(street, 8*i-16, 70)) {
				seen++
			}
		}
		if seen < 36 { // at the edges of the picture there is less of him
			t.Errorf("%d of 40 pictures of somebody who walks are marked", seen)
		}
		s.marked(10, street)
		if n := s.marked(20, street); n != 0 {
			t.Errorf("%d pictures are marked when the street is empty again", n)
		}
	})
}

// TestSlowThings are seen against the background, and hardly against the picture before.
func TestSlowThings(t *testing.T) {
	s := film(t, nil)
	s.marked(30, street)
	seen := 0
	for i := range 60 {
		if s.take(walker(street, 100+i, 70)) { // a twentieth of its width a picture
			seen++
		}
	}
	if seen < 55 {
		t.Errorf("%d of 60 pictures are marked", seen)
	}
}

func TestNoiseIsLearned(t *testing.T) {
	methods(t, func(t *testing.T, change func(*Config)) {
		s := film(t, func(c *Config) { change(c); c.Sensitivity = 90 })
		s.noise = 25
		s.marked(60, street)
		if n := s.marked(60, street); n != 0 {
			t.Errorf("%d of 60 noisy pictures are marked", n)
		}
	})
}

// TestLight changes the light in ways that are no motion.
func TestLight(t *testing.T) {
	methods(t, func(t *testing.T, change func(*Config)) {
		s := film(t, change)
		s.marked(20, street)
		if n := s.marked(15, lit(street, 50)); n > 0 {
			t.Errorf("switched on: %d pictures are marked", n)
		}
		if n := s.marked(15, func(x, y int) float64 { return 1.6 * street(x, y) }); n > 2 {
			t.Errorf("brighter parts brighter still: %d pictures are marked", n)
		}
		s.marked(10, street)
		dusk := 0
		for i := range 50 {
			dusk += s.marked(1, lit(street, -float64(i)))
		}
		if dusk > 0 {
			t.Errorf("dusk: %d pictures are marked", dusk)
		}
		s.marked(1, lit(street, 100)) // lightning
		if n := s.marked(10, lit(street, -50)); n > 0 {
			t.Errorf("after lightning: %d pictures are marked", n)
		}
	})
}

// TestWhatHasComeToRest is part of the scene three seconds later.
func TestWhatHasComeToRest(t *testing.T) {
	s := film(t, nil)
	s.marked(20, street)
	parked := walker(walker(street, 100, 70), 120, 70)
	if n := s.marked(20, parked); n != 20 {
		t.Errorf("%d of 20 pictures are marked when it has come", n)
	}
	s.marked(15, parked)
	if n := s.marked(20, parked); n != 0 {
		t.Errorf("%d pictures are marked after that", n)
	}
}

func TestHold(t *testing.T) {
	s := film(t, func(c *Config) { c.Hold = time.Second; c.Method = Difference })
	s.marked(10, street)
	s.take(walker(street, 100, 70))
	s.take(street) // gone: that is the last motion
	if n := s.marked(30, street); n != 10 {
		t.Errorf("%d pictures stay marked, want those of a second", n)
	}
}

func TestEvery(t *testing.T) {
	s := film(t, func(c *Config) { c.Every = 500 * time.Millisecond; c.Method = Difference })
	s.marked(11, street) // the last one is looked at
	there := walker(street, 100, 70)
	for i := range 4 {
		if s.take(there) {
			t.Errorf("picture %d is marked before it is time to look", i)
		}
	}
	if !s.take(there) {
		t.Error("the next look does not see it")
	}
}

func TestRegions(t *testing.T) {
	percent := func(v float64) area.Length { return area.Length{Value: v, Percent: true} }
	left := area.Area{Width: percent(50), Height: percent(100)}
	for _, c := range []struct {
		name     string
		regions  []area.Area
		rotation int
		left     int // of somebody who comes and goes
		want     bool
	}{
		{"inside", []area.Area{left}, 0, 50, true},
		{"outside", []area.Area{left}, 0, 250, false},
		{"inside one of two", []area.Area{left, {X: percent(75), Width: percent(25), Height: percent(100)}}, 0, 250, true},
		{"in pixels", []area.Area{{X: area.Length{Value: 240}, Y: percent(30), Width: area.Length{Value: 40}, Height: percent(40)}}, 0, 250, true},
		{"seen upside down", []area.Area{left}, 180, 250, true},
		{"seen turned right, where it is below", []area.Area{{Y: percent(50), Width: percent(100), Height: percent(50)}}, 90, 250, true},
		{"seen turned left, where it is above", []area.Area{{Width: percent(100), Height: percent(50)}}, 270, 250, true},
		{"seen turned left, where it is not", []area.Area{{Width: percent(100), Height: percent(50)}}, 270, 50, false},
	} {
		s := film(t, func(cfg *Config) { cfg.Regions = c.regions })
		s.rotation = c.rotation
		s.marked(5, street)
		if got := s.take(walker(street, c.left, 70)); got != c.want {
			t.Errorf("%s: marked %t", c.name, got)
		}
	}
}

func TestThreshold(t *testing.T) {
	small := walker(street, 100, 70) // 0.9 percent of the picture
	for percent, want := range map[float64]bool{0.5: true, 2: false} {
		s := film(t, func(c *Config) { c.Threshold = percent })
		s.marked(5, street)
		if got := s.take(small); got != want {
			t.Errorf("at %g percent: marked %t", percent, got)
		}
	}
}

// TestJPEG marks pictures whose bytes pass as they are.
func TestJPEG(t *testing.T) {
	s := film(t, func(c *Config) { c.Hold = time.Second })
	spec := jpeg.EncoderSpec()
	encoder, err := spec.NewFilter(spec.Config(), pipeline.Env{})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	take := func(bar int) bool {
		raw := s.pool.Get(s.format.Bytes())
		defer raw.Release()
		raw.Format, raw.PTS, raw.Captured = s.format, s.at, time.Unix(0, 0)
		s.at += 250 * time.Millisecond
		for i := range raw.Data {
			raw.Data[i] = byte(walker(street, bar, 70)(i%320, i/320))
		}
		coded, err := encoder.Apply(t.Context(), raw)
		if err != nil {
			t.Fatal(err)
		}
		defer coded.Release()
		return s.apply(coded)
	}
	for range 10 {
		if take(-100) {
			t.Error("a picture of an empty street is marked")
		}
	}
	if !take(100) {
		t.Error("somebody came, and the picture is not marked")
	}
}

func TestStreamThatBeginsAnew(t *testing.T) {
	s := film(t, func(c *Config) { c.Hold = time.Minute })
	s.marked(20, street)
	if !s.take(walker(street, 100, 70)) {
		t.Fatal("nothing was seen")
	}
	s.at = 0
	if n := s.marked(10, street); n != 0 {
		t.Errorf("%d pictures of the second round are marked", n)
	}
	s.format = pipeline.Raw(pipeline.LayoutGray, 640, 360) // which shows another part of the street
	if n := s.marked(10, street); n != 0 {
		t.Errorf("%d pictures of another size are marked", n)
	}
}

func TestWhatTheUserIsTold(t *testing.T) {
	s := film(t, func(c *Config) { c.Hold = 300 * time.Millisecond; c.Method = Difference })
	s.marked(20, street)
	s.take(walker(street, 100, 70))
	if s.note != "motion" || !strings.Contains(s.log.String(), `motion begins: changed=`) {
		t.Errorf("note %q, log %s", s.note, s.log)
	}
	s.marked(20, street)
	if want := "last motion " + time.Unix(1002, 5e8).Local().Format(time.TimeOnly); s.note != want {
		t.Errorf("note %q, want %q", s.note, want)
	}
	if !strings.Contains(s.log.String(), "motion ended: lasted=500ms") {
		t.Errorf("the log says\n%s", s.log)
	}
	lines := strings.Count(s.log.String(), "\n")
	for range 3 { // more of it in the same moment is not told
		s.take(walker(street, 100, 70))
		s.marked(10, street)
	}
	if n := strings.Count(s.log.String(), "\n"); n != lines {
		t.Errorf("%d lines more:\n%s", n-lines, s.log)
	}
}

func TestWhatCannotBeReadPasses(t *testing.T) {
	s := film(t, nil)
	for range 20 {
		f := s.pool.Get(9)
		f.Format, f.PTS = pipeline.JPEG(320, 180), s.at
		s.at += s.step
		if s.apply(f) {
			t.Error("it is marked")
		}
		f.Release()
	}
	if n := strings.Count(s.log.String(), "a picture cannot be looked at and passes unmarked"); n != 1 || s.errors.Errors.Load() == 0 {
		t.Errorf("told %d times, %d errors", n, s.errors.Errors.Load())
	}
}

func TestMarkedBeforeStaysMarked(t *testing.T) {
	s := film(t, nil)
	f := s.pool.Get(s.format.Bytes())
	defer f.Release()
	f.Format, f.Meta.Motion = s.format, true
	if !s.apply(f) {
		t.Error("the mark of the sender's own filter is lost")
	}
}

func TestValidate(t *testing.T) {
	cfg := defaults()
	cfg.Threshold, cfg.Sensitivity, cfg.Hold, cfg.Every = 0, 101, -1, -1
	want := "threshold: 0 is not above 0 and at most 100 (0.5 suits most scenes)\n" +
		"sensitivity: 101 is not between 1 and 100 (50 suits most cameras)\n" +
		"hold: -1ns is not between 0s and 24h0m0s\nevery: -1ns is below zero"
	if err := cfg.Validate(); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if err := cfg.Method.UnmarshalText([]byte("mog2")); err == nil || err.Error() != `"mog2" is none of background, difference` {
		t.Error(err)
	}
}
