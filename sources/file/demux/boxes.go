package demux

import (
	"bytes"
	"encoding/binary"
	"io"
)

// maxBoxes is how many are looked at in one file.
const maxBoxes = 1000

// boxes walks through the outermost boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, section 4.2) as
// far as r goes, and stops where visit says false. at is where a box's content begins and size how long
// that is, both in bytes; the last box may be longer than the file.
func boxes(r io.ReaderAt, visit func(kind string, at, size int64) bool) {
	var head [16]byte
	for at, n := int64(0), 0; n < maxBoxes; n++ {
		if _, err := r.ReadAt(head[:8], at); err != nil {
			return
		}
		kind, size, header := string(head[4:8]), int64(binary.BigEndian.Uint32(head[:])), int64(8)
		switch size {
		case 0: // up to the end of the file
			size = 1 << 62
		case 1:
			if _, err := r.ReadAt(head[8:], at+8); err != nil {
				return
			}
			size, header = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		if n == 0 && kind != "ftyp" || size < header || at+size < at || !visit(kind, at+header, size-header) {
			return
		}
		at += size
	}
}

// IndexIsLast reports whether the beginning of an MP4 file shows that its pictures come before its index,
// without which they cannot be found.
func IndexIsLast(head []byte) bool {
	last := false
	boxes(bytes.NewReader(head), func(kind string, _, _ int64) bool {
		last = kind == "mdat"
		return !last && kind != "moov"
	})
	return last
}
