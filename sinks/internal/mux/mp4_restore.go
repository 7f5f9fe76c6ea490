package mux

import (
	"bytes"
	"encoding/binary"
	"math"

	"framewire/pipeline"
)

// mp4Magic is the file type box that our MP4 files begin with.
const mp4Magic = "\x00\x00\x00\x18ftypiso6\x00\x00\x00\x00iso6mp41"

// mp4Remains is an MP4 file that is read again.
type mp4Remains struct{ *mp4 }

var _ remains = mp4Remains{}

// reopenMP4 takes the track from where the header has it, and wants the whole header to be the one that such
// a track gets; only durations may be others.
func reopenMP4(file File, head []byte) (remains, error) {
	open := mp4Track{}.header(0)
	closed := mp4Track{}.header(math.MaxInt64)
	if len(head) < len(open) {
		return nil, ErrForeign
	}
	tkhd := bytes.Index(open, []byte("tkhd"))
	track := mp4Track{
		width:  int(binary.BigEndian.Uint16(head[tkhd+92:])),
		height: int(binary.BigEndian.Uint16(head[tkhd+96:])),
		began:  binary.BigEndian.Uint64(head[len(open)-16:]),
	}
	matrix := head[tkhd+56 : tkhd+92]
	for turn := 90; turn < 360; turn += 90 {
		if bytes.Equal(matrix, track.matrix(turn)) {
			track.rotation = turn
		}
	}
	want := track.header(0)
	for i := range want {
		if open[i] == closed[i] && want[i] != head[i] {
			return nil, ErrForeign
		}
	}
	m := newMP4(file, track)
	m.end = int64(len(want) + sidxRoom)
	if (pipeline.JPEG(track.width, track.height)).Check(1) != nil {
		return nil, ErrForeign
	}
	return mp4Remains{m}, nil
}

// next understands a fragment.
func (m mp4Remains) next(w *walker, after piece) (piece, bool, error) {
	if after.end == 0 {
		after.end = m.end
	}
	b, err := w.peek(after.end, fragmentHead)
	if err != nil {
		return piece{}, false, err
	}
	if len(b) >= 8 && string(b[4:8]) == "mfra" {
		return piece{index: true}, true, nil
	}
	f, ok := readFragment(b)
	if !ok || f.seq != after.seq+1 || f.size == 0 || f.time < 0 || after.seq > 0 && f.time <= after.time {
		return piece{}, false, nil
	}
	p := piece{at: after.end, begin: after.end + fragmentHead, time: f.time, seq: f.seq, shown: f.shown}
	p.end = p.begin + int64(f.size)
	ok, err = w.begins(p.begin)
	return p, ok, err
}

// take corrects how long the frame before is shown, since that may not have reached the disk.
func (m mp4Remains) take(p piece) error {
	if m.frames > 0 {
		if err := m.correct(p.time - m.last); err != nil {
			return err
		}
	}
	m.add(p.at, p.time)
	m.end, m.step = p.end, p.shown
	return nil
}

func (m mp4Remains) finished(size int64) (bool, error) {
	b, err := readUpTo(m.file, size-mfroBytes, mfroBytes)
	if err != nil || len(b) < mfroBytes || string(b[4:8]) != "mfro" {
		return false, err
	}
	at := size - int64(binary.BigEndian.Uint32(b[12:]))
	if at < m.end {
		return false, nil
	}
	b, err = readUpTo(m.file, at, 8)
	return err == nil && len(b) == 8 && int64(binary.BigEndian.Uint32(b)) == size-at && string(b[4:]) == "mfra", err
}

func (m mp4Remains) summary() Summary {
	return Summary{
		Frames:   uint64(m.frames),
		Duration: mp4Time(m.last + m.step),
		Began:    fromNTP(m.began),
		Format:   pipeline.JPEG(m.width, m.height),
	}
}
