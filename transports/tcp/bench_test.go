package tcp

import (
	"errors"
	"testing"

	"framewire/pipeline"
	"framewire/transports/secret"
)

// BenchmarkLoopback sends frames as fast as they go from one end to the other, in one process,
// without and with encryption.
func BenchmarkLoopback(b *testing.B) {
	raw := pipeline.Raw(pipeline.LayoutBGR, 1920, 1080)
	for _, bench := range []struct {
		name    string
		format  pipeline.Format
		size    int
		secured bool
	}{
		{"raw1080p", raw, raw.Bytes(), false},
		{"raw1080p/secured", raw, raw.Bytes(), true},
		{"jpeg200KB", pipeline.JPEG(1920, 1080), 200_000, false},
		{"jpeg200KB/secured", pipeline.JPEG(1920, 1080), 200_000, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			m := mode{}
			if bench.secured {
				m.secret = secret.New(testSecret)
			}
			s, _ := m.startSender(b, SendConfig{Listen: loopback}, standard())
			r, _ := m.startReceiver(b, ReceiveConfig{Dial: addressOf(s.end)}, standard())
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

// BenchmarkPhotos confirms photos as fast as they go from one end to the other, in one process.
func BenchmarkPhotos(b *testing.B) {
	for _, bench := range []struct {
		name string
		size int
	}{{"100KB", 100_000}, {"4MB", 4_000_000}, {"16MB", 16_000_000}} {
		b.Run(bench.name, func(b *testing.B) {
			s, _ := startSender(b, SendConfig{Listen: loopback, Delivery: deliveryConfirmed}, standard())
			r, _ := startReceiver(b, ReceiveConfig{Dial: addressOf(s.end)}, standard())
			ended := make(chan error, 1)
			b.SetBytes(int64(bench.size))
			b.ReportAllocs()
			b.ResetTimer()
			go func() { ended <- pump(b, s, pipeline.JPEG(1920, 1080), bench.size, b.N) }()
			for n := 0; ; n++ {
				f, err := r.Read(b.Context())
				if errors.Is(err, pipeline.ErrEnd) && n == b.N {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				f.Settled(nil)
				f.Release()
			}
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	}
}
