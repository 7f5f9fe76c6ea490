package wire

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

// The check value of CRC-32C, as catalogues of checksums give it.
func TestChecksum(t *testing.T) {
	if got := Checksum(Checksum(0, []byte("1234")), []byte("56789")); got != 0xE3069283 {
		t.Errorf("CRC-32C of 123456789 is %08x, want e3069283", got)
	}
}

// Every length, beginning and alignment gives what the standard library gives.
func TestChecksumOfEveryLength(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	data := make([]byte, 5000)
	_, _ = random.Read(data)
	for n := range 4096 {
		b := data[n%67:][:n]
		sum := uint32(random.Uint64())
		if got, want := Checksum(sum, b), crc32.Update(sum, castagnoli, b); got != want {
			t.Fatalf("CRC-32C of %d bytes after %08x is %08x, want %08x", n, sum, got, want)
		}
	}
}

func FuzzChecksum(f *testing.F) {
	f.Add(uint32(0), uint16(0), []byte("123456789"))
	f.Add(uint32(0xFFFFFFFF), uint16(300), []byte("a longer one, repeated"))
	f.Fuzz(func(t *testing.T, sum uint32, times uint16, b []byte) {
		var data []byte
		for range times % 512 {
			data = append(data, b...)
		}
		data = append(data, b...)
		if got, want := Checksum(sum, data), crc32.Update(sum, castagnoli, data); got != want {
			t.Errorf("CRC-32C of %d bytes after %08x is %08x, want %08x", len(data), sum, got, want)
		}
	})
}

func BenchmarkChecksum(b *testing.B) {
	for name, size := range map[string]int{"1400B": 1400, "90KB": 90_000, "256KB": 256 << 10} {
		b.Run(name, func(b *testing.B) {
			data := make([]byte, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				Checksum(0, data)
			}
		})
	}
}
