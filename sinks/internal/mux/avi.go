package mux

import (
	"encoding/binary"
	"errors"

	"framewire/pipeline"
)

const (
	aviMostBytes  = 2_000_000_000 // many readers count in signed 32 bits
	aviMostFrames = 4_000_000     // bounds the index in memory
	aviKeyframe   = 0x10
	aviChunkHead  = 8
	aviEntry      = 16 // bytes of a place in the index
)

// aviChunk is the identity of a compressed frame of stream 0.
const aviChunk = "00dc"

// avi writes JPEG frames with a constant rate, each at once. Lengths and numbers of frames stay zero until the end,
// which players take for "until the end of the file".
type avi struct {
	tail
	aviHeader
	index   []byte // idx1
	largest int
	head    [aviChunkHead]byte
	pad     [1]byte
}

var _ slots = (*avi)(nil)

// NewAVI begins an AVI file with JPEG frames of first's size. Nothing is in it before the first frame.
func NewAVI(file File, first *pipeline.Frame) (Muxer, error) {
	return &constant{to: newAVI(file, aviHeader{width: first.Format.Width, height: first.Format.Height})}, nil
}

func newAVI(file File, header aviHeader) *avi {
	return &avi{tail: tail{file: file}, aviHeader: header}
}

// begin writes the header, or gives the one that is there another rate.
func (a *avi) begin(r rate) error {
	switch {
	case a.rate == r:
		return nil
	case a.end == 0:
		if err := a.append(a.withRate(r).bytes()); err != nil {
			return err
		}
	default:
		if _, err := a.file.WriteAt(a.withRate(r).bytes(), 0); err != nil {
			return err
		}
	}
	a.rate = r
	return nil
}

func (a *avi) put(f *pipeline.Frame) error {
	if a.Size()+int64(len(f.Data))+64 > aviMostBytes || len(a.index) >= aviEntry*aviMostFrames {
		return ErrFull
	}
	return a.chunk(f.Data)
}

// fill writes an empty chunk, which repeats the picture before it.
func (a *avi) fill() error { return a.chunk(nil) }

func (a *avi) chunk(data []byte) error {
	copy(a.head[:], aviChunk)
	binary.LittleEndian.PutUint32(a.head[4:], uint32(len(data)))
	at := a.end
	if err := a.append(a.head[:], data, a.pad[:len(data)%2]); err != nil {
		return err
	}
	a.add(at, len(data))
	return nil
}

// add counts a chunk that stands in the file.
func (a *avi) add(at int64, n int) {
	flags := uint32(0)
	if n > 0 {
		flags = aviKeyframe
	}
	a.index = append(a.index, aviChunk...)
	a.index = binary.LittleEndian.AppendUint32(a.index, flags)
	a.index = binary.LittleEndian.AppendUint32(a.index, uint32(at-aviMovi))
	a.index = binary.LittleEndian.AppendUint32(a.index, uint32(n))
	a.largest = max(a.largest, n)
}

// Size counts the index too, which is written at the end.
func (a *avi) Size() int64 { return a.end + int64(len(a.index)) }

// finish adds the index and then, behind a sync, fills in the lengths: who finds them finds all.
func (a *avi) finish() error { return errors.Join(a.complete(), a.file.Close()) }

func (a *avi) complete() error {
	if a.end == 0 {
		return nil
	}
	movi := a.end - aviMovi
	head := binary.LittleEndian.AppendUint32([]byte("idx1"), uint32(len(a.index)))
	if err := a.append(head, a.index); err != nil {
		return err
	}
	if err := a.file.Sync(); err != nil {
		return err
	}
	h := a.lengths(a.end, movi, len(a.index)/aviEntry, a.largest)
	if _, err := a.file.WriteAt(h, 0); err != nil {
		return err
	}
	return a.file.Sync()
}
