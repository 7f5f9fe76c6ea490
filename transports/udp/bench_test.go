package udp

import (
	"errors"
	"testing"

	"framewire/pipeline"
	"framewire/transports/secret"
)

// BenchmarkLoopback sends lossless frames as fast as they go from one end to the other, in one process.
func BenchmarkLoopback(b *testing.B) {
	for _, bench := range []struct {
		name   string
		size   int
		secret secret.Secret
	}{
		{"jpeg200KB/clear", 200_000, secret.Secret{}},
		{"jpeg200KB/sealed", 200_000, secret.New(secret.Generate())},
		{"raw6MB/sealed", 6_220_800, secret.New(secret.Generate())},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s, _ := startSender(b, sending(func(c *SendConfig) { c.Listen, c.Secret = loopback, bench.secret }), standard())
			r, _ := startReceiver(b, receiving(func(c *ReceiveConfig) { c.Dial, c.Secret = where(s.end), bench.secret }), standard())
			warm := make(chan struct{})
			go func() {
				defer close(warm)
				sendAll(b, s, 0, 20, true)
			}()
			for range 20 {
				readOne(b, r)
			}
			<-warm
			ended := make(chan error, 1)
			b.SetBytes(int64(bench.size))
			b.ReportAllocs()
			b.ResetTimer()
			go func() { ended <- pump(b, s, bench.size, b.N) }()
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
			b.StopTimer()
			b.ReportMetric(float64(b.N)*float64(bench.size)*8/1e9/b.Elapsed().Seconds(), "Gbit/s")
		})
	}
}

func pump(b *testing.B, s *sender, size, n int) error {
	for i := range n {
		f := s.env.Pool.Get(size)
		f.Seq, f.Format, f.Key, f.Lossless = uint64(100+i), pipeline.JPEG(1920, 1080), true, true
		if err := write(b.Context(), s, f); err != nil {
			return err
		}
	}
	return s.End(b.Context())
}
