package batch

import (
	"net/netip"
	"testing"
	"time"
)

// frame is what a JPEG picture of 1080p needs.
const frame = 200_000

// BenchmarkWrite sends frames as datagrams of 1372 bytes to a socket that nobody reads, which has a small
// buffer: the cost is that of sending.
func BenchmarkWrite(b *testing.B) {
	each(b, func(b *testing.B, opts Options) {
		from := open(b, "127.0.0.1:0", opts)
		to := open(b, "127.0.0.1:0", Options{ReadBuffer: 4096, NoOffload: opts.NoOffload})
		bytes, target := make([]byte, frame), to.LocalAddr()
		b.SetBytes(frame)
		b.ReportAllocs()
		for b.Loop() {
			if err := from.WriteTo(bytes, 1372, target); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkWriteRead sends a frame and reads it.
func BenchmarkWriteRead(b *testing.B) {
	each(b, func(b *testing.B, opts Options) {
		from, to := open(b, "127.0.0.1:0", opts), open(b, "127.0.0.1:0", opts)
		bytes, target, got := make([]byte, frame), to.LocalAddr(), 0
		fn := func(p []byte, _ netip.AddrPort, _ time.Time) { got += len(p) }
		b.SetBytes(frame)
		b.ReportAllocs()
		for b.Loop() {
			if err := from.WriteTo(bytes, 1372, target); err != nil {
				b.Fatal(err)
			}
			for got = 0; got < frame; {
				if err := to.Read(fn); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func each(b *testing.B, run func(*testing.B, Options)) {
	b.Run("offload", func(b *testing.B) { run(b, Options{}) })
	b.Run("packets", func(b *testing.B) { run(b, Options{NoOffload: true}) })
}
