package still

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/tiff"
)

// exif gives tags with an orientation as the second of two.
func exif(order binary.AppendByteOrder, value uint16) []byte {
	tags := []byte(littleEndian)
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tags = []byte(bigEndian)
	}
	tags = order.AppendUint32(tags, 8)
	tags = order.AppendUint16(tags, 2)
	for _, tag := range []uint16{0x0100, 0x0112} {
		tags = order.AppendUint16(tags, tag)
		tags = order.AppendUint16(tags, 3)
		tags = order.AppendUint32(tags, 1)
		tags = order.AppendUint16(tags, value)
		tags = order.AppendUint16(tags, 0)
	}
	return order.AppendUint32(tags, 0)
}

// withEXIF puts tags into a JPEG, PNG or WebP.
func withEXIF(data, tags []byte) []byte {
	switch {
	case IsJPEG(data):
		head := []byte("\xFF\xD8\xFF\xE0\x00\x04ab\xFF\xE1")
		head = binary.BigEndian.AppendUint16(head, uint16(len(tags)+8))
		return append(append(append(head, exifHead...), tags...), data[2:]...)
	case begins(data, "\x89PNG"):
		const headers = 8 + 25 // the signature and IHDR
		chunk := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
		chunk = append(append(chunk, "eXIf"...), tags...)
		chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
		return append(append(bytes.Clone(data[:headers]), chunk...), data[headers:]...)
	}
	// WebP of 16x16 in its extended form, with the tags behind the picture
	body := append([]byte("VP8X\x0A\x00\x00\x00\x08\x00\x00\x00\x0F\x00\x00\x0F\x00\x00"), data[12:]...)
	body = binary.LittleEndian.AppendUint32(append(body, "EXIF"...), uint32(len(tags)))
	body = append(body, tags...)
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(out, "WEBP"...), body...)
}

func orders() []binary.AppendByteOrder {
	return []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian}
}

func TestOrientation(t *testing.T) {
	for value := range uint16(11) {
		want := Orientation(value)
		if value > 8 {
			want = 0
		}
		for _, order := range orders() {
			for name, data := range map[string][]byte{
				"jpeg": withEXIF(jpegOf(t, shades(8, 8)), exif(order, value)),
				"png":  withEXIF(pngOf(t, shades(8, 8)), exif(order, value)),
				"webp": withEXIF(unbase64(t, webpLossy), exif(order, value)),
				"tiff": exif(order, value),
			} {
				if got := OrientationOf(data); got != want {
					t.Errorf("%s, %s: %d, want %d", name, order, got, want)
				}
			}
		}
	}
	for _, data := range [][]byte{nil, jpegOf(t, shades(8, 8)), pngOf(t, shades(8, 8)), unbase64(t, webpAlpha), []byte("II\x2A\x00\xFF\xFF\xFF\xFF")} {
		if got := OrientationOf(data); got != 0 {
			t.Errorf("without a note: %d", got)
		}
	}
	for o, want := range map[Orientation]int{0: 0, 1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270} {
		if got := o.Degrees(); got != want {
			t.Errorf("%d: %d degrees, want %d", o, got, want)
		}
	}
}

// TestUpright turns pictures of more than one square, all eight ways. Where the corners come to lie is what
// EXIF says of each.
func TestUpright(t *testing.T) {
	const w, h = 130, 70
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.NRGBA{byte(x), byte(y), 7, 255})
		}
	}
	// Which pixel of the file is seen at x, y.
	seen := map[uint16]func(x, y int) (int, int){
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return w - 1 - x, y },         // row 0 is on top, column 0 on the right
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }, // bottom, right
		4: func(x, y int) (int, int) { return x, h - 1 - y },         // bottom, left
		5: func(x, y int) (int, int) { return y, x },                 // row 0 is on the left, column 0 on top
		6: func(x, y int) (int, int) { return y, h - 1 - x },         // right, top
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }, // right, bottom
		8: func(x, y int) (int, int) { return w - 1 - y, x },         // left, bottom
	}
	for value, from := range seen {
		want := image.NewNRGBA(image.Rect(0, 0, w, h))
		if value >= 5 {
			want = image.NewNRGBA(image.Rect(0, 0, h, w))
		}
		for y := range want.Rect.Dy() {
			for x := range want.Rect.Dx() {
				want.Set(x, y, img.At(from(x, y)))
			}
		}
		f, err := decode(t, withEXIF(pngOf(t, img), exif(binary.BigEndian, value)))
		if err != nil {
			t.Fatal(err)
		}
		same(t, f, want, 0)
		if w, h := Orientation(value).Size(w, h); w != f.Format.Width || h != f.Format.Height {
			t.Errorf("%d: size %dx%d, the picture has %s", value, w, h, f.Format)
		}
	}
}

// TestUprightKinds has the other kinds turned too.
func TestUprightKinds(t *testing.T) {
	tall := shades(8, 24)
	turned := encode(t, func(w *bytes.Buffer) error { return tiff.Encode(w, tall, nil) })
	// Nothing here writes the tag. It takes the room of one that says little, the unit of the resolution, and
	// its own place, before the number of samples.
	samples, unit := bytes.Index(turned, []byte{0x15, 0x01, 3, 0}), bytes.Index(turned, []byte{0x28, 0x01, 3, 0})
	if samples < 0 || unit < samples {
		t.Fatal("the encoder writes other tags")
	}
	copy(turned[samples+12:unit+12], turned[samples:unit])
	copy(turned[samples:], []byte{0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0})
	for name, data := range map[string][]byte{
		"jpeg": withEXIF(jpegOf(t, tall), exif(binary.LittleEndian, 6)), "tiff": turned,
	} {
		f, err := decode(t, data)
		if err != nil {
			t.Fatal(name, err)
		}
		if f.Format.Width != 24 || f.Format.Height != 8 {
			t.Errorf("%s: %s, want it turned", name, f.Format)
		}
	}
	if f, err := decode(t, withEXIF(unbase64(t, webpLossy), exif(binary.LittleEndian, 3))); err != nil || f.Format.Width != 16 {
		t.Error(err)
	}
}

func FuzzOrientation(f *testing.F) {
	for value := range uint16(10) {
		f.Add(withEXIF(jpegOf(f, shades(8, 8)), exif(binary.LittleEndian, value)))
		f.Add(withEXIF(pngOf(f, shades(8, 8)), exif(binary.BigEndian, value)))
		f.Add(withEXIF(unbase64(f, webpLossy), exif(binary.BigEndian, value)))
		f.Add(exif(binary.LittleEndian, value))
	}
	f.Add(unbase64(f, webpAlpha))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := OrientationOf(data); o > 8 || o.Degrees()%90 != 0 {
			t.Error(o)
		}
	})
}
