package shelf

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/recordindex"
)

// Shelf is the finished recordings that the indexes list, and no others. It is safe for concurrent use.
type Shelf struct {
	disk  disk.Disk
	names Names

	mu     sync.Mutex
	loaded bool
	list   []item // the oldest first
	bytes  int64  // of all
}

// item is one recording.
type item struct {
	dir, file string
	began     time.Time
	end       time.Time
	bytes     int64
}

func (i item) path() string { return filepath.Join(i.dir, i.file) }

// New gives a shelf that has not been looked at.
func New(d disk.Disk, names Names) *Shelf { return &Shelf{disk: d, names: names} }

// Names are the names that recordings on the shelf have.
func (s *Shelf) Names() Names { return s.names }

// Load reads the indexes. Of a folder that cannot be read nothing is listed, and the error says so.
func (s *Shelf) Load() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	folders, err := s.names.Folders(s.disk)
	if err != nil {
		return err
	}
	s.list, s.bytes = nil, 0
	var faults error
	for _, dir := range folders {
		faults = errors.Join(faults, s.load(dir))
	}
	s.loaded = true
	return faults
}

func (s *Shelf) load(dir string) error {
	entries, err := readIndex(s.disk, dir)
	if err != nil {
		return err
	}
	there, err := s.present(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if s.names.Has(e.File) && there[e.File] {
			s.insert(dir, e)
		}
	}
	return nil
}

// present gives the names of the plain files in a folder.
func (s *Shelf) present(dir string) (map[string]bool, error) {
	entries, err := s.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(entries))
	for _, e := range entries {
		if e.Type().IsRegular() {
			there[e.Name()] = true
		}
	}
	return there, nil
}

// Add lists a recording, durably.
func (s *Shelf) Add(dir string, e recordindex.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := appendIndex(s.disk, dir, e); err != nil {
		return err
	}
	if s.loaded {
		s.insert(dir, e)
	}
	return nil
}

// Strike takes a recording from the list, whose file is left alone.
func (s *Shelf) Strike(dir, file string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(i item) bool {
		if i.dir != dir || i.file != file {
			return false
		}
		s.bytes -= i.bytes
		return true
	})
	return strikeIndex(s.disk, dir, []string{file})
}

// Listed gives the names that a folder's index has.
func (s *Shelf) Listed(dir string) (map[string]bool, error) {
	entries, err := readIndex(s.disk, dir)
	if err != nil {
		return nil, err
	}
	listed := make(map[string]bool, len(entries))
	for _, e := range entries {
		listed[e.File] = true
	}
	return listed, nil
}

// Bytes is how many bytes all recordings together have.
func (s *Shelf) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// insert puts a recording into its place in time.
func (s *Shelf) insert(dir string, e recordindex.Entry) {
	added := item{dir: dir, file: e.File, began: e.Began, end: e.End(), bytes: e.Bytes}
	at := len(s.list)
	for at > 0 && s.list[at-1].began.After(added.began) {
		at--
	}
	s.list = slices.Insert(s.list, at, added)
	s.bytes += e.Bytes
}

// refresh forgets the recordings that somebody else has removed.
func (s *Shelf) refresh() error {
	folders := make(map[string]map[string]bool)
	for _, i := range s.list {
		if _, seen := folders[i.dir]; seen {
			continue
		}
		there, err := s.present(i.dir)
		if err != nil {
			return err
		}
		folders[i.dir] = there
	}
	s.list = slices.DeleteFunc(s.list, func(i item) bool {
		if folders[i.dir][i.file] {
			return false
		}
		s.bytes -= i.bytes
		return true
	})
	return nil
}
