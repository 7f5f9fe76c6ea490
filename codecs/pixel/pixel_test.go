package pixel

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"framewire/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	bgr  = pipeline.LayoutBGR
	gray = pipeline.LayoutGray
	i420 = pipeline.LayoutI420
)

// raw gives a frame with slow shades of colour and garbage in its padding.
func raw(p *pipeline.Pool, w, h, padding int) *pipeline.Frame {
	format := pipeline.Raw(bgr, w, h)
	format.Stride += padding
	f := p.Get(format.Bytes())
	f.Format = format
	for i := range f.Data {
		y, x := i/format.Stride, i%format.Stride
		f.Data[i] = 0xEE
		if x < 3*w {
			f.Data[i] = byte(60*(x%3) + 2*(x/3) + y)
		}
	}
	return f
}

// reference is JFIF's definition in floating point.
func reference(b, g, r byte) (y, cb, cr float64) {
	fb, fg, fr := float64(b), float64(g), float64(r)
	return 0.299*fr + 0.587*fg + 0.114*fb,
		-0.168736*fr - 0.331264*fg + 0.5*fb + 128,
		0.5*fr - 0.418688*fg - 0.081312*fb + 128
}

func close(got byte, want, within float64) bool {
	return math.Abs(float64(got)-math.Max(0, math.Min(255, want))) <= within
}

// TestAgainstTheDefinition goes through colours in steps, as one pixel each.
func TestAgainstTheDefinition(t *testing.T) {
	one := pipeline.Raw(bgr, 1, 1)
	var yuv, back [3]byte
	for b := 0; b < 256; b += 17 {
		for g := 0; g < 256; g += 17 {
			for r := 0; r < 256; r += 17 {
				in := [3]byte{byte(b), byte(g), byte(r)}
				Convert(yuv[:], i420, in[:], one)
				y, cb, cr := reference(in[0], in[1], in[2])
				if !close(yuv[0], y, 0.51) || !close(yuv[1], cb, 0.51) || !close(yuv[2], cr, 0.51) {
					t.Fatalf("%v: %v, want %.2f %.2f %.2f", in, yuv, y, cb, cr)
				}
				Convert(back[:1], gray, in[:], one)
				if back[0] != yuv[0] {
					t.Fatalf("%v: gray %d, luma %d", in, back[0], yuv[0])
				}
				Convert(back[:], bgr, yuv[:], pipeline.Raw(i420, 1, 1))
				for i := range in {
					if !close(back[i], float64(in[i]), 2) {
						t.Fatalf("%v came back as %v", in, back)
					}
				}
				if b == g && g == r && back != in {
					t.Fatalf("a gray of %v came back as %v", in, back)
				}
			}
		}
	}
}

// TestEverySizeAndStride converts back and forth and compares with the same picture without padding.
func TestEverySizeAndStride(t *testing.T) {
	pool := pipeline.NewPool()
	for _, size := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {3, 3}, {16, 16}, {17, 9}, {64, 48}} {
		for _, layout := range []pipeline.Layout{bgr, gray, i420} {
			t.Run(fmt.Sprintf("%v %s", size, layout), func(t *testing.T) {
				tight, wide := raw(pool, size[0], size[1], 0), raw(pool, size[0], size[1], 7)
				want, err1 := ToLayout(tight, layout)
				got, err2 := ToLayout(wide, layout)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				packed, err := Pack(got)
				if err != nil || !bytes.Equal(packed.Data, want.Data) || packed.Format != want.Format {
					t.Fatalf("padding changes the picture: %v", err)
				}
				padded := spread(pool, packed, 5)
				again, err := Pack(padded)
				if err != nil || !bytes.Equal(again.Data, want.Data) {
					t.Errorf("packing a padded %s changes the picture: %v", layout, err)
				}
				for _, next := range []pipeline.Layout{bgr, gray, i420} {
					a, err1 := ToLayout(want, next)
					b, err2 := ToLayout(padded, next)
					if err1 != nil || err2 != nil {
						t.Fatal(err1, err2)
					}
					pb, _ := Pack(b)
					if !bytes.Equal(a.Data, pb.Data) {
						t.Errorf("%s to %s: padding changes the picture", layout, next)
					}
					a.Release()
					b.Release()
					pb.Release()
				}
				for _, f := range []*pipeline.Frame{tight, wide, want, got, packed, padded, again} {
					f.Release()
				}
			})
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

// spread gives the same picture with padded rows.
func spread(p *pipeline.Pool, f *pipeline.Frame, padding int) *pipeline.Frame {
	format := f.Format
	format.Stride += padding
	out := p.Get(format.Bytes())
	out.Format = format
	for i := range out.Data {
		out.Data[i] = 0xCC
	}
	if format.Layout == i420 {
		CopyI420(PlanesOf(out.Data, format), PlanesOf(f.Data, f.Format), format.Width, format.Height)
		return out
	}
	copyPlane(out.Data, format.Stride, f.Data, f.Format.Stride, f.Format.Stride, format.Height)
	return out
}

func TestPassesWhatFits(t *testing.T) {
	pool := pipeline.NewPool()
	f := raw(pool, 8, 8, 3)
	defer f.Release()
	for _, layout := range []pipeline.Layout{bgr, pipeline.LayoutNone} {
		out, err := ToLayout(f, layout)
		if err != nil || out != f {
			t.Errorf("%s: %v", layout, err)
		}
		out.Release()
	}
}

func TestRefuses(t *testing.T) {
	pool := pipeline.NewPool()
	for _, format := range []pipeline.Format{
		pipeline.JPEG(8, 8),
		pipeline.Raw(bgr, 9, 8),
		{Codec: pipeline.CodecRaw, Layout: bgr, Width: 8, Height: 8, Stride: 23},
		{Codec: pipeline.CodecRaw, Layout: 9, Width: 8, Height: 8, Stride: 24},
		{Codec: pipeline.CodecRaw, Layout: bgr, Width: 1 << 40, Height: 1 << 40, Stride: 24},
	} {
		f := pool.Get(8 * 24)
		f.Format = format
		if _, err := ToLayout(f, gray); !errors.Is(err, pipeline.ErrSkip) {
			t.Errorf("ToLayout of %+v: %v", format, err)
		}
		if _, err := Pack(f); !errors.Is(err, pipeline.ErrSkip) {
			t.Errorf("Pack of %+v: %v", format, err)
		}
		f.Release()
	}
}

func scatter(p []byte, step int) {
	for i := range p {
		p[i] = byte(i * step)
	}
}

// The picture is 1080p.
func BenchmarkConvert(b *testing.B) {
	for _, from := range []pipeline.Layout{bgr, gray, i420} {
		for _, to := range []pipeline.Layout{bgr, gray, i420} {
			if from == to {
				continue
			}
			b.Run(from.String()+" to "+to.String(), func(b *testing.B) {
				format := pipeline.Raw(from, 1920, 1080)
				src := make([]byte, format.Bytes())
				dst := make([]byte, pipeline.Raw(to, 1920, 1080).Bytes())
				scatter(src, 13)
				b.ReportAllocs()
				for b.Loop() {
					Convert(dst, to, src, format)
				}
			})
		}
	}
}
