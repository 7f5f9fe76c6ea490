package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Part is the beginning of a file that has not come whole. It is for one goroutine at a time.
type Part struct {
	store *Store
	file  *os.File
	want  Content
	size  int64
}

// Part opens what came of those bytes so far. It gives nil where somebody has it open already, or where
// as many parts are open as are kept. What it holds survives the process; a loss of power may spoil it.
func (s *Store) Part(c Content) (*Part, error) {
	p := s.parts
	p.mu.Lock()
	defer p.mu.Unlock()
	state, known := p.bySum[c.Sum]
	if state.open {
		return nil, nil
	}
	for !known && len(p.bySum) >= mostParts { // there may be many more, when somebody put them there
		if !p.dropLocked(c.Sum) {
			return nil, nil
		}
	}
	f, err := p.open(c.Sum, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("open a part in %s: %w", s.dir, cause(err))
	}
	if f == nil {
		return nil, nil
	}
	part := &Part{store: s, file: f, want: c}
	if part.size, err = part.begun(); err != nil {
		f.Close()
		return nil, fmt.Errorf("open a part in %s: %w", s.dir, cause(err))
	}
	p.bySum[c.Sum] = partState{size: part.size, changed: time.Now(), open: true}
	return part, nil
}

// begun gives the bytes that are there; more than there can be are none.
func (p *Part) begun() (int64, error) {
	info, err := p.file.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size() <= p.want.Size {
		return info.Size(), nil
	}
	return 0, p.file.Truncate(0)
}

// Size is how many bytes are there.
func (p *Part) Size() int64 { return p.size }

// ReadAt reads as io.ReaderAt says.
func (p *Part) ReadAt(data []byte, off int64) (int, error) { return p.file.ReadAt(data, off) }

// Write appends. An error wraps ErrRoom where a limit would be broken and ErrFull where the disk is full;
// nothing was appended then.
func (p *Part) Write(data []byte) (int, error) {
	s := p.store
	n := int64(len(data))
	if n > p.want.Size-p.size {
		return 0, fmt.Errorf("%d bytes behind %d do not belong to a file of %d", n, p.size, p.want.Size)
	}
	if err := s.fits(context.Background(), n, 0); err != nil {
		return 0, err
	}
	if _, err := p.file.WriteAt(data, p.size); err != nil {
		return 0, fmt.Errorf("write a part in %s: %w", s.dir, errors.Join(cause(err), p.file.Truncate(p.size)))
	}
	p.size += n
	p.note(true)
	return len(data), nil
}

// Discard removes the part and closes it.
func (p *Part) Discard() error {
	p.store.parts.mu.Lock()
	defer p.store.parts.mu.Unlock()
	delete(p.store.parts.bySum, p.want.Sum)
	return p.store.parts.discard(p.file, p.want.Sum)
}

// Close closes the part and keeps it for later. One with nothing in it is removed.
func (p *Part) Close() error {
	if p.size == 0 {
		return p.Discard()
	}
	p.note(false)
	return p.file.Close()
}

func (p *Part) note(open bool) {
	p.store.parts.mu.Lock()
	defer p.store.parts.mu.Unlock()
	p.store.parts.bySum[p.want.Sum] = partState{size: p.size, changed: time.Now(), open: open}
}
