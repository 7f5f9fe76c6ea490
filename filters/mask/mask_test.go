package mask

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"framewire/filters/internal/area"
	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	for _, fill := range []Fill{Black, Pixelate, Blur} {
		t.Run(string(fill), func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec: Spec(),
				Configure: func(_ *testing.T, cfg any) {
					c := cfg.(*Config)
					c.Regions = []area.Area{{X: pixels(3), Y: percent(10), Width: percent(50), Height: pixels(9)}, {X: percent(80)}}
					c.Fill = fill
				},
			})
		})
	}
}

func pixels(v float64) area.Length { return area.Length{Value: v} }

func percent(v float64) area.Length { return area.Length{Value: v, Percent: true} }

func TestValidate(t *testing.T) {
	one := []area.Area{{}}
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{one, Black, percent(0.1)}, ""},
		{Config{one, Blur, pixels(8)}, ""},
		{Config{nil, Blur, pixels(7)}, "regions: is missing (write a list such as [{x: 10%, y: 0, width: 25%, height: 120}])\n" +
			"cell: 7 is below 8 pixels, which hides nothing"},
	} {
		got := ""
		if err := tt.cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.cfg, got, tt.want)
		}
	}
}

func newFilter(t testing.TB, fill Fill, cell area.Length, regions ...area.Area) pipeline.Filter {
	t.Helper()
	filter, err := Spec().NewFilter(&Config{regions, fill, cell}, pipeline.Env{Log: hclog.NewNullLogger()})
	if err != nil {
		t.Fatal(err)
	}
	return filter
}

// covered lists the rectangles, per plane, that must change: those that the region touches, as they are stored.
func covered(r image.Rectangle, planes int) []image.Rectangle {
	half := image.Rect(r.Min.X/2, r.Min.Y/2, (r.Max.X+1)/2, (r.Max.Y+1)/2)
	return []image.Rectangle{r, half, half}[:planes]
}

// TestWhatIsCovered looks at every sample: those outside of the region are as they were, and those inside do not depend on
// what was there, but for the means.
func TestWhatIsCovered(t *testing.T) {
	pool := pipeline.NewPool()
	// The region is 20..36 by 10..21 of what is seen, in pixels and in percent of 101x67.
	region := area.Area{X: pixels(20), Y: pixels(10), Width: pixels(16), Height: pixels(11)}
	parts := area.Area{X: percent(20), Y: percent(15.1), Width: percent(15), Height: percent(16)}
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		for _, fill := range []Fill{Black, Pixelate, Blur} {
			for degrees := 0; degrees < 360; degrees += 90 {
				for _, region := range []area.Area{region, parts} {
					t.Run(fmt.Sprintf("%s %s %d", layout, fill, degrees), func(t *testing.T) {
						w, h := raster.Seen(101, 67, degrees)
						in := pipelinetest.Frame(pool, pipeline.Raw(layout, w, h), 0)
						defer in.Release()
						in.Meta.Rotation = degrees
						out := pipelinetest.Apply(t, newFilter(t, fill, pixels(8), region), in)
						defer out.Release()
						checkOutside(t, out, in, raster.Stored(image.Rect(20, 10, 36, 21), w, h, degrees))
						checkInside(t, fill, out, in, raster.Stored(image.Rect(20, 10, 36, 21), w, h, degrees))
					})
				}
			}
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func checkOutside(t *testing.T, out, in *pipeline.Frame, r image.Rectangle) {
	t.Helper()
	a, b := raster.Of(out.Data, out.Format), raster.Of(in.Data, in.Format)
	rects := covered(r, len(a.Planes()))
	for i, plane := range a.Planes() {
		for y := range plane.Height {
			for x := range plane.Width {
				at := y*plane.Stride + x*plane.Samples
				if !image.Pt(x, y).In(rects[i]) && !bytes.Equal(plane.Pix[at:at+plane.Samples], b.Planes()[i].Pix[at:at+plane.Samples]) {
					t.Fatalf("plane %d: %d,%d lies outside of %v and has changed", i, x, y, rects[i])
				}
			}
		}
	}
}

func checkInside(t *testing.T, fill Fill, out, in *pipeline.Frame, r image.Rectangle) {
	t.Helper()
	p, before := raster.Of(out.Data, out.Format), raster.Of(in.Data, in.Format)
	for i, plane := range p.Planes() {
		part := covered(r, 3)[i]
		cell := 8
		if i > 0 {
			cell = 4
		}
		for y := part.Min.Y; y < part.Max.Y; y++ {
			for x := part.Min.X; x < part.Max.X; x++ {
				for s := range plane.Samples {
					sample := func(x, y int) int { return int(plane.Pix[y*plane.Stride+x*plane.Samples+s]) }
					v := sample(x, y)
					switch fill {
					case Black:
						if want := []int{0, 128, 128}[i]; v != want {
							t.Fatalf("plane %d: %d,%d is %d, want %d", i, x, y, v, want)
						}
					case Pixelate:
						at := part.Min.Add(image.Pt((x-part.Min.X)/cell*cell, (y-part.Min.Y)/cell*cell))
						if want := meanOf(before.Planes()[i], image.Rectangle{Min: at, Max: at.Add(image.Pt(cell, cell))}.Intersect(part), s); v != want {
							t.Fatalf("plane %d: %d,%d is %d, the mean of its cell %d", i, x, y, v, want)
						}
					case Blur:
						if x > part.Min.X && max(v-sample(x-1, y), sample(x-1, y)-v) > 255/cell+1 {
							t.Fatalf("plane %d: %d,%d differs by %d from its neighbour", i, x, y, v-sample(x-1, y))
						}
					}
				}
			}
		}
	}
}

// meanOf is the mean of one sample over a part of a plane, rounded.
func meanOf(p raster.Plane, r image.Rectangle, s int) int {
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			sum += int(p.Pix[y*p.Stride+x*p.Samples+s])
		}
	}
	n := r.Dx() * r.Dy()
	return (sum + n/2) / n
}

// TestDetailIsGone: two pictures that differ within the cells of a region, and not in the cells' means, come out the same.
func TestDetailIsGone(t *testing.T) {
	pool := pipeline.NewPool()
	for _, fill := range []Fill{Black, Pixelate, Blur} {
		in := pipelinetest.Frame(pool, pipeline.Raw(pipeline.LayoutGray, 64, 64), 0)
		other := pipelinetest.Frame(pool, pipeline.Raw(pipeline.LayoutGray, 64, 64), 0)
		for y := 16; y < 48; y += 8 { // each row of each cell of 8 pixels is reversed
			for x := 16; x < 48; x += 8 {
				for line := y; line < y+8; line++ {
					for i := range 8 {
						other.Data[line*64+x+i] = in.Data[line*64+x+7-i]
					}
				}
			}
		}
		if bytes.Equal(in.Data, other.Data) {
			t.Fatal("the pictures are the same to begin with")
		}
		filter := newFilter(t, fill, pixels(8), area.Area{X: percent(25), Y: percent(25), Width: percent(50), Height: percent(50)})
		a, b := pipelinetest.Apply(t, filter, in), pipelinetest.Apply(t, filter, other)
		if !bytes.Equal(a.Data, b.Data) {
			t.Errorf("%s leaves detail", fill)
		}
		for _, f := range []*pipeline.Frame{in, other, a, b} {
			f.Release()
		}
	}
}

// TestCells: percents are of the shorter side, and never give cells in which something can be seen.
func TestCells(t *testing.T) {
	pool := pipeline.NewPool()
	for _, tt := range []struct {
		cell area.Length
		w, h int
		want int // the length of the runs in the first row
	}{
		{percent(10), 320, 200, 20}, {percent(10), 200, 320, 20}, {percent(4), 320, 200, 8}, {percent(1), 320, 200, 8},
		{pixels(50), 320, 200, 50}, {pixels(1000), 320, 40, 40}, {percent(100), 9, 5, 8},
	} {
		in := pipelinetest.Frame(pool, pipeline.Raw(pipeline.LayoutGray, tt.w, tt.h), 0)
		for i := range in.Data {
			in.Data[i] = byte(i % tt.w / 2) // so that no two cells beside each other are equal
		}
		out := pipelinetest.Apply(t, newFilter(t, Pixelate, tt.cell, area.Area{}), in)
		run := 0
		for run < tt.w && out.Data[run] == out.Data[0] {
			run++
		}
		if run != tt.want {
			t.Errorf("%s of %dx%d: cells of %d pixels, want %d", tt.cell, tt.w, tt.h, run, tt.want)
		}
		in.Release()
		out.Release()
	}
}

// The picture is 1080p, of which a quarter is covered.
func BenchmarkMask(b *testing.B) {
	pool := pipeline.NewPool()
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
		for _, fill := range []Fill{Black, Pixelate, Blur} {
			b.Run(layout.String()+" "+string(fill), func(b *testing.B) {
				in := pipelinetest.Frame(pool, pipeline.Raw(layout, 1920, 1080), 0)
				defer in.Release()
				filter := newFilter(b, fill, percent(4), area.Area{X: percent(25), Y: percent(25), Width: percent(50), Height: percent(50)})
				b.ReportAllocs()
				for b.Loop() {
					pipelinetest.Apply(b, filter, in).Release()
				}
			})
		}
	}
}

// TestOutside has a picture that became too small for its regions, which nobody may learn from the recording.
func TestOutside(t *testing.T) {
	var log bytes.Buffer
	env := pipeline.Env{Log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})}
	filter, err := Spec().NewFilter(&Config{[]area.Area{{X: pixels(60)}, {X: pixels(50)}, {X: percent(50)}}, Black, pixels(8)}, env)
	if err != nil {
		t.Fatal(err)
	}
	pool := pipeline.NewPool()
	for _, width := range []int{64, 60, 60, 40, 64, 40} {
		in := pipelinetest.Frame(pool, pipeline.Raw(pipeline.LayoutBGR, width, 32), 0)
		pipelinetest.Apply(t, filter, in).Release()
		in.Release()
	}
	const want = `[WARN]  regions lie outside of the picture and cover nothing: count=1 picture=60x32
[WARN]  regions lie outside of the picture and cover nothing: count=2 picture=40x32`
	if got := strings.TrimSpace(log.String()); got != want {
		t.Errorf("the log says %q", got)
	}
}
