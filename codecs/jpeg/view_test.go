package jpeg

import (
	"bytes"
	"fmt"
	"testing"

	"framewire/pipeline"
)

// makeViewed gives a decoder to BGR with so many cores for what is shown in that size.
func makeViewed(t testing.TB, n int32, w, h int) *decoder {
	t.Helper()
	d := makeDivider(t, n, pipeline.LayoutBGR)
	d.view = func() (int, int) { return w, h }
	return d
}

// TestDecodesAsLargeAsShown pins the size that a view gets, and compares the picture with the whole one.
func TestDecodesAsLargeAsShown(t *testing.T) {
	if !scales() {
		t.Skip("image/jpeg decodes at full size only")
	}
	pool := newPool(t)
	for _, c := range []struct{ w, h, rotation, viewW, viewH, scale int }{
		{640, 480, 0, 0, 0, 1}, {640, 480, 0, 640, 480, 1}, {640, 480, 0, 321, 240, 1}, {640, 480, 0, 320, 240, 2},
		{640, 480, 0, 100, 240, 2}, {640, 480, 0, 160, 120, 4}, {640, 480, 0, 10, 10, 8}, {640, 480, 0, 10000, 1, 1},
		{640, 480, 90, 240, 320, 2}, {640, 480, 90, 320, 240, 1}, {641, 1001, 0, 321, 501, 2}, {641, 1001, 0, 1, 1, 8},
	} {
		t.Run(fmt.Sprintf("%dx%d turned by %d as %dx%d", c.w, c.h, c.rotation, c.viewW, c.viewH), func(t *testing.T) {
			coded := apply(t, makeStriper(t, 1, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, c.w, c.h)))
			defer coded.Release()
			coded.Meta.Rotation = c.rotation
			out := apply(t, makeViewed(t, 1, c.viewW, c.viewH), coded.Retain())
			defer out.Release()
			if want := pipeline.Raw(pipeline.LayoutBGR, reduced(c.w, c.scale), reduced(c.h, c.scale)); out.Format != want {
				t.Fatalf("%s, want %s", out.Format, want)
			}
			if whole := out.Whole(); (whole == coded) != (c.scale > 1) {
				t.Errorf("the whole frame is %v", whole)
			}
			parts := makeViewed(t, 4, c.viewW, c.viewH)
			divided := apply(t, parts, coded.Retain())
			defer divided.Release()
			if !bytes.Equal(divided.Data, out.Data) || len(parts.parts) < 2 {
				t.Errorf("in %d parts it is another picture", len(parts.parts))
			}
			full := apply(t, makeDecoder(t, pipeline.LayoutBGR), coded.Retain())
			defer full.Release()
			var off, n float64
			for y := 0; y < c.h/c.scale; y += 7 {
				for x := 0; x < c.w/c.scale; x += 7 {
					var sum float64
					for i := range c.scale * c.scale {
						sum += float64(full.Data[(y*c.scale+i/c.scale)*full.Format.Stride+3*(x*c.scale+i%c.scale)+1])
					}
					off += distance(float64(out.Data[y*out.Format.Stride+3*x+1]), sum/float64(c.scale*c.scale))
					n++
				}
			}
			if off/n > 3 {
				t.Errorf("green is off by %.1f in the mean", off/n)
			}
		})
	}
}

// BenchmarkDecodeShown decodes 2160p for a window of all its pixels and for one of a quarter of each side.
func BenchmarkDecodeShown(b *testing.B) {
	pool := newPool(b)
	coded := apply(b, makeEncoder(b, 80, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, 3840, 2160)))
	defer coded.Release()
	for _, view := range [][2]int{{3840, 2160}, {1920, 1080}, {960, 540}} {
		b.Run(fmt.Sprintf("%dx%d", view[0], view[1]), func(b *testing.B) {
			d := makeViewed(b, 1, view[0], view[1])
			d.least = stripePixels
			run(b, d, coded)
		})
	}
}
