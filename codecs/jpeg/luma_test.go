package jpeg

import (
	"bytes"
	"fmt"
	"testing"

	"framewire/pipeline"
)

func makeLuma(t testing.TB) *LumaDecoder {
	t.Helper()
	d, err := NewLumaDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// TestLumaIsTheReducedGrayPicture compares each pixel with the mean of those of the whole picture that it
// stands for, in sizes that the reductions divide and others.
func TestLumaIsTheReducedGrayPicture(t *testing.T) {
	pool := newPool(t)
	luma := makeLuma(t)
	for _, c := range []struct{ w, h, width, turbo int }{
		{1280, 720, 160, 8}, {1279, 719, 160, 4}, {640, 480, 160, 4}, {320, 240, 160, 2}, {161, 91, 160, 1}, {16, 16, 160, 1}, {17, 1, 1, 8},
	} {
		t.Run(fmt.Sprintf("%dx%d", c.w, c.h), func(t *testing.T) {
			coded := apply(t, makeEncoder(t, 90, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, c.w, c.h)))
			defer coded.Release()
			whole := apply(t, makeDecoder(t, pipeline.LayoutGray), coded.Retain())
			defer whole.Release()
			pix, f, err := luma.Decode(coded.Data, c.width)
			if err != nil {
				t.Fatal(err)
			}
			scale := 1
			if f.Width != c.w {
				scale = c.turbo
			}
			if f.Width != (c.w+scale-1)/scale || f.Height != (c.h+scale-1)/scale {
				t.Fatalf("%s, want 1/%d of %dx%d or all of it", f, c.turbo, c.w, c.h)
			}
			if err := f.Check(len(pix)); err != nil {
				t.Fatal(err)
			}
			var off float64
			for y := range f.Height {
				for x := range f.Width {
					off += distance(float64(pix[y*f.Stride+x]), mean(whole, x*scale, y*scale, scale))
				}
			}
			if off /= float64(f.Width * f.Height); off > 3 {
				t.Errorf("the pixels are off by %.1f in the mean", off)
			}
		})
	}
}

func distance(a, b float64) float64 { return max(a-b, b-a) }

// mean is that of a square of a gray picture, as far as it lies inside.
func mean(f *pipeline.Frame, x0, y0, side int) float64 {
	sum, n := 0, 0
	for y := y0; y < min(y0+side, f.Format.Height); y++ {
		for x := x0; x < min(x0+side, f.Format.Width); x++ {
			sum += int(f.Data[y*f.Format.Stride+x])
			n++
		}
	}
	return float64(sum) / float64(n)
}

func TestLumaOfForeignPictures(t *testing.T) {
	pool := newPool(t)
	for name, data := range map[string][]byte{
		"progressive": fixture(t, progressive), "4:2:2": fixture(t, half422), "4:4:4": fixture(t, full444), "4:4:0": fixture(t, upright440),
		"MJPEG without tables": likeCamera(t, apply(t, makeEncoder(t, 90, Sub420), flat(pool, 16, 16, 16, 33, 208))),
	} {
		pix, _, err := makeLuma(t).Decode(data, 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near(t, pix[0], 83) // of the red that all of them show
	}
}

func TestLumaRefuses(t *testing.T) {
	luma := makeLuma(t)
	whole := plain(t, 64, 48)
	for want, data := range map[string][]byte{
		"not a JPEG: it does not begin with the bytes FF D8": []byte("no picture"),
		"cut off: the end marker is missing":                 whole[:len(whole)-2],
		"a JPEG for print has no luma":                       fixture(t, cmyk),
		"a JPEG of 4096x4096 is too large":                   least(4096, 4096, 1, false),
	} {
		if _, _, err := luma.Decode(data, 160); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, _, err := luma.Decode(whole, 160); err != nil {
		t.Errorf("a good picture afterwards: %v", err)
	}
}

func FuzzLuma(f *testing.F) {
	f.Add(plain(f, 64, 48), 16)
	for _, text := range []string{progressive, half422, full444, upright440, cmyk} {
		f.Add(fixture(f, text), 4)
	}
	f.Add(bytes.Repeat([]byte{0xFF, 0xD8}, 9), 1)
	luma, err := NewLumaDecoder()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(luma.Close)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		pix, format, err := luma.Decode(data, max(width, 1))
		if err == nil && format.Check(len(pix)) != nil {
			t.Errorf("%s with %d bytes", format, len(pix))
		}
	})
}

func BenchmarkLuma(b *testing.B) {
	pool := newPool(b)
	coded := apply(b, makeEncoder(b, 80, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, 1920, 1080)))
	defer coded.Release()
	luma := makeLuma(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := luma.Decode(coded.Data, 160); err != nil {
			b.Fatal(err)
		}
	}
}
