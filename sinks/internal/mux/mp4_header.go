package mux

import (
	"encoding/binary"
	"time"
)

// mp4Track is what the header says of the recording.
type mp4Track struct {
	width, height int
	rotation      int    // degrees clockwise by which a player turns the picture
	began         uint64 // when the first frame was captured, as NTP has it (RFC 5905, section 6)
}

// The years that NTP and MP4 count from are before 1970 by as many seconds.
const (
	since1900 = 2208988800
	since1904 = 2082844800
)

// ntp gives a time as seconds since 1900 and, in the lower half, their fraction. The 32 bits of the seconds
// begin again in 2036.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// fromNTP is the time again, taken to be from 1968 to 2104.
func fromNTP(n uint64) time.Time {
	sec := int64(n >> 32)
	if sec < 1<<31 {
		sec += 1 << 32
	}
	return time.Unix(sec-since1900, int64((n&0xFFFFFFFF)*1e9+1<<31)>>32).UTC()
}

// box is a box of that kind (ISO/IEC 14496-12, section 4.2).
func box(kind string, content ...[]byte) []byte {
	b := append(make([]byte, 4, 64), kind...)
	for _, part := range content {
		b = append(b, part...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// u16, u32 and u64 lay out numbers.
func u16(list ...int) (b []byte) {
	for _, n := range list {
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	return b
}

func u32(list ...int) (b []byte) {
	for _, n := range list {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}

func u64(list ...int64) (b []byte) {
	for _, n := range list {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// version1 stands in front of boxes with 64-bit times.
const version1 = 1 << 24

// header is everything in front of the index's room. Its length is the same for all recordings. A total of 0
// says that the duration is not known.
func (t mp4Track) header(total int64) []byte {
	const (
		enabledInMovie = 3
		capture        = 24 // the time is that of the capture
	)
	date := fromNTP(t.began).Unix() + since1904
	length := box("free", u32(version1), u64(total))
	if total > 0 {
		length = box("mehd", u32(version1), u64(total))
	}
	moov := box("moov",
		box("mvhd", u32(version1), u64(date, date), u32(mp4Scale), u64(total), u32(1<<16, 1<<24, 0, 0), t.matrix(0), u32(0, 0, 0, 0, 0, 0, 2)),
		box("trak",
			box("tkhd", u32(version1|enabledInMovie), u64(date, date), u32(1, 0), u64(total), u32(0, 0, 0, 0), t.matrix(t.rotation), u32(t.width<<16, t.height<<16)),
			box("mdia",
				box("mdhd", u32(version1), u64(date, date), u32(mp4Scale), u64(total), u16(undetermined, 0)),
				box("hdlr", u32(0, 0), []byte("vide"), u32(0, 0, 0), []byte("framewire\x00")),
				box("minf",
					box("vmhd", u32(1, 0, 0)),
					box("dinf", box("dref", u32(0, 1), box("url ", u32(1)))),
					box("stbl",
						box("stsd", u32(0, 1), t.sampleEntry()),
						box("stts", u32(0, 0)), box("stsc", u32(0, 0)), box("stsz", u32(0, 0, 0)), box("stco", u32(0, 0)))))),
		box("mvex", length, box("trex", u32(0, 1, 1, 0, 0, allSync))))
	return append(append(
		box("ftyp", []byte("iso6"), u32(0), []byte("iso6mp41")), moov...),
		box("prft", u32(version1|capture, 1), u64(int64(t.began), 0))...)
}

const (
	undetermined = 0x55C4  // the language "und", five bits a letter
	allSync      = 2 << 24 // no sample depends on another
)

// sampleEntry describes the frames: JPEG, for which MPEG-4 has the object type 0x6C (ISO/IEC 14496-1, table 5).
func (t mp4Track) sampleEntry() []byte {
	const inch = 72 << 16
	decoder := []byte{0x04, 13, 0x6C, 4<<2 | 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	stream := append([]byte{0x03, byte(3 + len(decoder) + 3), 0, 1, 0}, decoder...)
	return box("mp4v", u16(0, 0, 0, 1), u32(0, 0, 0, 0), u16(t.width, t.height), u32(inch, inch, 0), u16(1),
		make([]byte, 32), u16(24, 0xFFFF), box("esds", u32(0), stream, []byte{0x06, 1, 2}))
}

// matrix turns the picture clockwise and moves it back to where it is seen.
func (t mp4Track) matrix(degrees int) []byte {
	const one = 1 << 16
	a, b, x, y := one, 0, 0, 0
	switch degrees {
	case 90:
		a, b, x = 0, one, t.height<<16
	case 180:
		a, b, x, y = -one, 0, t.width<<16, t.height<<16
	case 270:
		a, b, y = 0, -one, t.width<<16
	}
	return u32(a, b, 0, -b, a, 0, x, y, 1<<30)
}
