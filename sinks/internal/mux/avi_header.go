package mux

import "encoding/binary"

const (
	aviHeaderBytes = 12 + 12 + 64 + 12 + 64 + 48 // RIFF, LIST hdrl, avih, LIST strl, strh, strf
	aviMovi        = aviHeaderBytes + 8          // where the word movi stands; the index counts from it
	aviHead        = aviMovi + 4                 // where the first chunk begins
)

// Where the header holds what differs from recording to recording.
const (
	aviAtStep = 32  // avih dwMicroSecPerFrame
	aviAtSize = 64  // avih dwWidth, dwHeight
	aviAtRate = 128 // strh dwScale, dwRate
)

// Where it holds what only the end tells.
const (
	aviAtRIFF    = 4
	aviAtFrames  = 48  // avih dwTotalFrames
	aviAtBuffer  = 60  // avih dwSuggestedBufferSize
	aviAtLength  = 140 // strh dwLength
	aviAtBuffer2 = 144 // strh dwSuggestedBufferSize
	aviAtMovi    = aviMovi - 4
)

// aviHeader is what the beginning of the file says (Microsoft's "AVI RIFF File Reference"): one video
// stream of JPEG frames.
type aviHeader struct {
	width, height int
	rate          rate
}

func (h aviHeader) withRate(r rate) aviHeader {
	h.rate = r
	return h
}

// bytes is everything before the first frame, with nothing of what the end tells.
func (h aviHeader) bytes() []byte {
	const hasIndex = 0x10
	b := make([]byte, 0, aviHead)
	text := func(s string) { b = append(b, s...) }
	num := func(list ...int) {
		for _, n := range list {
			b = binary.LittleEndian.AppendUint32(b, uint32(n))
		}
	}
	text("RIFF")
	num(0)
	text("AVI LIST")
	num(aviHeaderBytes - 20)
	text("hdrlavih")
	num(56, h.rate.den*1_000_000/h.rate.num, 0, 0, hasIndex, 0, 0, 1, 0, h.width, h.height, 0, 0, 0, 0)
	text("LIST")
	num(4 + 64 + 48)
	text("strlstrh")
	num(56)
	text("vidsMJPG")
	num(0, 0, 0, h.rate.den, h.rate.num, 0, 0, 0, -1, 0, 0, h.width|h.height<<16)
	text("strf")
	num(40, 40, h.width, h.height, 1|24<<16)
	text("MJPG")
	num(3*h.width*h.height, 0, 0, 0, 0)
	text("LIST")
	num(0)
	text("movi")
	return b
}

// lengths is the header of a file of size bytes with movi of them, from that word on, for its chunks.
func (h aviHeader) lengths(size, movi int64, frames, largest int) []byte {
	b := h.bytes()
	for i, n := range []int{int(size - 8), frames, largest, frames, largest, int(movi)} {
		binary.LittleEndian.PutUint32(b[aviAtLengths()[i]:], uint32(n))
	}
	return b
}

func aviAtLengths() [6]int {
	return [...]int{aviAtRIFF, aviAtFrames, aviAtBuffer, aviAtLength, aviAtBuffer2, aviAtMovi}
}
