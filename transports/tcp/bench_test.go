package tcp

import (
	"errors"
	"testing"

	"framewire/pipeline"
)

// BenchmarkLoopback sends frames as fast as they go from one end to the other, in one process.
func BenchmarkLoopback(b *testing.B) {
	raw := pipeline.Raw(pipeline.LayoutBGR, 1920, 1080)
	for _, bench := range []struct {
		name   string
		format pipeline.Format
		size   int
	}{
		{"raw1080p", raw, raw.Bytes()},
		{"jpeg200KB", pipeline.JPEG(1920, 1080), 200_000},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s, _ := startSender(b, SendConfig{Listen: loopback}, standard())
			r, _ := startReceiver(b, ReceiveConfig{Dial: address(s.end)}, standard())
			ended := make(chan error, 1)
			b.SetBytes(int64(bench.size))
			b.ReportAllocs()
			b.ResetTimer()
			go func() { ended <- pump(b, s, bench.format, bench.size, b.N) }()
			for n := 0; ; n++ {
				f, err := r.Read(b.Context())
				if errors.Is(err, pipeline.ErrEnd) && n == b.N {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	}
}

func pump(b *testing.B, s *sender, format pipeline.Format, size, n int) error {
	for i := range n {
		f := s.env.Pool.Get(size)
		f.Seq, f.Format, f.Key, f.Lossless = uint64(i), format, true, true
		if err := write(b.Context(), s, f); err != nil {
			return err
		}
	}
	return s.End(b.Context())
}
