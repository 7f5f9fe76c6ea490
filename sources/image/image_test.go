package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
)

func TestConformance(t *testing.T) {
	dir := write(t, nil)
	for n := range 25 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jpg", n)), jpegOf(t, 32, 24), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mixed := write(t, map[string][]byte{"a.jpg": jpegOf(t, 33, 24), "b.png": pngOf(t, shades(7, 5))})
	for name, c := range map[string]pipelinetest.SourceCase{
		"folder":   {Frames: 25, Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Path = dir }},
		"endless":  {Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Path, cfg.(*Config).Loop = dir, true }},
		"original": {Frames: 25, Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Path, cfg.(*Config).Original = dir, true }},
		"anew": {Frames: 25, Allocs: -1, Configure: func(_ *testing.T, cfg any) {
			cfg.(*Config).Path, cfg.(*Config).Quality, cfg.(*Config).Resize = dir, 50, config.Size{Width: 16, Height: 16}
		}},
		"watch": {
			Configure: func(t *testing.T, cfg any) {
				*cfg.(*Config) = Config{Path: dir, Watch: true, Journal: filepath.Join(t.TempDir(), "journal")}
			},
			Env: func(env *pipeline.Env) { env.Confirmed = true },
		},
		// Go's decoders allocate as they go.
		"mixed": {Frames: 2, Allocs: -1, Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Path = mixed }},
	} {
		c.Spec = Spec()
		t.Run(name, func(t *testing.T) { pipelinetest.Source(t, c) })
	}
}

// TestUntouched is the promise to people who send photos: the bytes are those of the file.
func TestUntouched(t *testing.T) {
	data := append(jpegOf(t, 40, 30), "and what some cameras append"...)
	path := filepath.Join(write(t, map[string][]byte{"IMG 0001.JPG": data}), "IMG 0001.JPG")
	for _, want := range [][]pipeline.Format{nil, {pipeline.AnyJPEG}, {pipeline.AnyRaw, pipeline.AnyJPEG}, {pipeline.Any}} {
		f := open(t, Config{Path: path}, want...).read(t)
		if !bytes.Equal(f.Data, data) || f.Format != pipeline.JPEG(40, 30) || f.Meta.Name != "IMG 0001.JPG" {
			t.Errorf("%v: %s %q, %d bytes", want, f.Format, f.Meta.Name, len(f.Data))
		}
		if !f.Lossless || !f.Key || f.Captured.IsZero() {
			t.Errorf("%v: %+v", want, f)
		}
		f.Release()
	}
}

func TestOrderAndChoice(t *testing.T) {
	data := jpegOf(t, 8, 8)
	dir := write(t, map[string][]byte{
		"10.jpg": data, "9.jpg": data, "2.JPEG": data, "a.png": pngOf(t, shades(2, 2)),
		".hidden.jpg": data, "notes.txt": []byte("x"), "sub/3.jpg": data, "folder.jpg/4.jpg": data,
	})
	if err := os.Symlink(filepath.Join(dir, "9.jpg"), filepath.Join(dir, "11.jpg")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:                              "2.JPEG 9.jpg 10.jpg 11.jpg a.png",
		filepath.Join(dir, "*.jpg"):      "9.jpg 10.jpg 11.jpg",
		filepath.Join(dir, ".h*"):        ".hidden.jpg",
		filepath.Join(dir, "[0-9].jpg"):  "9.jpg",
		filepath.Join(dir, "*", "?.jpg"): "folder.jpg/4.jpg sub/3.jpg",
		filepath.Join(dir, "9.jpg"):      "9.jpg",
	} {
		if got := open(t, Config{Path: path}).names(t); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	odd := write(t, map[string][]byte{"photo[1].jpg": data})
	if got := open(t, Config{Path: filepath.Join(odd, "photo[1].jpg")}).names(t); got != "photo[1].jpg" {
		t.Errorf("a name that looks like a pattern: %q", got)
	}
}

func TestLoopLooksAgain(t *testing.T) {
	dir := write(t, map[string][]byte{"1.jpg": jpegOf(t, 8, 8), "2.jpg": jpegOf(t, 8, 8)})
	s := open(t, Config{Path: dir, Loop: true})
	expect := func(names ...string) {
		t.Helper()
		for _, name := range names {
			f := s.read(t)
			if f.Meta.Name != name {
				t.Errorf("%s, want %s", f.Meta.Name, name)
			}
			f.Release()
		}
	}
	expect("1.jpg", "2.jpg", "1.jpg")
	if err := os.WriteFile(filepath.Join(dir, "3.jpg"), jpegOf(t, 8, 8), 0o644); err != nil {
		t.Fatal(err)
	}
	expect("2.jpg", "1.jpg", "2.jpg", "3.jpg", "1.jpg")
	expect("2.jpg", "3.jpg")
	put(t, filepath.Join(dir, "0.jpg"), jpegOf(t, 8, 8))
	if err := os.Remove(filepath.Join(dir, "3.jpg")); err != nil {
		t.Fatal(err)
	}
	expect("0.jpg", "1.jpg", "2.jpg", "0.jpg")
	if n := len(s.ledger.Load().photos); n != 3 {
		t.Errorf("%d photos are kept in mind, one of them gone", n)
	}
}

// TestInterval runs on a clock of its own, so the moments are exact.
func TestInterval(t *testing.T) {
	dir := write(t, map[string][]byte{"1.jpg": jpegOf(t, 8, 8), "2.jpg": []byte("no picture"), "3.jpg": jpegOf(t, 8, 8)})
	synctest.Test(t, func(t *testing.T) {
		s := open(t, Config{Path: dir, Loop: true, Interval: time.Second})
		start := time.Now()
		expect := func(name string, at, pts time.Duration) {
			t.Helper()
			f := s.read(t)
			if f.Meta.Name != name || f.Captured.Sub(start) != at || f.PTS != pts {
				t.Errorf("%s at %s, PTS %s; want %s at %s, %s", f.Meta.Name, f.Captured.Sub(start), f.PTS, name, at, pts)
			}
			f.Release()
		}
		skip := func() {
			t.Helper()
			if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrSkip) {
				t.Errorf("the bad file: %v", err)
			}
		}
		expect("1.jpg", 0, 0)
		skip()
		expect("3.jpg", time.Second, time.Second)
		<-time.After(200 * time.Millisecond)
		expect("1.jpg", 2*time.Second, 2*time.Second)
		<-time.After(5 * time.Second) // a stall: the next comes at once, the ones after at the usual distance
		skip()
		expect("3.jpg", 7*time.Second, 3*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, cancel)
		if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled read: %v", err)
		}
		expect("1.jpg", 8*time.Second, 4*time.Second)
	})
}

// BenchmarkRead takes a 1080p photo as it is, and the same as PNG.
func BenchmarkRead(b *testing.B) {
	img := shades(1920, 1080)
	files := map[string][]byte{"jpeg": jpegOf(b, 1920, 1080), "png": pngOf(b, img)}
	for name, data := range files {
		b.Run(name, func(b *testing.B) {
			s := open(b, Config{Path: filepath.Join(write(b, map[string][]byte{"a": data}), "a"), Loop: true})
			b.ReportAllocs()
			for b.Loop() {
				s.read(b).Release()
			}
		})
	}
}
