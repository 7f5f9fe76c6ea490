package mux

import (
	"errors"
	"time"

	"framewire/pipeline"
)

// ErrForeign says that a file is no recording of ours, so that it was left as it is.
var ErrForeign = errors.New("it is no recording that framewire has written without encoding")

// ErrEmpty says that a crash has left a file before there was one whole frame in it. It was left as it is.
var ErrEmpty = errors.New("it holds no whole frame")

// Summary is what a recording holds.
type Summary struct {
	Frames   uint64
	Duration time.Duration   // the last frame counts as long as the one before it
	Bytes    int64           // of the file when it is finished
	Began    time.Time       // when the first frame was captured; zero where the container does not say
	Format   pipeline.Format // of all frames
	Whole    bool            // finished as Close leaves it, so that there is nothing to repair
	Cut      int64           // bytes behind the last whole frame, which a repair throws away
}

// Inspect tells what a recording holds and whether it is finished. It reads the head of every frame and
// changes nothing; the errors are those of Repair.
func Inspect(file File) (Summary, error) {
	size, err := sizeOf(file)
	if err != nil {
		return Summary{}, err
	}
	r := &rehearsal{File: file, end: size}
	s, last, err := restore(r)
	if err != nil {
		return Summary{}, err
	}
	s.Bytes = r.end
	if s.Whole = !r.differs && r.end == size; !s.Whole {
		s.Cut = max(0, size-last)
	}
	return s, nil
}

// Repair finishes a recording that a crash has left. All frames up to the first byte that is missing are
// kept, what is behind them is cut off, and lengths, duration and index are written. The file is synced and
// stays open. A finished recording is not touched. ErrForeign and ErrEmpty mean that nothing was changed;
// after another error, or when it is broken off, a repair can begin anew. It reads the head of every frame,
// so who wants to break it off has the file's ReadAt fail.
func Repair(file File) (Summary, error) {
	s, err := Inspect(file)
	if err != nil || s.Whole {
		return s, err
	}
	_, _, err = restore(file)
	return s, err
}

// Finished reports, from a few bytes, whether Close or Repair has finished a recording. One that is not, and
// that nobody has open, can be repaired.
func Finished(file File) (bool, error) {
	size, err := sizeOf(file)
	if err != nil {
		return false, err
	}
	c, err := reopen(file)
	if err != nil {
		return false, err
	}
	return c.finished(size)
}

// restore brings a recording into the state that Close leaves it in, and tells where its last frame ends.
func restore(file File) (s Summary, end int64, err error) {
	c, err := reopen(file)
	if err != nil {
		return Summary{}, 0, err
	}
	if err := follow(c, &walker{file: file}); err != nil {
		return Summary{}, 0, err
	}
	s = c.summary()
	if s.Frames == 0 {
		return Summary{}, 0, ErrEmpty
	}
	end = c.edge()
	if err := file.Truncate(end); err != nil {
		return Summary{}, 0, err
	}
	return s, end, c.complete()
}
