package demux

import (
	"bytes"
	"testing"

	"framewire/sources/file/demux/demuxtest"
)

func TestIndexIsLast(t *testing.T) {
	ftyp, mdat, moov := demuxtest.Box("ftyp", 'i', 's', 'o', 'm'), demuxtest.Box("mdat", make([]byte, 100)...), demuxtest.Box("moov", []byte("....hdlr....vide")...)
	for name, c := range map[string]struct {
		data []byte
		last bool
	}{
		"index at the end":    {bytes.Join([][]byte{ftyp, demuxtest.Box("free"), mdat, moov}, nil), true},
		"index at the front":  {bytes.Join([][]byte{ftyp, moov, mdat}, nil), false},
		"long box":            {bytes.Join([][]byte{ftyp, demuxtest.LongBox("mdat", mdat...), moov}, nil), true},
		"up to the end":       {bytes.Join([][]byte{ftyp, {0, 0, 0, 0}, []byte("mdat"), mdat}, nil), true},
		"no MP4":              {mdat, false},
		"a box of length 3":   {bytes.Join([][]byte{ftyp, {0, 0, 0, 3}, []byte("freexxxx")}, nil), false},
		"a box of 2^63 bytes": {bytes.Join([][]byte{ftyp, {0, 0, 0, 1}, []byte("free"), {0x80, 0, 0, 0, 0, 0, 0, 0}, mdat}, nil), false},
		"cut off":             {ftyp[:6], false},
		"avi":                 {[]byte("RIFF\x10\x00\x00\x00AVI LIST"), false},
	} {
		if got := IndexIsLast(c.data); got != c.last {
			t.Errorf("%s: the index is last: %t", name, got)
		}
	}
}

func FuzzBoxes(f *testing.F) {
	f.Add(append(demuxtest.Box("ftyp", 'i'), demuxtest.Box("moov", []byte("soun")...)...))
	f.Add(append(demuxtest.Box("ftyp"), demuxtest.LongBox("mdat", 1, 2, 3)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		end, n := int64(0), 0
		boxes(bytes.NewReader(data), func(_ string, at, size int64) bool {
			if at < end+8 || size < 0 {
				t.Fatalf("box at %d of %d bytes after one that ends at %d", at, size, end)
			}
			end = at + size
			n++
			return true
		})
		if n > maxBoxes {
			t.Fatalf("%d boxes", n)
		}
		IndexIsLast(data)
	})
}
