package timestamp

import (
	"bytes"
	"fmt"
	"image"
	"testing"
	"time"

	"framewire/codecs/pixel"
	"framewire/filters/internal/area"
	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{Spec: Spec()})
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		format string
		size   area.Length
		want   string
	}{
		{"{date}", area.Length{Value: 0.1, Percent: true}, ""},
		{"{date}", area.Length{Value: 8}, ""},
		{"{", area.Length{Value: 7}, "format: \"{\" has a { without a } (there are {date}, {time}, {ms}, {zone}, {seq}, {name})\n" +
			"size: 7 is below 8 pixels, which nobody can read (write pixels, such as 32, or a part of the picture's height, such as 4%)"},
		{"{date}", area.Length{Percent: true},
			"size: 0% is below 8 pixels, which nobody can read (write pixels, such as 32, or a part of the picture's height, such as 4%)"},
	} {
		got := ""
		if err := (&Config{Format: tt.format, Size: tt.size}).Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%q, %s: %q, want %q", tt.format, tt.size, got, tt.want)
		}
	}
}

func newFilter(t testing.TB, change func(*Config)) pipeline.Filter {
	t.Helper()
	spec := Spec()
	cfg := spec.Config().(*Config)
	cfg.Zone = UTC
	if change != nil {
		change(cfg)
	}
	filter, err := spec.NewFilter(cfg, pipeline.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return filter
}

// plain gives a picture of one reddish colour in that layout.
func plain(t testing.TB, p *pipeline.Pool, layout pipeline.Layout, w, h int) *pipeline.Frame {
	t.Helper()
	f := p.Get(3 * w * h)
	defer f.Release()
	f.Format, f.Captured = pipeline.Raw(pipeline.LayoutBGR, w, h), time.Date(2026, 3, 7, 9, 5, 2, 0, time.UTC)
	for i := range f.Data {
		f.Data[i] = [3]byte{100, 100, 160}[i%3]
	}
	out, err := pixel.ToLayout(f, layout)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// changed gives where the first plane differs from its middle, which no text reaches.
func changed(f *pipeline.Frame) (r image.Rectangle) {
	p := raster.Of(f.Data, f.Format)
	plane := p.Planes()[0]
	ground := plane.Pix[plane.Height/2*plane.Stride+plane.Width/2*plane.Samples]
	for y := range plane.Height {
		for x := range plane.Width {
			if plane.Pix[y*plane.Stride+x*plane.Samples] != ground {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestPositions(t *testing.T) {
	pool := pipeline.NewPool()
	for position, where := range map[Position]image.Rectangle{
		TopLeft: image.Rect(0, 0, 320, 60), Top: image.Rect(160, 0, 480, 60), TopRight: image.Rect(320, 0, 640, 60),
		BottomLeft: image.Rect(0, 300, 320, 360), Bottom: image.Rect(160, 300, 480, 360), BottomRight: image.Rect(320, 300, 640, 360),
	} {
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
			in := plain(t, pool, layout, 640, 360)
			out := pipelinetest.Apply(t, newFilter(t, func(c *Config) { c.Position, c.Size = position, area.Length{Value: 24} }), in)
			// 19 letters of 12 pixels, of which the last ones leave their cells' sides free.
			if r := changed(out); !r.In(where) || r.Dx() < 200 || r.Dx() > 19*12+4 || r.Dy() < 15 || r.Dy() > 28 {
				t.Errorf("%s %s: the text is at %v", layout, position, r)
			}
			out.Release()
			in.Release()
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

// TestSeenUpright turns what is stored as a viewer does: it looks as a picture that was upright from the start.
func TestSeenUpright(t *testing.T) {
	pool := pipeline.NewPool()
	filter := newFilter(t, func(c *Config) { c.Position = BottomRight })
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		straight := plain(t, pool, layout, 480, 640)
		want := pipelinetest.Apply(t, filter, straight)
		for degrees := 0; degrees < 360; degrees += 90 {
			w, h := raster.Seen(480, 640, degrees)
			in := plain(t, pool, layout, w, h)
			in.Meta.Rotation = degrees
			out := pipelinetest.Apply(t, filter, in)
			viewer := raster.NewFilter(raster.Turn{Degrees: degrees})
			out.Meta.Rotation = 0
			seen := pipelinetest.Apply(t, viewer, out)
			if !bytes.Equal(seen.Data, want.Data) {
				t.Errorf("%s: turned by %d degrees the text is at %v, want %v", layout, degrees, changed(seen), changed(want))
			}
			for _, f := range []*pipeline.Frame{in, out, seen} {
				f.Release()
			}
		}
		straight.Release()
		want.Release()
	}
}

// TestAnyGround: letters are white and their edges black, without colour, on any ground.
func TestAnyGround(t *testing.T) {
	pool := pipeline.NewPool()
	filter := newFilter(t, func(c *Config) { c.Size = area.Length{Value: 48} })
	for _, level := range []byte{0, 128, 255} {
		in := plain(t, pool, pipeline.LayoutI420, 1280, 720)
		p := pixel.PlanesOf(in.Data, in.Format)
		for i := range p.Y {
			p.Y[i] = level
		}
		out := pipelinetest.Apply(t, filter, in)
		p = pixel.PlanesOf(out.Data, out.Format)
		white, black, gray := 0, 0, 0
		for i, v := range p.Y {
			if p.Cr[i/1280/2*640+i%1280/2] == 128 { // wholly under the label
				switch v {
				case 255:
					white++
				case 0:
					black++
				default:
					gray++
				}
			}
		}
		if white < 2000 || black < 2000 || gray > white {
			t.Errorf("on a ground of %d: %d white, %d black and %d other pixels", level, white, black, gray)
		}
		in.Release()
		out.Release()
	}
}

// TestSmallPictures: a text that is too wide gets smaller, down to what can be read, and is then cut off.
func TestSmallPictures(t *testing.T) {
	pool := pipeline.NewPool()
	for _, tt := range []struct{ w, h, height int }{
		{1280, 720, 28}, {640, 480, 19}, {200, 400, 16}, {100, 400, 9}, {40, 40, 8}, {3, 3, 8}, {1, 1, 8}, {100_000, 1, 8},
	} {
		t.Run(fmt.Sprintf("%dx%d", tt.w, tt.h), func(t *testing.T) {
			filter := newFilter(t, nil)
			for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
				in := plain(t, pool, layout, tt.w, tt.h)
				out := pipelinetest.Apply(t, filter, in)
				if got := labelOf(filter).height; got != tt.height {
					t.Errorf("letters of %d pixels, want %d", got, tt.height)
				}
				if r := changed(out); tt.w >= 100 && tt.h > 1 && r.Max.X > tt.w-2 {
					t.Errorf("the text reaches to %v", r.Max)
				}
				in.Release()
				out.Release()
			}
		})
	}
}

func labelOf(f pipeline.Filter) *label { return &f.(*filter).label }

// TestChromaFits: at odd places and sizes too, colour goes just as far as brightness is covered. How far that is at each pixel, a
// black and a white ground tell.
func TestChromaFits(t *testing.T) {
	pool := pipeline.NewPool()
	const w, h = 321, 243
	for _, position := range []Position{TopLeft, Top, BottomRight} {
		filter := newFilter(t, func(c *Config) { c.Position, c.Size = position, area.Length{Value: 17} })
		var planes [2]pixel.Planes
		for i, ground := range []byte{0, 255} {
			in := plain(t, pool, pipeline.LayoutI420, w, h)
			for j := range w * h {
				in.Data[j] = ground
			}
			planes[i] = pixel.PlanesOf(pipelinetest.Apply(t, filter, in).Data, in.Format)
		}
		in := plain(t, pool, pipeline.LayoutI420, w, h)
		cr := int(pixel.PlanesOf(in.Data, in.Format).Cr[0]) - 128
		for y := 0; y < h-1; y += 2 {
			for x := 0; x < w-1; x += 2 {
				keep := 0
				for _, i := range []int{y*w + x, y*w + x + 1, (y+1)*w + x, (y+1)*w + x + 1} {
					keep += int(planes[1].Y[i]) - int(planes[0].Y[i])
				}
				got, want := int(planes[0].Cr[y/2*planes[0].CStride+x/2])-128, cr*keep/(4*255)
				if got != want {
					t.Fatalf("%s: %d,%d keeps %d of 1020 brightness and %d of %d colour, want %d", position, x, y, keep, got, cr, want)
				}
			}
		}
	}
}

// TestSizesChange: a filter that has drawn on other sizes draws as a new one does.
func TestSizesChange(t *testing.T) {
	pool := pipeline.NewPool()
	used := newFilter(t, nil)
	for _, h := range []int{400, 900, 200, 401} {
		in := plain(t, pool, pipeline.LayoutGray, 1000, h)
		a, b := pipelinetest.Apply(t, used, in), pipelinetest.Apply(t, newFilter(t, nil), in)
		if !bytes.Equal(a.Data, b.Data) {
			t.Errorf("a height of %d is drawn otherwise by a filter that has drawn others", h)
		}
		for _, f := range []*pipeline.Frame{in, a, b} {
			f.Release()
		}
	}
}

func TestTextChanges(t *testing.T) {
	pool := pipeline.NewPool()
	filter := newFilter(t, func(c *Config) { c.Format = "{seq} {name}" })
	in := plain(t, pool, pipeline.LayoutGray, 640, 360)
	defer in.Release()
	seen := make(map[string]bool)
	for seq := range uint64(10) {
		in.Seq = seq
		out := pipelinetest.Apply(t, filter, in)
		again := pipelinetest.Apply(t, newFilter(t, func(c *Config) { c.Format = "{seq} {name}" }), in)
		if !bytes.Equal(out.Data, again.Data) {
			t.Errorf("number %d is drawn otherwise by a filter that has drawn others", seq)
		}
		seen[string(out.Data)] = true
		out.Release()
		again.Release()
	}
	if len(seen) != 10 {
		t.Errorf("%d pictures of ten numbers", len(seen))
	}
	in.Meta.Name = "\x00\xff 東京 \u202e" // what the face lacks shows as question marks
	strange := pipelinetest.Apply(t, filter, in)
	in.Meta.Name = "?? ?? ?"
	plain := pipelinetest.Apply(t, filter, in)
	if !bytes.Equal(strange.Data, plain.Data) {
		t.Error("letters that the face lacks are not shown as question marks")
	}
	strange.Release()
	plain.Release()
}

// The picture is 1080p. The text of "every frame" changes with each.
func BenchmarkTimestamp(b *testing.B) {
	pool := pipeline.NewPool()
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
		for name, format := range map[string]string{"every second": "{date} {time}", "every frame": "{date} {time} {seq}"} {
			b.Run(layout.String()+" "+name, func(b *testing.B) {
				filter := newFilter(b, func(c *Config) { c.Format = format })
				in := plain(b, pool, layout, 1920, 1080)
				defer in.Release()
				b.ReportAllocs()
				for b.Loop() {
					in.Seq++
					pipelinetest.Apply(b, filter, in).Release()
				}
			})
		}
	}
}
