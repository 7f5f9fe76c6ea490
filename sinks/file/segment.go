package file

import (
	"io/fs"
	"path/filepath"
	"time"

	"framewire/pipeline"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/recordindex"
	"framewire/sinks/internal/mux"
)

// segment is a file that is being written.
type segment struct {
	file   disk.File
	info   fs.FileInfo // of file, to find out whether it is still there
	mux    mux.Muxer
	final  string // its name when it is finished
	when   time.Time
	format pipeline.Format

	begin  time.Duration // place of its first frame
	last   time.Duration // place of its last frame
	step   time.Duration // between the last two
	frames uint64
	wrote  time.Time // when the last frame was written
	dirty  bool      // there are frames that were not synced
	named  bool      // its name is durable
	begun  int64     // bytes that the disk was told to begin with, or has
}

// path is its name as long as it is not finished.
func (s *segment) path() string { return s.file.Name() }

func (s *segment) write(f *pipeline.Frame, at time.Duration) error {
	if err := s.mux.Write(f, at-s.begin); err != nil {
		return err
	}
	if s.frames > 0 {
		s.step = at - s.last
	}
	s.last, s.wrote, s.dirty = at, time.Now(), true
	s.frames++
	return nil
}

// ahead is how many bytes may wait until the disk is told to begin with them: so a sync finds little left, and holds
// the frames behind it up for less time.
const ahead = 8 << 20

// beginSync has the disk begin with what was written, where that is much.
func (s *segment) beginSync() {
	if n := s.mux.Size() - s.begun; n >= ahead {
		s.file.BeginSync(s.begun, n)
		s.begun += n
	}
}

// entry is its line in the index; codec is the encoder's or empty.
func (s *segment) entry(codec string) (recordindex.Entry, error) {
	info, err := s.file.Stat()
	if err != nil {
		return recordindex.Entry{}, err
	}
	if codec == "" {
		codec = string(s.format.Codec)
	}
	return recordindex.Entry{
		File: filepath.Base(s.final), Began: s.when, Seconds: (s.last - s.begin + s.step).Seconds(), Frames: s.frames, Bytes: info.Size(),
		Format: codec, Width: s.format.Width, Height: s.format.Height,
	}, nil
}

// keepOpen is a file that its container may close, while the recorder still has to sync it and holds its
// lock.
type keepOpen struct{ disk.File }

// Close does nothing.
func (keepOpen) Close() error { return nil }
