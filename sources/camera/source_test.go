package camera

import (
	"bytes"
	"context"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
	"framewire/sources/internal/photo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a camera that gives what a test sends it.
type fake struct {
	pictures chan []byte // closed: unplugged
	format   pipeline.Format
	closed   chan struct{}
}

func newFake(format pipeline.Format) *fake {
	return &fake{pictures: make(chan []byte), format: format, closed: make(chan struct{})}
}

func (f *fake) read() ([]byte, pipeline.Format, error) {
	data, ok := <-f.pictures
	if !ok {
		return nil, pipeline.Format{}, errors.New("unplugged")
	}
	return data, f.format, nil
}

func (f *fake) granted() string { return "what it likes" }
func (f *fake) close()          { close(f.closed) }

var pixel = pipeline.Raw(pipeline.LayoutBGR, 1, 1)

// faked gives a source whose camera is c, with the log's text.
func faked(cfg Config, c capture) (*source, *bytes.Buffer) {
	log := new(bytes.Buffer)
	env := pipeline.Env{
		Log:  hclog.New(&hclog.LoggerOptions{Output: log, DisableTime: true}),
		Pool: pipeline.NewPool(), Counters: &pipeline.Counters{},
		Control: pipeline.NewControl(), Note: func(string) {},
	}
	return newSource(cfg, env,
		func(device string) (string, error) { return "/dev/video" + device, nil },
		func(r request) (request, error) { return r, nil },
		func(request) (capture, error) { return c, nil },
	), log
}

func open(t *testing.T, s *source) {
	t.Helper()
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestReadGivesTheNewestPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(pixel)
		s, _ := faked(Defaults(), c)
		open(t, s)
		for i := range byte(10) {
			c.pictures <- []byte{i, 0, 0}
		}
		synctest.Wait() // until the reader waits for the next one
		f, err := s.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f.Data[0] != 9 || f.Format != pixel || !f.Key || f.Lossless {
			t.Errorf("got picture %d as %s", f.Data[0], f.Format)
		}
		f.Release()
		if n := s.env.Counters.Dropped.Load(); n != 9 {
			t.Errorf("%d pictures count as dropped, want 9", n)
		}
		close(c.pictures)
		if err := s.Close(); err != nil || s.env.Pool.Outstanding() != 0 {
			t.Errorf("%v, %d frames were not released", err, s.env.Pool.Outstanding())
		}
	})
}

func TestTimesAreThoseOfTheCamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(pixel)
		s, log := faked(Defaults(), c)
		s.cfg.Size, s.cfg.FPS = config.Size{Width: 1, Height: 1}, 10
		open(t, s)
		go func() {
			defer close(c.pictures)
			for range 40 {
				c.pictures <- []byte{1, 2, 3}
				time.Sleep(100 * time.Millisecond)
			}
		}()
		for i := range 40 {
			f, err := s.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if want := time.Duration(i) * 100 * time.Millisecond; f.PTS != want || !f.Captured.Equal(time.Now()) {
				t.Errorf("picture %d at %s, want %s", i, f.PTS, want)
			}
			f.Release()
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`camera opened: device="0 (/dev/video0)" asked="raw 1x1 at 10/s" granted="what it likes"`,
			`camera measured: device="0 (/dev/video0)" gives="raw bgr 1x1" rate=10.0/s`,
		} {
			if strings.Count(log.String(), want) != 1 {
				t.Errorf("the log does not say once %s:\n%s", want, log)
			}
		}
	})
}

// TestPhotos has a camera of ten pictures a second give one in each minute and those that somebody asks for.
func TestPhotos(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(pixel)
		cfg := Defaults()
		cfg.Every, cfg.Trigger.Signal = time.Minute, true
		s, _ := faked(cfg, c)
		s.env.Confirmed = true
		s.shutter = photo.New(cfg.Config, s.env, "camera", settleTime)
		open(t, s)
		stop, filming := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(filming)
			defer close(c.pictures)
			for n := byte(0); ; n++ {
				select {
				case c.pictures <- []byte{n, 0, 0}:
				case <-stop:
					return
				}
				<-time.After(100 * time.Millisecond)
			}
		}()
		begun := time.Now()
		go func() {
			<-time.After(30*time.Second + 50*time.Millisecond)
			s.env.Control.Send(pipeline.Command{Action: pipeline.ActionTrigger, From: "signal"})
		}()
		for i, want := range []time.Duration{time.Second, 30100 * time.Millisecond, 61 * time.Second, 121 * time.Second} {
			f, err := s.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Captured.Sub(begun); got != want || !f.Captured.Equal(time.Now()) || f.PTS != want {
				t.Errorf("picture %d was captured after %s and comes after %s, want %s", i, got, time.Since(begun), want)
			}
			if !f.Lossless || !f.Confirm || !strings.HasPrefix(f.Meta.Name, "camera-2") {
				t.Errorf("picture %d can be lost: %+v", i, f.Meta)
			}
			f.Settled(nil)
			f.Release()
		}
		<-time.After(10 * time.Second) // the chain is held up
		if n := s.env.Counters.Dropped.Load(); n != 0 {
			t.Errorf("%d pictures count as dropped that nobody wanted", n)
		}
		close(stop)
		<-filming
		if err := errors.Join(s.Close(), s.Account()); err != nil || s.env.Pool.Outstanding() != 0 {
			t.Errorf("%v, %d frames were not released", err, s.env.Pool.Outstanding())
		}
	})
}

// TestTriggerThatCannotBeOpened leaves no camera open, and a camera that cannot be opened no trigger.
func TestTriggerThatCannotBeOpened(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Defaults()
	cfg.Trigger.HTTP = listener.Addr().String()
	s, _ := faked(cfg, nil)
	broken := errors.New("no camera")
	s.open = func(request) (capture, error) { return nil, broken }
	if err := s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "the address is in use") {
		t.Errorf("got %v", err)
	}
	listener.Close()
	for range 2 {
		if err := s.Open(t.Context()); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

func TestSilentCameraIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(pixel)
		s, log := faked(Defaults(), c)
		open(t, s)
		begun := time.Now()
		_, err := s.Read(t.Context())
		if !errors.Is(err, pipeline.ErrLost) || time.Since(begun) != 5*time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		if want := "camera 0 (/dev/video0) gave no picture for 5s (if it stays so, unplug it and plug it in again): lost"; err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
		// The read is stuck: Close gives up, and the camera is closed only when the read has returned.
		if err := s.Close(); err != nil || !strings.Contains(log.String(), "a read does not return and is left behind") {
			t.Errorf("%v, log %s", err, log)
		}
		select {
		case <-c.closed:
			t.Error("closed under a running read")
		default:
		}
		c.pictures <- []byte{1, 2, 3}
		<-c.closed
		if n := s.env.Pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
}

func TestUnpluggedCameraIsLostAndComesBack(t *testing.T) {
	c := newFake(pixel)
	s, _ := faked(Defaults(), c)
	for range 2 {
		open(t, s)
		c.pictures <- []byte{1, 2, 3}
		close(c.pictures)
		f, err := s.Read(t.Context())
		if err != nil {
			t.Fatalf("the last picture: %v", err)
		}
		f.Release()
		if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrLost) || err.Error() != "camera 0 (/dev/video0): unplugged: lost" {
			t.Errorf("got %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		<-c.closed
		*c = *newFake(pixel)
	}
	if n := s.env.Pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestOpenThatIsStuckCanBeCancelled(t *testing.T) {
	c := newFake(pixel)
	s, _ := faked(Defaults(), c)
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	s.open = func(request) (capture, error) { cancel(); <-release; return c, nil }
	if err := s.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	<-c.closed // by the goroutine that was left behind
}

func TestReadStopsWithItsContext(t *testing.T) {
	c := newFake(pixel)
	s, _ := faked(Defaults(), c)
	open(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(c.pictures)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestJPEGPassesUntouchedAndDamageIsLeftOut(t *testing.T) {
	var buf bytes.Buffer
	if err := stdjpeg.Encode(&buf, image.NewGray(image.Rect(0, 0, 16, 8)), nil); err != nil {
		t.Fatal(err)
	}
	c := newFake(pipeline.AnyJPEG)
	s, _ := faked(Defaults(), c)
	open(t, s)
	c.pictures <- []byte("no JPEG, as cameras give when they start")
	c.pictures <- buf.Bytes()
	f, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Data, buf.Bytes()) || f.Format != pipeline.JPEG(16, 8) {
		t.Errorf("%d bytes as %s, the camera gave %d", len(f.Data), f.Format, buf.Len())
	}
	f.Release()
	close(c.pictures)
	if err := s.Close(); err != nil || s.env.Counters.Dropped.Load() != 1 {
		t.Errorf("%v, %d dropped, want the damaged one", err, s.env.Counters.Dropped.Load())
	}
}

func TestOpenErrors(t *testing.T) {
	broken := errors.New("as it says")
	for name, breakIt := range map[string]func(*source){
		"find": func(s *source) { s.find = func(string) (string, error) { return "", broken } },
		"plan": func(s *source) { s.plan = func(r request) (request, error) { return r, broken } },
		"open": func(s *source) { s.open = func(request) (capture, error) { return nil, broken } },
	} {
		s, _ := faked(Defaults(), nil)
		breakIt(s)
		if err := s.Open(t.Context()); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless is a camera of 1000 pictures a second.
type endless struct {
	data []byte
	tick *time.Ticker
}

func (e *endless) read() ([]byte, pipeline.Format, error) { <-e.tick.C; return e.data, pixel, nil }
func (e *endless) granted() string                        { return "all" }
func (e *endless) close()                                 { e.tick.Stop() }

func TestConformance(t *testing.T) {
	wantsAnything := func(env *pipeline.Env) { env.Want = nil }
	pipelinetest.Source(t, pipelinetest.SourceCase{Spec: fakeSpec(), Env: wantsAnything})
	t.Run("photos", func(t *testing.T) {
		pipelinetest.Source(t, pipelinetest.SourceCase{
			Spec: fakeSpec(), Env: wantsAnything,
			Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Every = 10 * time.Millisecond },
		})
	})
	if missing != "" {
		pipelinetest.Source(t, pipelinetest.SourceCase{Spec: Spec()})
	}
}

// fakeSpec is the plugin with a camera that needs no device.
func fakeSpec() pipeline.Spec {
	return pipeline.SourceSpec[Config]{
		Name: "camera", Summary: "takes pictures from a camera", Doc: specDoc, Defaults: Defaults(), Gives: gives,
		New: func(cfg *Config, env pipeline.Env) (pipeline.Source, error) {
			fake, _ := faked(*cfg, nil)
			s := newSource(*cfg, env, fake.find, fake.plan, func(request) (capture, error) {
				return &endless{make([]byte, 3), time.NewTicker(time.Millisecond)}, nil
			})
			if cfg.Photos() {
				s.shutter = photo.New(cfg.Config, env, "camera", 0)
			}
			return s, nil
		},
	}.Spec()
}

func TestConfig(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"device: is missing (0 is the first camera; `framewire devices` lists them)": func(c *Config) { c.Device = " " },
		"fps: -1 is not between 0 and 1000 (0 leaves it to the camera)":              func(c *Config) { c.FPS = -1 },
		"timeout: 0s is not between 100ms and 1h (5s suits most cameras)":            func(c *Config) { c.Timeout = 0 },
		"trigger.motion: a source comes before the filter that sees motion (record the stream, and set it at the sink file)": func(c *Config) {
			c.Trigger.Motion = true
		},
	} {
		cfg := Defaults()
		if err := cfg.Validate(); err != nil {
			t.Fatal(err)
		}
		change(&cfg)
		if err := cfg.Validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	var f Format
	if err := f.UnmarshalText([]byte("yuyv")); err == nil || err.Error() != `"yuyv" is none of auto, mjpg, raw` {
		t.Errorf("format: %v", err)
	}
}

func BenchmarkReader(b *testing.B) {
	format := pipeline.Raw(pipeline.LayoutBGR, 1920, 1080)
	data := make([]byte, format.Bytes())
	pool := pipeline.NewPool()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := frameOf(pool, data, format)
		if err != nil {
			b.Fatal(err)
		}
		f.Release()
	}
}
