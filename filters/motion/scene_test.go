package motion

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// studio films scenes and has the filter look at them.
type studio struct {
	t      *testing.T
	pool   *pipeline.Pool
	filter pipeline.Filter
	log    *bytes.Buffer
	note   string
	errors *pipeline.Counters

	format   pipeline.Format
	rotation int
	at       time.Duration // PTS of the next frame
	step     time.Duration
	random   *rand.Rand
	grain    [4099]float64 // noise, with a deviation of one; its length divides no picture
	noise    float64       // standard deviation
}

// film opens a studio for gray pictures of 320x180 at ten a second.
func film(t *testing.T, change func(*Config)) *studio {
	t.Helper()
	s := &studio{
		t: t, pool: pipeline.NewPool(), log: new(bytes.Buffer), errors: new(pipeline.Counters),
		format: pipeline.Raw(pipeline.LayoutGray, 320, 180), step: 100 * time.Millisecond,
		random: rand.New(rand.NewPCG(1, 2)), noise: 2,
	}
	for i := range s.grain {
		s.grain[i] = s.random.NormFloat64()
	}
	spec := Spec()
	cfg := spec.Config().(*Config)
	cfg.Hold = 0
	if change != nil {
		change(cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	env := pipelinetest.Env(t, s.pool)
	env.Log = hclog.New(&hclog.LoggerOptions{Output: s.log, DisableTime: true})
	env.Note, env.Counters = func(text string) { s.note = text }, s.errors
	var err error
	if s.filter, err = spec.NewFilter(cfg, env); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.filter.Close(); err != nil || s.pool.Outstanding() != 0 {
			t.Errorf("%v, %d frames were not released", err, s.pool.Outstanding())
		}
	})
	return s
}

// take films one picture of a scene, which gives the brightness at each place, and reports whether it was marked.
func (s *studio) take(scene func(x, y int) float64) bool {
	s.t.Helper()
	f := s.pool.Get(s.format.Bytes())
	f.Format, f.PTS, f.Key, f.Captured = s.format, s.at, true, time.Unix(1000, 0).Add(s.at)
	f.Meta.Rotation = s.rotation
	from, width, noise, data := s.random.IntN(len(s.grain)), s.format.Width, s.noise, f.Data
	for i := range data {
		v := scene(i%width, i/width) + noise*s.grain[(from+i)%len(s.grain)]
		data[i] = byte(min(max(v, 0), 255))
	}
	s.at += s.step
	defer f.Release()
	return s.apply(f)
}

// apply passes a frame through, which must come out with the same data.
func (s *studio) apply(f *pipeline.Frame) bool {
	s.t.Helper()
	out, err := s.filter.Apply(s.t.Context(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Release()
	if len(f.Data) > 0 && &out.Data[0] != &f.Data[0] || out.Format != f.Format || out.PTS != f.PTS {
		s.t.Error("the frame was changed")
	}
	return out.Meta.Motion
}

// marked films n pictures and counts those that were marked.
func (s *studio) marked(n int, scene func(x, y int) float64) (marks int) {
	s.t.Helper()
	for range n {
		if s.take(scene) {
			marks++
		}
	}
	return marks
}

// street is a place with dark and bright parts.
func street(x, y int) float64 { return 60 + float64(x/8%2*40) + float64(y)/3 }

// lit is a scene in another light.
func lit(scene func(x, y int) float64, add float64) func(x, y int) float64 {
	return func(x, y int) float64 { return scene(x, y) + add }
}

// walker is somebody of 16x32 pixels in front of a scene, with the left edge there.
func walker(scene func(x, y int) float64, left, top int) func(x, y int) float64 {
	return func(x, y int) float64 {
		if x >= left && x < left+16 && y >= top && y < top+32 {
			return 20
		}
		return scene(x, y)
	}
}
