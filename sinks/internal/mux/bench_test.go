package mux

import (
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// BenchmarkWrite records JPEG frames of 200 KB into the page cache.
func BenchmarkWrite(b *testing.B) {
	for _, kind := range kinds() {
		b.Run(kind[1:], func(b *testing.B) {
			small := pipelinetest.Frame(pipeline.NewPool(), pipeline.JPEG(64, 48), 0)
			f := small.Derive(200_000)
			copy(f.Data, small.Data)
			file := newFile(b, kind)
			var m Muxer
			again := func() {
				err := file.Truncate(0)
				if err == nil {
					m, err = create(kind, file, f)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			again()
			at := time.Duration(0)
			b.SetBytes(int64(len(f.Data)))
			b.ReportAllocs()
			for b.Loop() {
				if m.Size() > 1<<30 { // stay in the page cache
					b.StopTimer()
					again()
					at = 0
					b.StartTimer()
				}
				if err := m.Write(f, at); err != nil {
					b.Fatal(err)
				}
				at += 33300 * time.Microsecond
			}
			if err := m.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
