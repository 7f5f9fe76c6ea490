//go:build opencv

package jpeg

import (
	"bytes"
	"fmt"
	"testing"

	"framewire/pipeline"
)

// TestSubsampling reads the sampling factors back from the frame header, and the picture too.
func TestSubsampling(t *testing.T) {
	pool := newPool(t)
	for sub, factor := range map[Subsampling]byte{Sub420: 0x22, Sub422: 0x21, Sub444: 0x11} {
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
			for _, size := range [][2]int{{64, 48}, {33, 17}, {1, 1}, {2, 3}} {
				t.Run(fmt.Sprintf("%s %s %v", sub, layout, size), func(t *testing.T) {
					// From BGR, so that all colours of the I420 picture exist: 4:2:2 and 4:4:4 come back by way of BGR.
					in := apply(t, makeDecoder(t, layout), scene(pool, pipeline.Raw(pipeline.LayoutBGR, size[0], size[1])))
					in.Retain()
					defer in.Release()
					coded := apply(t, makeEncoder(t, 90, sub), in)
					i := bytes.Index(coded.Data, []byte{0xFF, mSOF0})
					if got := coded.Data[i+11]; got != factor {
						t.Errorf("sampling factors %#x, want %#x", got, factor)
					}
					out := apply(t, makeDecoder(t, layout), coded)
					defer out.Release()
					if db := psnr(t, in, out); db < 30 {
						t.Errorf("%.1f dB", db)
					}
				})
			}
		}
	}
}

// TestSteadyStateAllocatesNothing holds the codecs to reusing their memory, with whole pictures and with parts.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, layout := range layouts {
		t.Run(layout.String(), func(t *testing.T) {
			allocatesNothing(t, 65, 49, makeEncoder(t, 80, Sub420), makeDecoder(t, layout), layout) // odd, for the way round
		})
		t.Run(layout.String()+" in parts", func(t *testing.T) {
			allocatesNothing(t, 65, 400, makeStriper(t, 3, Sub420), makeDivider(t, 3, layout), layout)
		})
	}
}

func allocatesNothing(t *testing.T, w, h int, encoder, decoder pipeline.Filter, layout pipeline.Layout) {
	in := scene(newPool(t), pipeline.Raw(layout, w, h))
	defer in.Release()
	n := testing.AllocsPerRun(50, func() {
		coded, err := encoder.Apply(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := decoder.Apply(t.Context(), coded)
		if err != nil {
			t.Fatal(err)
		}
		coded.Release()
		out.Release()
	})
	if n > 0 {
		t.Errorf("%v allocations for each picture", n)
	}
}

// TestBenignWarnings decodes what many cameras write: stray bytes in front of the end marker.
func TestBenignWarnings(t *testing.T) {
	pool := newPool(t)
	good := plain(t, 16, 16)
	data := append(bytes.Clone(good[:len(good)-2]), 0, 0, 0, 0, 0xFF, mEOI)
	apply(t, makeDecoder(t, pipeline.LayoutBGR), photo(pool, data, 16, 16)).Release()
}
