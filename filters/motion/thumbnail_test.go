package motion

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/codecs/pixel"
	"framewire/filters/internal/area"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// TestThumbnailOfEverySize has no shape read beyond its data, and keeps the brightness.
func TestThumbnailOfEverySize(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 5000}, {5000, 1}, {159, 3}, {160, 160}, {161, 91}, {640, 480}, {481, 641}} {
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
			format := pipeline.Raw(layout, size[0], size[1])
			format.Stride += 5
			data := make([]byte, format.Bytes())
			for i := range data {
				data[i] = 100
			}
			thumb := newThumbnail(format)
			thumb.fill(data)
			if max(thumb.width, thumb.height) > side || len(thumb.pix) != thumb.width*thumb.height {
				t.Errorf("%s: a thumbnail of %dx%d", format, thumb.width, thumb.height)
			}
			for i, v := range thumb.pix {
				if v < 99 || v > 100 {
					t.Errorf("%s: pixel %d is %d", format, i, v)
					break
				}
			}
		}
	}
}

// TestThumbnailIsTheSameFromEachLayout draws a ramp, from left to right and from top to bottom.
func TestThumbnailIsTheSameFromEachLayout(t *testing.T) {
	gray := pipeline.Raw(pipeline.LayoutGray, 640, 360)
	ramp := make([]byte, gray.Bytes())
	for i := range ramp {
		ramp[i] = byte(i%640/5 + i/640/3)
	}
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		format := pipeline.Raw(layout, 640, 360)
		data := make([]byte, format.Bytes())
		pixel.Convert(data, layout, ramp, gray)
		thumb := newThumbnail(format)
		thumb.fill(data)
		for i, v := range thumb.pix {
			x, y := i%thumb.width*4+2, i/thumb.width*4+2
			if want := x/5 + y/3; int(v) < want-2 || int(v) > want+2 {
				t.Fatalf("%s: %d at %d,%d, want about %d", format, v, x, y, want)
			}
		}
	}
}

// FuzzApply has streams of frames that are not what they say, in formats that change.
func FuzzApply(f *testing.F) {
	f.Add([]byte("no picture"), uint8(0), 320, 180, 320, 0)
	f.Add(make([]byte, 64*48), uint8(pipeline.LayoutGray), 64, 48, 64, 90)
	f.Add(make([]byte, 64*48*3/2), uint8(pipeline.LayoutI420), 64, 48, 64, 270)
	f.Add(make([]byte, 64*48*3), uint8(pipeline.LayoutBGR), 64, 48, 192, 7)
	cfg := defaults()
	cfg.Every, cfg.Regions = 0, []area.Area{{X: area.Length{Value: 10}, Width: area.Length{Value: 50, Percent: true}, Height: area.Length{Value: 1}}}
	pool := pipeline.NewPool()
	filter, err := newFilter(cfg, pipeline.Env{Log: hclog.NewNullLogger(), Note: func(string) {}, Counters: new(pipeline.Counters)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { filter.Close() })
	f.Fuzz(func(t *testing.T, data []byte, layout uint8, width, height, stride, rotation int) {
		in := pool.Get(len(data))
		defer in.Release()
		copy(in.Data, data)
		in.Format = pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.Layout(layout), Width: width, Height: height, Stride: stride}
		if layout == 0 {
			in.Format = pipeline.JPEG(width, height)
		}
		in.Meta.Rotation = rotation
		for range 2 {
			in.PTS += 300 * time.Millisecond
			out, err := filter.Apply(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			out.Release()
		}
	})
}

func BenchmarkLook(b *testing.B) {
	for _, format := range []pipeline.Format{
		pipeline.Raw(pipeline.LayoutBGR, 1920, 1080), pipeline.Raw(pipeline.LayoutI420, 1920, 1080), pipeline.JPEG(1920, 1080),
	} {
		b.Run(fmt.Sprint(format), func(b *testing.B) {
			pool := pipeline.NewPool()
			cfg := defaults()
			cfg.Every = 0
			filter, err := newFilter(cfg, pipelinetest.Env(b, pool))
			if err != nil {
				b.Fatal(err)
			}
			defer filter.Close()
			f := pipelinetest.Frame(pool, format, 1)
			defer f.Release()
			b.ReportAllocs()
			for b.Loop() {
				f.PTS += jpegEvery
				out, err := filter.Apply(b.Context(), f)
				if err != nil {
					b.Fatal(err)
				}
				out.Release()
			}
		})
	}
}
