package image

import (
	"container/heap"
	"io/fs"
	"time"
)

// state is how a photo stands.
type state uint8

const (
	waiting   state = iota // not given away, or to be given once more
	underway               // given away, and what became of it is not known yet
	delivered              // confirmed; where nothing confirms, given away
	refused                // the other end will not have it
	unusable               // it cannot be read or is no picture
	states                 // how many there are
)

// stamp tells one content of a file from the next, as far as the file system can.
type stamp struct {
	size  int64 // in bytes
	mtime int64 // Unix nanoseconds
}

func stampOf(info fs.FileInfo) stamp {
	return stamp{size: info.Size(), mtime: info.ModTime().UnixNano()}
}

// photo is one file that is to be sent. All but its names belongs to the ledger that it is in.
type photo struct {
	path string // to open it
	name string // as the other end gets it

	stamp stamp     // when it was last looked at
	since time.Time // when that stamp was first seen
	scan  uint64    // the last round or look through the folder that found it

	state state
	once  bool   // was delivered, maybe in a round before
	stale bool   // changed while it was underway
	tries int    // that failed in a row
	told  bool   // that it is refused
	why   string // it was refused or cannot be used, or the last try failed

	due   time.Time // when it is to be read
	order uint64    // among those that are due at the same time
	place int       // in the agenda; -1 when it is not there
}

// agenda holds the photos that are to be read, the next one first.
type agenda []*photo

var _ heap.Interface = (*agenda)(nil)

func (a agenda) Len() int { return len(a) }

func (a agenda) Less(i, j int) bool {
	if !a[i].due.Equal(a[j].due) {
		return a[i].due.Before(a[j].due)
	}
	return a[i].order < a[j].order
}

func (a agenda) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].place, a[j].place = i, j
}

// Push is heap's; it appends.
func (a *agenda) Push(x any) {
	p := x.(*photo)
	p.place = len(*a)
	*a = append(*a, p)
}

// Pop is heap's; it takes the last one off.
func (a *agenda) Pop() any {
	last := len(*a) - 1
	p := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	p.place = -1
	return p
}
