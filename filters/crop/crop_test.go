package crop

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{
		Spec:      Spec(),
		Configure: func(_ *testing.T, cfg any) { *cfg.(*Config) = Config{3, 5, config.Size{Width: 31, Height: 20}} },
	})
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{0, 0, config.Size{Width: 1, Height: 1}}, ""},
		{Config{}, "size: is missing (write WIDTHxHEIGHT, such as 640x480)"},
		{Config{-1, -20, config.Size{Width: 1, Height: 1}},
			"x: -1 is below zero (count from the top left corner)\ny: -20 is below zero (count from the top left corner)"},
		{Config{0, 1e9, config.Size{Width: 1, Height: 1}}, "y: 1000000000 is too large"},
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

// numbered gives a gray picture whose pixels are numbered.
func numbered(p *pipeline.Pool, w, h, rotation int) *pipeline.Frame {
	f := p.Get(w * h)
	f.Format, f.Meta.Rotation = pipeline.Raw(pipeline.LayoutGray, w, h), rotation
	for i := range f.Data {
		f.Data[i] = byte(i)
	}
	return f
}

func TestParts(t *testing.T) {
	pool := pipeline.NewPool()
	var log bytes.Buffer
	for _, tt := range []struct {
		x, y     int
		size     config.Size
		rotation int
		want     []byte // of a picture of 4x3
		width    int
		says     string // the error or the log
	}{
		{1, 1, config.Size{Width: 2, Height: 1}, 0, []byte{5, 6}, 2, ""},
		{0, 0, config.Size{Width: 4, Height: 3}, 0, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 4, ""},
		{0, 0, config.Size{Width: 9, Height: 9}, 0, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 4, ""},
		{3, 1, config.Size{Width: 2, Height: 2}, 0, []byte{7, 11}, 1,
			"[WARN]  the part reaches beyond the picture and is cut to it: picture=4x3 part=1x2\n"},
		{4, 0, config.Size{Width: 2, Height: 2}, 0, nil, 0, "skipped: the part at 4,0 lies outside the picture of 4x3"},
		{0, 0, config.Size{Width: 2, Height: 1}, 90, []byte{4, 8}, 1, ""}, // seen, the top row is 8, 4, 0
		{0, 3, config.Size{Width: 1, Height: 1}, 90, []byte{11}, 1, ""},
		{0, 0, config.Size{Width: 1, Height: 1}, 180, []byte{11}, 1, ""},
		{0, 0, config.Size{Width: 1, Height: 2}, 270, []byte{2, 3}, 2, ""},
	} {
		log.Reset()
		env := pipeline.Env{Log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})}
		filter, err := Spec().NewFilter(&Config{tt.x, tt.y, tt.size}, env)
		if err != nil {
			t.Fatal(err)
		}
		in := numbered(pool, 4, 3, tt.rotation)
		for range 3 {
			out, err := filter.Apply(t.Context(), in)
			switch {
			case tt.want == nil:
				if !errors.Is(err, pipeline.ErrSkip) || err.Error() != tt.says {
					t.Errorf("%+v: %v", tt, err)
				}
				continue
			case err != nil:
				t.Fatalf("%+v: %v", tt, err)
			case !bytes.Equal(out.Data, tt.want) || out.Format.Width != tt.width || out.Meta.Rotation != tt.rotation:
				t.Errorf("%+v: %v, width %d", tt, out.Data, out.Format.Width)
			}
			if whole := len(tt.want) == 12; whole != (out == in) {
				t.Errorf("%+v: a whole picture is not handed on, or a part is", tt)
			}
			out.Release()
		}
		if tt.want != nil && strings.TrimSpace(log.String()) != strings.TrimSpace(tt.says) {
			t.Errorf("%+v: the log says, for three pictures, %q", tt, log.String())
		}
		in.Release()
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

// The picture is 1080p.
func BenchmarkCrop(b *testing.B) {
	pool := pipeline.NewPool()
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		for name, x := range map[string]int{"even": 320, "odd": 321} {
			b.Run(layout.String()+" "+name, func(b *testing.B) {
				in := pipelinetest.Frame(pool, pipeline.Raw(layout, 1920, 1080), 0)
				defer in.Release()
				filter, err := Spec().NewFilter(&Config{x, 180, config.Size{Width: 1280, Height: 720}}, pipeline.Env{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					out, err := filter.Apply(b.Context(), in)
					if err != nil {
						b.Fatal(err)
					}
					out.Release()
				}
			})
		}
	}
}
