package mux

import (
	"encoding/binary"
	"errors"
	"time"

	"framewire/pipeline"
)

const (
	// mp4Scale is the ticks of a second in our MP4 files, in which all usual rates come out even.
	mp4Scale = 90000
	// mp4Usual is how long a frame is shown as long as nothing is known.
	mp4Usual = mp4Scale / 25
)

// mp4 writes a fragmented MP4 file (ISO/IEC 14496-12) with one video track of JPEG frames. Each frame is a
// fragment of its own, with its own decode time, and is written at once: whatever kills the process, the
// file holds every frame before. How long a frame is shown is known when the next one comes, and then
// corrected in place. The duration and the index are written at the end.
type mp4 struct {
	tail
	mp4Track
	frames uint32
	last   int64 // time of the last frame
	step   int64 // between the last two frames
	at     int64 // where the last frame's fragment begins
	index  points
	head   [fragmentHead]byte
	shown  [4]byte
}

var _ Muxer = (*mp4)(nil)

// NewMP4 begins a fragmented MP4 file with one track of JPEG frames of first's size and rotation. The date in
// it is when, the time of its first frame.
func NewMP4(file File, first *pipeline.Frame, when time.Time) (Muxer, error) {
	m := newMP4(file, mp4Track{width: first.Format.Width, height: first.Format.Height, rotation: first.Meta.Rotation, began: ntp(when)})
	return m, m.append(append(m.header(0), freeRoom(sidxRoom)...))
}

func newMP4(file File, track mp4Track) *mp4 {
	return &mp4{tail: tail{file: file}, mp4Track: track, step: mp4Usual, index: points{least: mp4Scale, most: mostReferences}}
}

// Write appends a fragment.
func (m *mp4) Write(f *pipeline.Frame, at time.Duration) error {
	now := mp4Ticks(at)
	step := m.step
	if m.frames > 0 {
		now = max(now, m.last+1)
		step = now - m.last
		if err := m.correct(step); err != nil {
			return err
		}
	}
	fragment{m.frames + 1, now, step, len(f.Data)}.put(&m.head)
	begin := m.end
	if err := m.append(m.head[:], f.Data); err != nil {
		return err
	}
	m.add(begin, now)
	return nil
}

// correct says how long the last frame is shown, where that is not what was guessed.
func (m *mp4) correct(shown int64) error {
	if shown == m.step {
		return nil
	}
	binary.BigEndian.PutUint32(m.shown[:], clampShown(shown))
	if _, err := m.file.WriteAt(m.shown[:], m.at+fragmentShown); err != nil {
		return err
	}
	m.step = shown
	return nil
}

// add counts a frame whose fragment begins there.
func (m *mp4) add(begin, now int64) {
	if m.frames > 0 {
		m.step = now - m.last
	}
	m.frames, m.last, m.at = m.frames+1, now, begin
	m.index.add(now, begin)
}

// Close writes the duration and the index, the last part of it behind a sync: who finds it finds all.
func (m *mp4) Close() error {
	return errors.Join(m.complete(), m.file.Close())
}

func (m *mp4) complete() error {
	if m.frames == 0 {
		return m.file.Sync()
	}
	total := m.last + m.step
	if _, err := m.file.WriteAt(append(m.header(total), m.sidx(total)...), 0); err != nil {
		return err
	}
	if err := m.file.Sync(); err != nil {
		return err
	}
	if err := m.append(m.mfra()); err != nil {
		return err
	}
	return m.file.Sync()
}

// mp4Ticks is a time in ticks, rounded to the nearest.
func mp4Ticks(at time.Duration) int64 {
	const whole = int64(time.Second)
	return int64(at)/whole*mp4Scale + (int64(at)%whole*mp4Scale+whole/2)/whole
}

// mp4Time is the time again.
func mp4Time(ticks int64) time.Duration {
	return time.Duration(ticks/mp4Scale)*time.Second + time.Duration(ticks%mp4Scale)*time.Second/mp4Scale
}
