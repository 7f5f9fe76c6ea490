package file

import (
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// BenchmarkRecord brings frames of 200 kB to the disk, in segments of 64 MB of which few are kept.
func BenchmarkRecord(b *testing.B) {
	for _, ext := range []string{".mkv", ".mp4", ".avi"} {
		b.Run(ext, func(b *testing.B) {
			cfg := settings(filepath.Join(b.TempDir(), "{seq}"+ext))
			cfg.Segment.Bytes, cfg.Keep.Bytes, cfg.Sync = 64<<20, 256<<20, 0
			s := openWith(b, cfg, nil)
			pool := pipeline.NewPool()
			f := pipelinetest.Frame(pool, pipeline.JPEG(64, 48), 0)
			enlarge(f, 200_000)
			f.Lossless = true
			b.SetBytes(int64(len(f.Data)))
			b.ReportAllocs()
			for b.Loop() {
				f.PTS += time.Second / 30
				if err := s.Write(b.Context(), f); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.End(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			f.Release()
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
