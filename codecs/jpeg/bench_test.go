package jpeg

import (
	"testing"

	"framewire/pipeline"
)

// The picture is 1080p at quality 80, the encoder's default.
func BenchmarkEncode(b *testing.B) {
	for _, layout := range layouts {
		b.Run(layout.String(), func(b *testing.B) {
			pool := newPool(b)
			encoder := makeEncoder(b, 80, Sub420)
			f := scene(pool, pipeline.Raw(layout, 1920, 1080))
			defer f.Release()
			run(b, encoder, f)
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	pool := newPool(b)
	coded := apply(b, makeEncoder(b, 80, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, 1920, 1080)))
	defer coded.Release()
	for _, layout := range layouts {
		b.Run(layout.String(), func(b *testing.B) { run(b, makeDecoder(b, layout), coded) })
	}
}

func BenchmarkSize(b *testing.B) {
	data := plain(b, 640, 480)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Size(data); err != nil {
			b.Fatal(err)
		}
	}
}

func run(b *testing.B, filter pipeline.Filter, f *pipeline.Frame) {
	b.ReportAllocs()
	for b.Loop() {
		out, err := filter.Apply(b.Context(), f)
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
}
