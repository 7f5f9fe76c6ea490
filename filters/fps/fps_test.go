package fps

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{
		Spec:      Spec(),
		Configure: func(_ *testing.T, cfg any) { cfg.(*Config).FPS = rate(5) },
	})
}

func rate(fps float64) *float64 { return &fps }

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		fps  *float64
		want string
	}{
		{rate(5), ""},
		{rate(29.97), ""},
		{rate(1.0 / 3600), ""},
		{nil, "fps: is missing (write a number such as 5)"},
		{rate(0), "fps: 0 is not above zero"},
		{rate(-5), "fps: -5 is not above zero"},
		{rate(1e-9), "fps: 1e-09 is less than one frame in a week"},
		{rate(1001), "fps: 1001 is above 1000"},
	} {
		got := ""
		if err := (&Config{tt.fps}).Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// thinner is a filter in a test, with what passed.
type thinner struct {
	t      *testing.T
	pool   *pipeline.Pool
	filter pipeline.Filter
	stream pipeline.StreamID
	passed []time.Duration
}

func newThinner(t *testing.T, fps float64) *thinner {
	t.Helper()
	filter, err := Spec().NewFilter(&Config{&fps}, pipeline.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return &thinner{t: t, pool: pipeline.NewPool(), filter: filter}
}

func (x *thinner) put(pts time.Duration) {
	x.t.Helper()
	f := x.pool.Get(1)
	defer f.Release()
	f.Format, f.PTS, f.Stream = pipeline.AnyFile, pts, x.stream
	out, err := x.filter.Apply(x.t.Context(), f)
	switch {
	case err == nil && out != f:
		x.t.Fatal("another frame came out")
	case err == nil:
		x.passed = append(x.passed, pts)
		out.Release()
	case !errors.Is(err, pipeline.ErrSkip) || err != pipeline.ErrSkip: // words would be told and counted
		x.t.Fatal(err)
	}
}

// TestRates puts ten minutes of each stream in.
func TestRates(t *testing.T) {
	const length = 10 * time.Minute
	for _, tt := range []struct {
		in, fps float64
		jitter  time.Duration // by which each time may be off
		want    float64       // frames a second that pass
		gap     time.Duration // most between two of them
	}{
		{30, 30, 0, 30, 34 * time.Millisecond},
		{30, 30, 10 * time.Millisecond, 30, 87 * time.Millisecond}, // one frame is lost until the grid lies well
		{29.97, 30, 10 * time.Millisecond, 29.97, 54 * time.Millisecond},
		{30, 25, 0, 25, 67 * time.Millisecond},
		{30, 20, 5 * time.Millisecond, 20, 77 * time.Millisecond},
		{30, 15, 10 * time.Millisecond, 15, 87 * time.Millisecond},
		{30, 7, 0, 7, 167 * time.Millisecond},
		{60, 1, 0, 1, time.Second + 17*time.Millisecond},
		{30, 0.1, 10 * time.Millisecond, 0.1, 10*time.Second + 54*time.Millisecond},
		{25, 60, 10 * time.Millisecond, 25, 60 * time.Millisecond},
		{1, 1000, 0, 1, time.Second},
	} {
		t.Run(fmt.Sprintf("%v to %v, jitter %s", tt.in, tt.fps, tt.jitter), func(t *testing.T) {
			x := newThinner(t, tt.fps)
			random := rand.New(rand.NewPCG(1, 2))
			for i := 0; ; i++ {
				pts := time.Duration(float64(i) / tt.in * float64(time.Second))
				if pts >= length {
					break
				}
				if tt.jitter > 0 {
					pts = max(pts+time.Duration(random.Int64N(int64(2*tt.jitter)))-tt.jitter, 0)
				}
				x.put(pts)
			}
			if got, want := float64(len(x.passed)), tt.want*length.Seconds(); got < want*0.995-1 || got > want*1.001+1 {
				t.Errorf("%v frames pass, want %v", got, want)
			}
			for i := 1; i < len(x.passed); i++ {
				if gap := x.passed[i] - x.passed[i-1]; gap > tt.gap {
					t.Errorf("%s between two frames at %s", gap, x.passed[i])
				}
			}
		})
	}
}

// TestBeginsAnew: after a pause, a jump back and in a new stream the first frame passes, and nothing is made up for.
func TestBeginsAnew(t *testing.T) {
	x := newThinner(t, 1)
	second := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	x.put(second(5))
	x.put(second(5.4))
	x.put(second(100.3)) // a pause
	x.put(second(100.4))
	x.put(second(100.7))
	x.put(second(101.3))
	x.put(second(2)) // back
	x.put(second(2.1))
	x.stream = pipeline.StreamID{1}
	x.put(second(2.2)) // another stream
	x.put(second(2.3))
	want := "[5s 1m40.3s 1m41.3s 2s 2.2s]"
	if got := fmt.Sprint(x.passed); got != want {
		t.Errorf("%s pass, want %s", got, want)
	}
	if n := x.pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func BenchmarkFPS(b *testing.B) {
	filter, err := Spec().NewFilter(&Config{rate(15)}, pipeline.Env{})
	if err != nil {
		b.Fatal(err)
	}
	f := pipeline.NewPool().Get(1)
	defer f.Release()
	f.Format = pipeline.AnyFile
	b.ReportAllocs()
	for b.Loop() {
		f.PTS += 33 * time.Millisecond
		if out, err := filter.Apply(b.Context(), f); err == nil {
			out.Release()
		}
	}
}
