package file

import (
	"encoding/binary"
	"errors"
	"os"

	"framewire/pipeline"
)

// An AVI file (Microsoft's "AVI RIFF File Reference") with one video stream of JPEG frames. Lengths and
// numbers of frames stay zero until the end, which players take for "until the end of the file".
const (
	aviHeaderBytes = 12 + 12 + 64 + 12 + 64 + 48 // RIFF, LIST hdrl, avih, LIST strl, strh, strf
	aviMovi        = aviHeaderBytes + 8          // where the word movi stands; the index counts from it
	aviMostBytes   = 2_000_000_000               // many readers count in signed 32 bits
	aviMostFrames  = 4_000_000                   // bounds the index in memory
	aviKeyframe    = 0x10
)

// aviChunk is the identity of a compressed frame of stream 0.
const aviChunk = "00dc"

type avi struct {
	file    *os.File
	width   int
	height  int
	rate    rate
	end     int64  // of the last whole chunk
	index   []byte // idx1, 16 bytes a place
	largest int
	head    [8]byte
	pad     [1]byte
}

var _ slots = (*avi)(nil)

func newAVI(file *os.File, first *pipeline.Frame) *constant {
	return &constant{to: &avi{file: file, width: first.Format.Width, height: first.Format.Height}}
}

func (a *avi) begin(r rate) error {
	a.rate = r
	return a.append(a.header())
}

func (a *avi) put(f *pipeline.Frame) error {
	if a.end+int64(len(f.Data))+int64(len(a.index))+64 > aviMostBytes || len(a.index) >= 16*aviMostFrames {
		return errFull
	}
	return a.chunk(f.Data, aviKeyframe)
}

// fill writes empty chunks, which repeat the picture before them.
func (a *avi) fill(n int) error {
	for range n {
		if err := a.chunk(nil, 0); err != nil {
			return err
		}
	}
	return nil
}

func (a *avi) chunk(data []byte, flags uint32) error {
	copy(a.head[:], aviChunk)
	binary.LittleEndian.PutUint32(a.head[4:], uint32(len(data)))
	at := a.end
	if err := a.append(a.head[:], data, a.pad[:len(data)%2]); err != nil {
		return err
	}
	a.index = append(a.index, aviChunk...)
	a.index = binary.LittleEndian.AppendUint32(a.index, flags)
	a.index = binary.LittleEndian.AppendUint32(a.index, uint32(at-aviMovi))
	a.index = binary.LittleEndian.AppendUint32(a.index, uint32(len(data)))
	a.largest = max(a.largest, len(data))
	return nil
}

// append writes at the end of the file. Of what does not fit nothing stays.
func (a *avi) append(parts ...[]byte) error {
	end := a.end
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		n, err := a.file.WriteAt(part, end)
		if err != nil {
			return errors.Join(err, a.file.Truncate(a.end))
		}
		end += int64(n)
	}
	a.end = end
	return nil
}

// finish adds the index and fills in the lengths. A file on a full disk goes without the index.
func (a *avi) finish() error {
	if a.end == 0 {
		return a.file.Close()
	}
	movi := a.end - aviMovi
	head := binary.LittleEndian.AppendUint32([]byte("idx1"), uint32(len(a.index)))
	err := a.append(head, a.index)
	if err == nil {
		_, err = a.file.WriteAt(a.patched(uint32(movi)), 0)
	}
	return errors.Join(err, a.file.Close())
}

// patched is the header with what only the end of the recording tells.
func (a *avi) patched(movi uint32) []byte {
	h := a.header()
	le := binary.LittleEndian
	frames := uint32(len(a.index) / 16)
	le.PutUint32(h[4:], uint32(a.end-8))
	le.PutUint32(h[48:], frames)            // avih dwTotalFrames
	le.PutUint32(h[60:], uint32(a.largest)) // avih dwSuggestedBufferSize
	le.PutUint32(h[140:], frames)           // strh dwLength
	le.PutUint32(h[144:], uint32(a.largest))
	le.PutUint32(h[aviMovi-4:], movi)
	return h
}

// header is everything before the first frame.
func (a *avi) header() []byte {
	const hasIndex = 0x10
	le := binary.LittleEndian
	h := make([]byte, 0, aviMovi+4)
	text := func(s string) { h = append(h, s...) }
	num := func(list ...int) {
		for _, n := range list {
			h = le.AppendUint32(h, uint32(n))
		}
	}
	text("RIFF")
	num(0)
	text("AVI LIST")
	num(aviHeaderBytes - 20)
	text("hdrlavih")
	num(56, a.rate.den*1_000_000/a.rate.num, 0, 0, hasIndex, 0, 0, 1, 0, a.width, a.height, 0, 0, 0, 0)
	text("LIST")
	num(4 + 64 + 48)
	text("strlstrh")
	num(56)
	text("vidsMJPG")
	num(0, 0, 0, a.rate.den, a.rate.num, 0, 0, 0, -1, 0, 0, a.width|a.height<<16)
	text("strf")
	num(40, 40, a.width, a.height, 1|24<<16)
	text("MJPG")
	num(3*a.width*a.height, 0, 0, 0, 0)
	text("LIST")
	num(0)
	text("movi")
	return h
}
