package image

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framewire/pipeline"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(senderFolder); dir != "" {
		sender(dir)
	}
	goleak.VerifyTestMain(m)
}

// shades gives a small picture with soft shades.
func shades(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.NRGBA{byte(40 + 3*x), byte(200 - 2*y), byte(x + y), 255})
		}
	}
	return img
}

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := stdjpeg.Encode(&buf, shades(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// write puts files into a new folder.
func write(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type opened struct {
	*source
	pool     *pipeline.Pool
	log      *bytes.Buffer
	counters *pipeline.Counters
}

// create gives a source that is not open yet.
func create(t testing.TB, cfg Config, change func(*pipeline.Env)) opened {
	t.Helper()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	o := opened{pool: pipeline.NewPool(), log: new(bytes.Buffer), counters: new(pipeline.Counters)}
	env := pipeline.Env{Pool: o.pool, Log: hclog.New(&hclog.LoggerOptions{Output: o.log, DisableTime: true}), Counters: o.counters}
	change(&env)
	s, err := Spec().NewSource(&cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	o.source = s.(*source)
	return o
}

// start opens a source and closes it with the test; its frames must all have been released by then.
func (o opened) start(t testing.TB) opened {
	t.Helper()
	if err := o.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if n := o.pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
	return o
}

// open gives an open source for a chain that wants these formats.
func open(t testing.TB, cfg Config, want ...pipeline.Format) opened {
	t.Helper()
	return create(t, cfg, func(env *pipeline.Env) { env.Want = want }).start(t)
}

// confirmed gives an open source for a chain with an output that confirms.
func confirmed(t testing.TB, cfg Config) opened {
	t.Helper()
	return create(t, cfg, func(env *pipeline.Env) { env.Confirmed = true }).start(t)
}

// take reads a photo and gives its name and the function that settles it.
func (o opened) take(t testing.TB) (name string, settled func(error)) {
	t.Helper()
	f := o.read(t)
	defer f.Release()
	if f.Settled == nil {
		t.Fatalf("%s: nobody is to be told what becomes of it", f.Meta.Name)
	}
	return f.Meta.Name, f.Settled
}

// delivers reads photos of these names and settles each well.
func (o opened) delivers(t testing.TB, names ...string) {
	t.Helper()
	for _, want := range names {
		name, settled := o.take(t)
		if name != want {
			t.Errorf("%s, want %s", name, want)
		}
		settled(nil)
	}
}

func (o opened) read(t testing.TB) *pipeline.Frame {
	t.Helper()
	f, err := o.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Format.Check(len(f.Data)); err != nil {
		t.Fatal(err)
	}
	return f
}

// skips reads and checks that a file is skipped, silently for the runner, and that the log says why.
func (o opened) skips(t testing.TB, path, cause string) {
	t.Helper()
	o.log.Reset()
	before := o.counters.Errors.Load()
	if _, err := o.Read(context.Background()); err != pipeline.ErrSkip {
		t.Fatalf("got %v, want a bare ErrSkip", err)
	}
	want := "[WARN]  a file cannot be used and is skipped: file=" + path + " cause="
	if log := o.log.String(); !strings.Contains(log, want) || !strings.Contains(log, cause) || strings.Count(log, "\n") != 1 {
		t.Errorf("the log says\n%swant %s and %q", log, want, cause)
	}
	if n := o.counters.Errors.Load() - before; n != 1 {
		t.Errorf("%d errors are counted, want 1", n)
	}
}

// list reads to the end and gives what the pictures are called.
func (o opened) list(t testing.TB) (list []string) {
	t.Helper()
	for {
		f, err := o.Read(context.Background())
		if errors.Is(err, pipeline.ErrEnd) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f.Meta.Name)
		f.Release()
	}
}

func (o opened) names(t testing.TB) string {
	t.Helper()
	return strings.Join(o.list(t), " ")
}
