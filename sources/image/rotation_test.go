package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"framewire/pipeline"
)

// exif gives a JPEG's start with an orientation as the second of two tags.
func exif(order binary.AppendByteOrder, value uint16) []byte {
	tags := []byte("II\x2A\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tags = []byte("MM\x00\x2A")
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
	tags = order.AppendUint32(tags, 0)
	data := []byte("\xFF\xD8\xFF\xE0\x00\x04ab\xFF\xE1")
	data = binary.BigEndian.AppendUint16(data, uint16(len(tags)+8))
	return append(append(data, "Exif\x00\x00"...), tags...)
}

func TestRotation(t *testing.T) {
	for value, want := range map[uint16]int{0: 0, 1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270, 9: 0} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			if got := rotation(exif(order, value)); got != want {
				t.Errorf("orientation %d, %s: %d, want %d", value, order, got, want)
			}
		}
	}
	if got := rotation(jpegOf(t, 8, 8)); got != 0 {
		t.Errorf("without a note: %d", got)
	}
}

// TestRotationTravels reads it from a file, untouched and decoded.
func TestRotationTravels(t *testing.T) {
	data := append(exif(binary.LittleEndian, 6), jpegOf(t, 24, 16)[2:]...)
	dir := write(t, map[string][]byte{"a.jpg": data})
	for _, want := range []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyRaw} {
		f := open(t, Config{Path: dir}, want).read(t)
		if f.Meta.Rotation != 90 || f.Format.Width != 24 {
			t.Errorf("%s: rotation %d", f.Format, f.Meta.Rotation)
		}
		f.Release()
	}
}

func FuzzRotation(f *testing.F) {
	for value := range uint16(10) {
		f.Add(exif(binary.LittleEndian, value))
		f.Add(exif(binary.BigEndian, value))
	}
	f.Add(jpegOf(f, 8, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r := rotation(data); r%90 != 0 || r < 0 || r > 270 {
			t.Error(fmt.Sprint(r))
		}
	})
}

// FuzzDecode feeds whole files; small pictures only, for the speed of it.
func FuzzDecode(f *testing.F) {
	f.Add(pngOf(f, photo(3, 2)))
	f.Add(unbase64(f, webpLossy))
	f.Add(unbase64(f, webpAlpha))
	f.Add(unbase64(f, webpLossless))
	f.Add(bombBMP())
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, k := range kinds() {
			if !begins(data, k.magic) {
				continue
			}
			if cfg, err := sizeOnly(k, data); err != nil || cfg > 1<<16 {
				return
			}
		}
		pool := pipeline.NewPool()
		l := loader{pool: pool}
		in := pool.Get(len(data))
		copy(in.Data, data)
		out, err := l.decode(in)
		in.Release()
		if err == nil {
			if err := out.Format.Check(len(out.Data)); err != nil {
				t.Error(err)
			}
			out.Release()
		}
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
}

// sizeOnly gives the pixels that a header promises.
func sizeOnly(k kind, data []byte) (pixels int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	cfg, err := k.config(bytes.NewReader(data))
	return cfg.Width * cfg.Height, err
}
