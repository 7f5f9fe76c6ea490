package store

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"framewire/pipeline/filesystem"
)

const (
	partSuffix = ".part"
	// mostParts is how many parts a folder keeps, and partAge how long, after the last byte came.
	mostParts = 16
	partAge   = 7 * 24 * time.Hour
)

// parts is what the Store knows of the parts in its folder.
type parts struct {
	root *os.Root

	mu    sync.Mutex
	bySum map[[32]byte]partState
}

type partState struct {
	size    int64
	changed time.Time
	open    bool
}

func newParts(root *os.Root) *parts { return &parts{root: root, bySum: make(map[[32]byte]partState)} }

func partName(sum [32]byte) string { return ownPrefix + hex.EncodeToString(sum[:]) + partSuffix }

// found takes note of a file that was there already, or removes it if it is a part of long ago.
func (p *parts) found(info fs.FileInfo, now time.Time) {
	var sum [32]byte
	if len(info.Name()) != len(partName(sum)) {
		return
	}
	digits := info.Name()[len(ownPrefix):][:hex.EncodedLen(len(sum))]
	if _, err := hex.Decode(sum[:], []byte(digits)); err != nil || info.Name() != partName(sum) {
		return
	}
	p.bySum[sum] = partState{size: info.Size(), changed: info.ModTime()}
	if now.Sub(info.ModTime()) > partAge {
		p.remove(sum)
	}
}

// total is the bytes in all parts, size those in one.
func (p *parts) total() (n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, state := range p.bySum {
		n += state.size
	}
	return n
}

func (p *parts) size(sum [32]byte) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bySum[sum].size
}

// idle is the bytes in the parts that dropOldest may remove.
func (p *parts) idle(but [32]byte) (n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for sum, state := range p.bySum {
		if !state.open && sum != but {
			n += state.size
		}
	}
	return n
}

// dropOldest removes the part that nobody has open and that waits longest, except one, and reports whether
// there was any.
func (p *parts) dropOldest(but [32]byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dropLocked(but)
}

// drop removes a part, if there is one and nobody has it open.
func (p *parts) drop(sum [32]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if state, ok := p.bySum[sum]; ok && !state.open {
		p.remove(sum)
	}
}

func (p *parts) dropLocked(but [32]byte) bool {
	for {
		var oldest [32]byte
		found := false
		for sum, state := range p.bySum {
			if !state.open && sum != but && (!found || state.changed.Before(p.bySum[oldest].changed)) {
				oldest, found = sum, true
			}
		}
		if !found {
			return false
		}
		if p.remove(oldest) {
			return true
		}
	}
}

// remove removes a part and reports whether it is gone: one that another process has open stays, and is
// forgotten here. The caller holds mu.
func (p *parts) remove(sum [32]byte) bool {
	delete(p.bySum, sum)
	f, err := p.open(sum, os.O_RDWR)
	if err != nil || f == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return p.discard(f, sum) == nil
}

// open opens a part's file and locks it. It gives nil where somebody else has it.
func (p *parts) open(sum [32]byte, flags int) (*os.File, error) {
	f, err := p.root.OpenFile(partName(sum), flags, 0o644)
	if err != nil {
		return nil, err
	}
	mine, err := f.Stat()
	if err == nil && !errors.Is(filesystem.Lock(f), filesystem.ErrHeld) {
		// Who had it until now may have removed it, and a link or a pipe may have been planted.
		there, statErr := p.root.Lstat(partName(sum))
		if statErr == nil && there.Mode().IsRegular() && os.SameFile(mine, there) {
			return f, nil
		}
	}
	f.Close()
	return nil, err
}

// discard removes the file while it is locked, so that nobody else begins to write to it; where open files
// cannot be removed, as soon as it is closed.
func (p *parts) discard(f *os.File, sum [32]byte) error {
	err := p.root.Remove(partName(sum))
	closed := f.Close()
	if err != nil {
		err = p.root.Remove(partName(sum))
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, closed)
}
