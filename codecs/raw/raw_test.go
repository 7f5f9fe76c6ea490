package raw

import (
	"bytes"
	"errors"
	"testing"

	"framewire/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func frame(p *pipeline.Pool, format pipeline.Format) *pipeline.Frame {
	f := p.Get(format.Bytes())
	f.Format, f.Seq, f.Meta.Name = format, 5, "a.png"
	for i := range f.Data {
		f.Data[i] = byte(i * 7)
	}
	return f
}

func make1(t *testing.T, spec pipeline.Spec, want pipeline.Layout) pipeline.Filter {
	t.Helper()
	env := pipeline.Env{Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: want}}}
	filter, err := spec.NewFilter(spec.Config(), env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := filter.Close(); err != nil {
			t.Error(err)
		}
	})
	return filter
}

func TestEncoderPassesEveryLayout(t *testing.T) {
	pool := pipeline.NewPool()
	encoder := make1(t, EncoderSpec(), pipeline.LayoutNone)
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		f := frame(pool, pipeline.Raw(layout, 33, 17))
		out, err := encoder.Apply(t.Context(), f)
		if err != nil || out != f {
			t.Fatalf("%s: %v", layout, err)
		}
		out.Release()
		f.Release()
	}
}

func TestEncoderTakesPaddingOut(t *testing.T) {
	pool := pipeline.NewPool()
	format := pipeline.Raw(pipeline.LayoutGray, 4, 3)
	format.Stride = 6
	f := frame(pool, format)
	copy(f.Data, "abcd..efgh..ijkl..")
	out, err := make1(t, EncoderSpec(), pipeline.LayoutNone).Apply(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if string(out.Data) != "abcdefghijkl" || out.Format != pipeline.Raw(pipeline.LayoutGray, 4, 3) {
		t.Errorf("%s %q", out.Format, out.Data)
	}
	if out.Seq != f.Seq || out.Meta != f.Meta {
		t.Errorf("the copy has lost what travels beside the picture: %+v", out)
	}
	out.Release()
	f.Release()
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestDecoder(t *testing.T) {
	pool := pipeline.NewPool()
	f := frame(pool, pipeline.Raw(pipeline.LayoutI420, 6, 4))
	defer f.Release()
	same, err := make1(t, DecoderSpec(), pipeline.LayoutI420).Apply(t.Context(), f)
	if err != nil || same != f {
		t.Fatalf("a frame in the layout wanted does not pass: %v", err)
	}
	same.Release()
	gray, err := make1(t, DecoderSpec(), pipeline.LayoutGray).Apply(t.Context(), f)
	if err != nil || !bytes.Equal(gray.Data, f.Data[:24]) || gray.Format != pipeline.Raw(pipeline.LayoutGray, 6, 4) {
		t.Fatalf("%v, %v", gray, err)
	}
	gray.Release()
}

func TestRefuses(t *testing.T) {
	pool := pipeline.NewPool()
	for _, spec := range []pipeline.Spec{EncoderSpec(), DecoderSpec()} {
		for text, format := range map[string]pipeline.Format{
			"skipped: pixels are needed, the frame is jpeg 4x4":           pipeline.JPEG(4, 4),
			"skipped: raw gray frame of 4x5: 16 bytes, wants 20":          pipeline.Raw(pipeline.LayoutGray, 4, 5),
			"skipped: raw frame of 20000x20000: more than 100 megapixels": pipeline.Raw(pipeline.LayoutGray, 20000, 20000),
		} {
			f := pool.Get(16)
			f.Format = format
			if _, err := make1(t, spec, pipeline.LayoutBGR).Apply(t.Context(), f); !errors.Is(err, pipeline.ErrSkip) || err.Error() != text {
				t.Errorf("%s: %v, want %s", spec.Kind, err, text)
			}
			f.Release()
		}
	}
}
