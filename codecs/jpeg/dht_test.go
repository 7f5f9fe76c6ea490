package jpeg

import (
	"bytes"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"
)

// pattern gives a colour picture as a JPEG image with the typical Huffman tables, which is what the
// standard library writes.
func pattern(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			img.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), uint8(x * y), 255})
		}
	}
	var buf bytes.Buffer
	if err := stdjpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// withoutTables cuts every DHT segment out of a JPEG image.
func withoutTables(t testing.TB, image []byte) []byte {
	t.Helper()
	out := append([]byte(nil), image[:2]...)
	for i := 2; ; {
		length := 2 + int(image[i+2])<<8 + int(image[i+3])
		if image[i+1] == mSOS {
			return append(out, image[i:]...)
		}
		if image[i+1] != mDHT {
			out = append(out, image[i:i+length]...)
		}
		i += length
	}
}

func TestAppendCompleteFillsTablesIn(t *testing.T) {
	whole := pattern(t)
	bare := withoutTables(t, whole)
	if _, err := stdjpeg.Decode(bytes.NewReader(bare)); err == nil {
		t.Fatal("the image without tables decodes, so this test shows nothing")
	}
	fixed := AppendComplete([]byte("before"), bare)
	fixed, ok := bytes.CutPrefix(fixed, []byte("before"))
	if !ok {
		t.Fatal("what dst held is gone")
	}
	if len(fixed) != len(bare)+TablesSize {
		t.Errorf("%d bytes were added, want %d", len(fixed)-len(bare), TablesSize)
	}
	want, err := stdjpeg.Decode(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	got, err := stdjpeg.Decode(bytes.NewReader(fixed))
	if err != nil {
		t.Fatalf("the completed image does not decode: %v", err)
	}
	for y := range 48 {
		for x := range 64 {
			if got.At(x, y) != want.At(x, y) {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got.At(x, y), want.At(x, y))
			}
		}
	}
}

func TestAppendCompleteLeavesTheRestUntouched(t *testing.T) {
	whole := pattern(t)
	for name, image := range map[string][]byte{
		"with tables":  whole,
		"cut off":      withoutTables(t, whole)[:30],
		"empty":        nil,
		"no JPEG":      []byte("RIFF and so on"),
		"only SOI":     {0xFF, 0xD8},
		"zero segment": {0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0},
	} {
		if got := AppendComplete(nil, image); !bytes.Equal(got, image) {
			t.Errorf("%s: changed", name)
		}
	}
}

func FuzzAppendComplete(f *testing.F) {
	whole := pattern(f)
	f.Add(whole)
	f.Add(withoutTables(f, whole))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2})
	f.Fuzz(func(t *testing.T, image []byte) {
		got := AppendComplete(nil, image)
		if n := len(got) - len(image); n != 0 && n != TablesSize {
			t.Fatalf("%d bytes more", n)
		}
		if again := AppendComplete(nil, got); !bytes.Equal(again, got) {
			t.Fatal("a completed image was completed again")
		}
	})
}

func BenchmarkAppendComplete(b *testing.B) {
	bare := withoutTables(b, pattern(b))
	dst := make([]byte, 0, len(bare)+TablesSize)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendComplete(dst[:0], bare)
	}
}
