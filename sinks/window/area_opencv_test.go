//go:build opencv && linux

package window

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
)

// TestPicturesAreAsLargeAsTheWindow decodes for the window, which shows and saves all of the picture, and sharpens it
// when the user makes the window larger while none comes.
func TestPicturesAreAsLargeAsTheWindow(t *testing.T) {
	dir := t.TempDir()
	w := show(t, Spec(), Config{Size: config.Size{Width: 300, Height: 150}, Snapshots: dir})
	s := w.Sink.(*sink)
	layout := []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
	env := pipelinetest.Env(t, w.pool)
	env.Want = layout
	whole, err := jpeg.DecoderSpec().NewFilter(&jpeg.DecoderConfig{}, env)
	if err != nil {
		t.Fatal(err)
	}
	env.View = s.View
	decoder, err := jpeg.DecoderSpec().NewFilter(&jpeg.DecoderConfig{}, env)
	if err != nil {
		t.Fatal(err)
	}
	env.Want = []pipeline.Format{pipeline.AnyJPEG}
	encoder, err := jpeg.EncoderSpec().NewFilter(&jpeg.Config{Quality: 95, Subsampling: jpeg.Sub444}, env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, f := range []pipeline.Filter{whole, decoder, encoder} {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	s.env.Decode = whole.Apply
	raw := w.bars(1200, 600, 0)
	coded, err := encoder.Apply(t.Context(), raw)
	raw.Release()
	if err != nil {
		t.Fatal(err)
	}
	defer coded.Release()
	decode := func() *pipeline.Frame {
		f, err := decoder.Apply(t.Context(), coded)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}

	first := decode()
	if first.Format.Width != 1200 {
		t.Errorf("before the window's size is known a picture is %s", first.Format)
	}
	w.mustShow(first)
	until(t, "the window's size", func() bool { x, y := s.View(); return x == 300 && y == 150 })
	small := decode()
	if small.Format.Width != 300 || small.Format.Height != 150 || small.Whole() != coded {
		t.Errorf("for a window of 300x150 a picture is %s", small.Format)
	}
	w.mustShow(small)
	w.waitFor(red, present)

	press(t, w.title, "s")
	var files []string
	until(t, "a saved picture", func() bool {
		files, _ = filepath.Glob(filepath.Join(dir, "*.png"))
		return len(files) == 1
	})
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if c, err := png.DecodeConfig(f); err != nil || c.Width != 1200 || c.Height != 600 {
		t.Errorf("the picture saved is %dx%d, %v", c.Width, c.Height, err)
	}

	command(t, "xdotool", "windowsize", windowID(t, w.title), "600", "300")
	until(t, "a sharp picture", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.last.Format.Width == 1200 && s.last.Whole() == nil
	})
	if x, y := s.View(); x != 600 || y != 300 {
		t.Errorf("the window of 600x300 says it has %dx%d", x, y)
	}
	larger := decode()
	if larger.Format.Width != 600 {
		t.Errorf("for a window of 600x300 a picture is %s", larger.Format)
	}
	w.mustShow(larger)
}
