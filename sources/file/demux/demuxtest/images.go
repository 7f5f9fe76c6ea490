package demuxtest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"
)

// Photo gives the nth of a row of small JPEG images that differ.
func Photo(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 32, 16))
	for y := range 16 {
		for x := range 32 {
			img.Set(x, y, color.RGBA{uint8(8 * x), uint8(16 * y), uint8(20 * n), 255})
		}
	}
	var buf bytes.Buffer
	if err := stdjpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Photos gives the first n of them.
func Photos(t testing.TB, n int) [][]byte {
	t.Helper()
	list := make([][]byte, n)
	for i := range list {
		list[i] = Photo(t, i)
	}
	return list
}

// Numbered gives n JPEG images that tell their number.
func Numbered(t testing.TB, n int) [][]byte {
	t.Helper()
	images := make([][]byte, n)
	base := Photo(t, 0)
	for i := range images {
		note := binary.BigEndian.AppendUint32([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, 6}, uint32(i))
		images[i] = append(note, base[2:]...)
	}
	return images
}

// NumberOf gives the number of such an image.
func NumberOf(image []byte) int { return int(binary.BigEndian.Uint32(image[6:])) }
