package mux

import (
	"encoding/binary"
	"time"

	"framewire/pipeline"
)

const aviMagic = "RIFF"

// aviRemains is an AVI file that is read again.
type aviRemains struct {
	*avi
	riff   int64 // the length that the file says it has, without its head
	frames uint64
	blank  int // places without a frame behind the last one
}

var _ remains = (*aviRemains)(nil)

// reopenAVI takes size and rate from where the header has them, and wants the whole header to be the one
// that they give; only what the end of the recording tells may be another.
func reopenAVI(file File, head []byte) (remains, error) {
	if len(head) < aviHead {
		return nil, ErrForeign
	}
	num := func(at int) int { return int(binary.LittleEndian.Uint32(head[at:])) }
	h := aviHeader{width: num(aviAtSize), height: num(aviAtSize + 4), rate: rate{num(aviAtRate + 4), num(aviAtRate)}}
	if pipeline.JPEG(h.width, h.height).Check(1) != nil {
		return nil, ErrForeign
	}
	if r := h.rate; r.den < 1 || r.num < r.den*slowest || r.num/r.den > fastest { // torn while it was corrected
		h.rate = findRate(nil)
	}
	want := h.bytes()
	copy(want[aviAtStep:aviAtStep+4], head[aviAtStep:])
	copy(want[aviAtRate:aviAtRate+8], head[aviAtRate:])
	for _, at := range aviAtLengths() {
		copy(want[at:at+4], head[at:])
	}
	if string(want) != string(head[:aviHead]) {
		return nil, ErrForeign
	}
	a := newAVI(file, h)
	a.end = aviHead
	return &aviRemains{avi: a, riff: int64(num(aviAtRIFF))}, nil
}

// next understands a chunk; odd ones are followed by a byte that says nothing.
func (a *aviRemains) next(w *walker, after piece) (piece, bool, error) {
	p := piece{at: aviHead}
	if after.at > 0 {
		p.at = after.end + (after.end-after.at)%2
	}
	b, err := w.peek(p.at, aviChunkHead)
	if err != nil || len(b) < aviChunkHead {
		return piece{}, false, err
	}
	p.begin = p.at + aviChunkHead
	p.end = p.begin + int64(binary.LittleEndian.Uint32(b[4:]))
	switch string(b[:4]) {
	case "idx1":
		return piece{index: true}, true, nil
	case aviChunk:
		if p.begin == p.end {
			return p, a.blank < mostFill, nil
		}
		ok, err := w.begins(p.begin)
		return p, ok && p.end < aviMostBytes && len(a.index) < aviEntry*aviMostFrames, err
	}
	return piece{}, false, nil
}

// take counts places without a frame only when a frame comes behind them.
func (a *aviRemains) take(p piece) error {
	if p.begin == p.end {
		a.blank++
		return nil
	}
	for n := int64(a.blank); n > 0; n-- {
		a.avi.add(p.at-n*aviChunkHead, 0)
	}
	a.blank = 0
	a.avi.add(p.at, int(p.end-p.begin))
	a.end = p.end + (p.end-p.at)%2
	a.frames++
	return nil
}

func (a *aviRemains) finished(size int64) (bool, error) { return a.riff == size-8, nil }

func (a *aviRemains) summary() Summary {
	places := len(a.index) / aviEntry
	return Summary{
		Frames:   a.frames,
		Duration: time.Duration(float64(places) * float64(a.rate.den) / float64(a.rate.num) * float64(time.Second)),
		Format:   pipeline.JPEG(a.width, a.height),
	}
}
