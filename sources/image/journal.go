package image

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// The journal is a text file of one line for each photo that was delivered. It grows at its end only, so
// that a crash costs no more than its last line, and is written anew, under another name first, when it is
// opened and when much of it has become useless.
const (
	keepGone    = 10_000 // entries of files that are gone, the newest, as they may come back
	compactFrom = 50_000 // entries more than at the last compaction
	writeAgain  = time.Second
	syncAfter   = 100 * time.Millisecond
)

// entry is what the journal knows of one photo.
type entry struct {
	stamp stamp
	sum   [32]byte // SHA-256 of the file
	order uint64   // later ones are higher
}

// journal remembers what was delivered. It is safe for concurrent use. A goroutine of its own writes, so
// that who adds never waits for the disk. A line outlives the process as soon as it is written, which is at
// once, and a loss of power a moment later.
type journal struct {
	path, root string
	log        hclog.Logger
	kick       chan struct{} // has room for one; closed to end the goroutine
	done       chan struct{}

	mu      sync.Mutex
	entries map[string]entry
	order   uint64
	lines   []byte // added and not written
	closed  bool

	file     *os.File // the goroutine's, and finish's after it; nil when closed
	torn     bool     // the file may end in a part of a line
	compacts int      // entries at which it is compacted
	faulted  bool     // a fault was told
}

// has reports whether the file with that name and stamp was delivered.
func (j *journal) has(name string, is stamp) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.entries[name]
	return ok && e.stamp == is
}

// same reports whether this content was delivered under that name, whatever became of the file since.
func (j *journal) same(name string, sum [32]byte) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.entries[name]
	return ok && e.sum == sum
}

// add notes that a photo was delivered, and has it written.
func (j *journal) add(name string, is stamp, sum [32]byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.order++
	e := entry{stamp: is, sum: sum, order: j.order}
	j.entries[name] = e
	j.lines = appendEntry(j.lines, name, e)
	if j.closed {
		return // finish writes it
	}
	select {
	case j.kick <- struct{}{}:
	default:
	}
}

// run writes what was added, all that has come meanwhile at once, until close.
func (j *journal) run() {
	defer close(j.done)
	var again, durable <-chan time.Time
	for open := true; open; {
		select {
		case _, open = <-j.kick:
		case <-again:
		case <-durable:
			durable = nil
			j.sync()
			continue
		}
		again = nil
		if !j.flush() {
			again = time.After(writeAgain)
		}
		if durable == nil { // not at once: writing waits while the disk is at it
			durable = time.After(syncAfter)
		}
		j.mu.Lock()
		many := len(j.entries) >= j.compacts
		j.mu.Unlock()
		if many {
			if err := j.compact(); err != nil {
				j.fault(err)
			}
		}
	}
	j.sync()
}

// sync has the disk take what was written.
func (j *journal) sync() {
	if err := j.file.Sync(); err != nil {
		j.fault(err)
	}
}

// flush writes what was added. What could not be written stays for the next time.
func (j *journal) flush() bool {
	j.mu.Lock()
	lines := j.lines
	j.lines = nil
	j.mu.Unlock()
	if len(lines) == 0 {
		return true
	}
	if j.torn {
		lines = append([]byte{'\n'}, lines...)
	}
	_, err := j.file.Write(lines)
	j.torn = err != nil
	if err == nil {
		j.faulted = false
		return true
	}
	j.fault(err)
	j.mu.Lock()
	j.lines = append(bytes.TrimPrefix(lines, []byte{'\n'}), j.lines...)
	j.mu.Unlock()
	return false
}

// fault tells that the journal cannot be written, once until it can be.
func (j *journal) fault(err error) {
	if !j.faulted {
		j.faulted = true
		j.log.Error("the journal cannot be written and is tried again: what was delivered since may be offered anew after a restart", "journal", shown(j.path), "cause", err)
	}
}

// close writes what was added and lets go of the file.
func (j *journal) close() error {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	close(j.kick)
	<-j.done
	err := j.file.Close()
	j.file = nil
	return err
}

// finish writes what was added after close.
func (j *journal) finish() {
	j.mu.Lock()
	idle := len(j.lines) == 0 || !j.closed
	j.mu.Unlock()
	if idle {
		return
	}
	file, err := j.reopen()
	if err != nil {
		j.fault(reason(err))
		return
	}
	j.file = file
	j.flush()
	j.sync()
	if err := file.Close(); err != nil {
		j.fault(err)
	}
	j.file = nil
}

// reopen opens the journal at its end, unless a link or a pipe was put in its place meanwhile.
func (j *journal) reopen() (*os.File, error) {
	info, err := os.Lstat(j.path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file any more")
	}
	return os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0)
}
