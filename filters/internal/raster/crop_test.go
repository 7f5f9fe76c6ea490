package raster

import (
	"errors"
	"image"
	"testing"

	"framewire/pipeline"
)

// TestCrop cuts out every part of small pictures and compares it pixel by pixel.
func TestCrop(t *testing.T) {
	pool := pipeline.NewPool()
	for _, layout := range layouts {
		for _, size := range [][2]int{{1, 1}, {4, 3}, {5, 6}} {
			f := picture(pool, layout, size[0], size[1])
			for _, r := range parts(size[0], size[1]) {
				out := Derive(f, r.Dx(), r.Dy())
				Crop(Of(out.Data, out.Format), Of(f.Data, f.Format), r)
				want := gridOf(f).part(r)
				if layout == pipeline.LayoutI420 {
					want = want.shared()
				}
				if !gridOf(out).equal(want) {
					t.Errorf("%s: another picture than cutting pixel by pixel gives", name(layout, size[0], size[1], r))
				}
				out.Release()
			}
			f.Release()
		}
	}
}

// parts lists all rectangles in a picture.
func parts(w, h int) (list []image.Rectangle) {
	for x0 := range w {
		for y0 := range h {
			for x1 := x0 + 1; x1 <= w; x1++ {
				for y1 := y0 + 1; y1 <= h; y1++ {
					list = append(list, image.Rect(x0, y0, x1, y1))
				}
			}
		}
	}
	return list
}

func (g grid) part(r image.Rectangle) grid {
	var out grid
	for _, row := range g[r.Min.Y:r.Max.Y] {
		out = append(out, row[r.Min.X:r.Max.X])
	}
	return out
}

// TestStored cuts parts out of what is seen, and what Stored says out of what is stored.
func TestStored(t *testing.T) {
	pool := pipeline.NewPool()
	f := picture(pool, pipeline.LayoutGray, 4, 3)
	defer f.Release()
	stored := gridOf(f)
	for degrees := 0; degrees < 360; degrees += 90 {
		viewer := Turn{Degrees: degrees}
		seen := stored.turned(viewer)
		w, h := Seen(4, 3, degrees)
		if len(seen) != h || len(seen[0]) != w {
			t.Fatalf("%d degrees: a picture of 4x3 is seen as %dx%d", degrees, w, h)
		}
		for _, r := range parts(w, h) {
			if got := stored.part(Stored(r, 4, 3, degrees)).turned(viewer); !got.equal(seen.part(r)) {
				t.Errorf("%d degrees: %v lies at %v", degrees, r, Stored(r, 4, 3, degrees))
			}
		}
	}
}

func TestCopy(t *testing.T) {
	pool := pipeline.NewPool()
	for _, layout := range layouts {
		f := picture(pool, layout, 7, 5)
		f.Seq, f.Meta.Name = 9, "a.jpg"
		out, err := Copy(f)
		if err != nil {
			t.Fatal(err)
		}
		if out == f || out.Format != pipeline.Raw(layout, 7, 5) || out.Seq != 9 || out.Meta != f.Meta || !gridOf(out).equal(gridOf(f)) {
			t.Errorf("%s: the copy is another picture", layout)
		}
		out.Release()
		f.Format.Height++
		if _, err := Copy(f); !errors.Is(err, pipeline.ErrSkip) {
			t.Errorf("a frame that does not fit its format: %v", err)
		}
		f.Release()
	}
}
