package resize

import (
	"image"
	"math"
	"testing"

	"framewire/filters/internal/raster"
)

func rect(w, h int) image.Rectangle { return image.Rect(0, 0, w, h) }

// share gives how much of old pixel i goes into new pixel n, in floating point: where pixels become fewer the part of
// the new one that it covers, else what linear interpolation between the centres gives it.
func share(n, i, from, to int) float64 {
	scale := float64(from) / float64(to)
	if to <= from {
		a, b := float64(n)*scale, float64(n+1)*scale
		return max(0, min(b, float64(i+1))-max(a, float64(i))) / scale
	}
	at := min(max((float64(n)+0.5)*scale-0.5, 0), float64(from-1))
	return max(0, 1-math.Abs(at-float64(i)))
}

// compare checks a plane against the definition.
func compare(t *testing.T, to, from raster.Plane) {
	t.Helper()
	for y := range to.Height {
		for x := range to.Width {
			for s := range to.Samples {
				want := 0.0
				for j := range from.Height {
					down := share(y, j, from.Height, to.Height)
					if down == 0 {
						continue
					}
					for i := range from.Width {
						want += down * share(x, i, from.Width, to.Width) * float64(from.Pix[j*from.Stride+i*from.Samples+s])
					}
				}
				if got := to.Pix[y*to.Stride+x*to.Samples+s]; math.Abs(float64(got)-want) > 1.5 { // OpenCV rounds twice where it shrinks and grows
					t.Fatalf("%dx%d to %dx%d: sample %d of %d,%d is %d, want %.2f", from.Width, from.Height, to.Width, to.Height, s, x, y, got, want)
				}
			}
		}
	}
}

// TestPlainStaysPlain: a picture of one value has that value at every size.
func TestPlainStaysPlain(t *testing.T) {
	for _, v := range []byte{0, 1, 128, 255} {
		for _, size := range [][2]int{{1, 1}, {7, 3}, {100, 99}, {333, 1000}} {
			in := make([]byte, 99*100)
			for i := range in {
				in[i] = v
			}
			out := make([]byte, size[0]*size[1])
			if err := new(scaler).scale(raster.GrayOf(out, size[0], size[1]), raster.GrayOf(in, 99, 100)); err != nil {
				t.Fatal(err)
			}
			for i, got := range out {
				if got != v {
					t.Fatalf("%v: pixel %d of %d is %d", size, i, v, got)
				}
			}
		}
	}
}
