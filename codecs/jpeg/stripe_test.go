package jpeg

import (
	"bytes"
	"fmt"
	stdjpeg "image/jpeg"
	"slices"
	"testing"

	"framewire/pipeline"
)

// makeStriper gives an encoder with so many cores, for which no stripe is too small.
func makeStriper(t testing.TB, n int32, sub Subsampling) *encoder {
	t.Helper()
	spec := encoderSpec(&cores{all: n})
	cfg := spec.Config().(*Config)
	cfg.Subsampling = sub
	e := closing(t)(spec.NewFilter(cfg, pipeline.Env{})).(*encoder)
	e.least = 1
	return e
}

// makeDivider gives a decoder with so many cores, for which no part is too small.
func makeDivider(t testing.TB, n int32, layout pipeline.Layout) *decoder {
	t.Helper()
	spec := decoderSpec(&cores{all: n})
	env := pipeline.Env{Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}}}
	d := closing(t)(spec.NewFilter(spec.Config(), env)).(*decoder)
	d.least = 1
	return d
}

// TestStripesAreOnePicture has several cores write the bytes that one writes, and read the pixels that one reads.
func TestStripesAreOnePicture(t *testing.T) {
	pool := newPool(t)
	for _, size := range [][2]int{{640, 480}, {322, 1081}, {17, 257}, {64, 2000}, {40, 300}} {
		for _, layout := range layouts {
			t.Run(fmt.Sprintf("%s %dx%d", layout, size[0], size[1]), func(t *testing.T) {
				in := scene(pool, pipeline.Raw(layout, size[0], size[1]))
				defer in.Release()
				want := apply(t, makeStriper(t, 1, Sub420), in.Retain())
				defer want.Release()
				if h, err := ParseHeader(want.Data); err != nil || h.restart == 0 {
					t.Fatalf("interval %d, %v", h.restart, err)
				}
				for _, cores := range []int32{2, 3, 8} {
					e := makeStriper(t, cores, Sub420)
					got := apply(t, e, in.Retain())
					if !bytes.Equal(got.Data, want.Data) {
						t.Errorf("%d cores write another picture than one, of %d instead of %d bytes", cores, len(got.Data), len(want.Data))
					}
					got.Release()
					if len(e.stripes) < 2 {
						t.Errorf("%d cores were free and the picture was encoded in one stripe", cores)
					}
				}
				if _, err := stdjpeg.Decode(bytes.NewReader(want.Data)); err != nil {
					t.Errorf("the standard library: %v", err)
				}
				for _, to := range layouts {
					single, many := makeDivider(t, 1, to), makeDivider(t, 4, to)
					a, b := apply(t, single, want.Retain()), apply(t, many, want.Retain())
					if !bytes.Equal(a.Data, b.Data) {
						t.Errorf("to %s: four cores read another picture than one", to)
					}
					yes, overlap := divisible(to, single.job.header)
					if cells := len(many.cells.starts); yes && len(many.parts) < 2 && (!overlap || cells >= 8) {
						t.Errorf("to %s: four cores were free and the picture was decoded whole", to)
					}
					a.Release()
					b.Release()
				}
			})
		}
	}
}

// TestOverlappingPartsAreLarge gives each at least four rows of MCUs, as those above and below are decoded once more.
func TestOverlappingPartsAreLarge(t *testing.T) {
	pool := newPool(t)
	coded := apply(t, makeStriper(t, 1, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutI420, 64, 17*16)))
	defer coded.Release()
	for _, to := range layouts {
		d := makeDivider(t, 8, to)
		apply(t, d, coded.Retain()).Release()
		if _, overlap := divisible(to, d.job.header); overlap && len(d.parts) > 4 {
			t.Errorf("to %s: 17 rows in %d parts that overlap", to, len(d.parts))
		}
	}
}

// TestLosslessStreamsAreNotDivided leaves the cores to the next frame where all must arrive anyway.
func TestLosslessStreamsAreNotDivided(t *testing.T) {
	pool := newPool(t)
	in := scene(pool, pipeline.Raw(pipeline.LayoutI420, 320, 512))
	live := apply(t, makeStriper(t, 4, Sub420), in.Retain())
	live.Lossless, in.Lossless = true, true
	e, d := makeStriper(t, 4, Sub420), makeDivider(t, 4, pipeline.LayoutI420)
	coded := apply(t, e, in)
	if h, err := ParseHeader(coded.Data); err != nil || h.restart != 0 || len(e.stripes) != 1 {
		t.Errorf("%d stripes, interval %d, %v", len(e.stripes), h.restart, err)
	}
	coded.Release()
	apply(t, d, live).Release()
	if len(d.parts) != 1 {
		t.Errorf("decoded in %d parts", len(d.parts))
	}
}

// TestBusyCoresAreLeftAlone divides a picture among idle cores only, and gives them back.
func TestBusyCoresAreLeftAlone(t *testing.T) {
	c := &cores{all: 4}
	for _, step := range []struct{ most, want int }{{2, 2}, {1, 1}, {8, 1}, {8, 1}} {
		if got := c.claim(step.most); got != step.want {
			t.Errorf("%d of at most %d, want %d", got, step.most, step.want)
		}
	}
	c.release(3)
	if got := c.claim(0); got != 1 {
		t.Errorf("%d cores, every picture has one", got)
	}
	c.release(3)
	if n := c.busy.Load(); n != 0 {
		t.Errorf("%d cores are still busy", n)
	}
}

// TestCrewPanics brings a panic to the goroutine that called, after all parts have ended.
func TestCrewPanics(t *testing.T) {
	var c crew
	ended := make([]bool, 3)
	c.work = func(i int) {
		ended[i] = true
		if i == 1 {
			panic("part 1")
		}
	}
	func() {
		defer func() {
			if got := recover(); got != "part 1" {
				t.Errorf("recovered %v", got)
			}
		}()
		c.do(3, 3)
		t.Error("no panic")
	}()
	if slices.Contains(ended, false) {
		t.Errorf("%v", ended)
	}
	c.work = func(int) {}
	c.do(3, 3) // and it can go on
}
