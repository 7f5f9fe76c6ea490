package shelf

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"
)

// Keep says how much is kept; zero fields set no limit.
type Keep struct {
	Age   time.Duration // since its last frame
	Bytes int64         // of all recordings together, the one under way among them
	Free  int64         // bytes of the disk that stay free
}

// IsZero reports whether nothing is ever removed.
func (k Keep) IsZero() bool { return k == Keep{} }

// mostAtOnce bounds how long one Trim takes.
const mostAtOnce = 256

// Removed is what Trim has removed.
type Removed struct {
	Files int
	Bytes int64
}

// Trim removes the oldest recordings until the limits are kept. It does nothing before Load. open is the size of
// the recording under way, which is not on the shelf. What was removed counts as free at once, though the file
// system may take its time.
func (s *Shelf) Trim(k Keep, now time.Time, open int64) (Removed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.loaded || k.IsZero() || len(s.list) == 0 {
		return Removed{}, nil
	}
	if k.Bytes > 0 && s.bytes+open > k.Bytes {
		if err := s.refresh(); err != nil {
			return Removed{}, err
		}
	}
	free, unknown := int64(0), error(nil)
	if k.Free > 0 {
		if free, unknown = s.disk.Free(s.names.Base()); unknown != nil {
			k.Free = 0 // the other limits hold all the same
		}
	}
	var done Removed
	var fault error
	gone := make(map[string][]string) // folder: files
	for len(s.list) > 0 && done.Files < mostAtOnce {
		oldest := s.list[0]
		old := k.Age > 0 && now.Sub(oldest.end) > k.Age
		large := k.Bytes > 0 && s.bytes+open > k.Bytes
		scarce := k.Free > 0 && free+done.Bytes < k.Free
		if !old && !large && !scarce {
			break
		}
		if fault = s.disk.Remove(oldest.path()); fault != nil && !errors.Is(fault, fs.ErrNotExist) {
			break
		}
		if fault == nil {
			done.Files++
			done.Bytes += oldest.bytes
		}
		fault = nil
		s.list[0] = item{}
		s.list = s.list[1:]
		s.bytes -= oldest.bytes
		gone[oldest.dir] = append(gone[oldest.dir], oldest.file)
	}
	for dir, files := range gone {
		fault = errors.Join(fault, strikeIndex(s.disk, dir, files))
		s.clear(dir)
	}
	return done, errors.Join(unknown, fault)
}

// clear removes a folder that the placeholders of the pattern have made, and those above it, when nothing is
// in them any more.
func (s *Shelf) clear(dir string) {
	base := filepath.Clean(s.names.base)
	for at := dir; at != base && at != filepath.Dir(at); at = filepath.Dir(at) {
		if s.disk.Remove(at) != nil {
			return // it is not empty
		}
	}
}
