package image

import (
	"bytes"
	"context"
	"encoding/base64"
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

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// photo gives a small picture with soft shades.
func photo(w, h int) *image.NRGBA {
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
	if err := stdjpeg.Encode(&buf, photo(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func encode[O any](t testing.TB, encode func(*bytes.Buffer, image.Image, O) error, img image.Image, options O) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := encode(&buf, img, options); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	return encode(t, func(w *bytes.Buffer, img image.Image, _ int) error { return png.Encode(w, img) }, img, 0)
}

func unbase64(t testing.TB, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
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
	pipeline.Source
	pool     *pipeline.Pool
	log      *bytes.Buffer
	counters *pipeline.Counters
}

// create gives a source that is not open yet.
func create(t testing.TB, cfg Config, want ...pipeline.Format) opened {
	t.Helper()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	o := opened{pool: pipeline.NewPool(), log: new(bytes.Buffer), counters: new(pipeline.Counters)}
	env := pipeline.Env{Pool: o.pool, Want: want, Log: hclog.New(&hclog.LoggerOptions{Output: o.log}), Counters: o.counters}
	var err error
	if o.Source, err = Spec().NewSource(&cfg, env); err != nil {
		t.Fatal(err)
	}
	return o
}

// open gives an open source, closed with the test, whose frames must all have been released by then.
func open(t testing.TB, cfg Config, want ...pipeline.Format) opened {
	t.Helper()
	o := create(t, cfg, want...)
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

// names reads to the end and gives what the pictures are called.
func (o opened) names(t testing.TB) string {
	t.Helper()
	var list []string
	for {
		f, err := o.Read(context.Background())
		if errors.Is(err, pipeline.ErrEnd) {
			return strings.Join(list, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f.Meta.Name)
		f.Release()
	}
}
