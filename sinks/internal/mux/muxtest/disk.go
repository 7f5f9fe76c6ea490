package muxtest

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"syscall"
)

// Disk is a file on a disk that can lose its power: it knows which writes were synced and which were not. It
// satisfies mux.File.
type Disk struct {
	Room     int64  // bytes that a file may have; 0: no limit
	Synced   func() // called at the beginning of each Sync, before anything is durable
	Shut     bool   // Close was called
	content  []byte
	durable  []byte
	unsynced []change
}

// change is a write, or with no data a truncation to at.
type change struct {
	at   int64
	data []byte
}

// NewDisk gives a file that holds those bytes, all of them synced.
func NewDisk(content []byte) *Disk {
	return &Disk{content: slices.Clone(content), durable: slices.Clone(content)}
}

// Bytes is what a reader finds in the file.
func (d *Disk) Bytes() []byte { return d.content }

// Name is the same for all.
func (d *Disk) Name() string { return "disk" }

// ReadAt reads.
func (d *Disk) ReadAt(b []byte, at int64) (int, error) {
	if at >= int64(len(d.content)) {
		return 0, io.EOF
	}
	n := copy(b, d.content[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes; on a full disk part of it.
func (d *Disk) WriteAt(b []byte, at int64) (int, error) {
	if d.Room > 0 && at+int64(len(b)) > d.Room {
		b = b[:max(0, d.Room-at)]
		d.change(change{at, slices.Clone(b)})
		return len(b), syscall.ENOSPC
	}
	d.change(change{at, slices.Clone(b)})
	return len(b), nil
}

// Truncate cuts the file off.
func (d *Disk) Truncate(size int64) error {
	d.change(change{at: size})
	return nil
}

func (d *Disk) change(c change) {
	d.content = c.on(d.content)
	d.unsynced = append(d.unsynced, c)
}

// Sync makes all writes durable.
func (d *Disk) Sync() error {
	if d.Synced != nil {
		d.Synced()
	}
	for _, c := range d.unsynced {
		d.durable = c.on(d.durable)
	}
	d.unsynced = nil
	return nil
}

// Close says so when it was closed already.
func (d *Disk) Close() error {
	if d.Shut {
		return errors.New("closed twice")
	}
	d.Shut = true
	return nil
}

func (c change) on(content []byte) []byte {
	if c.data == nil {
		return append(content[:min(c.at, int64(len(content)))], make([]byte, max(0, c.at-int64(len(content))))...)
	}
	if grow := c.at + int64(len(c.data)) - int64(len(content)); grow > 0 && len(c.data) > 0 {
		content = append(content, make([]byte, grow)...)
	}
	copy(content[min(c.at, int64(len(content))):], c.data)
	return content
}

// PowerCuts gives what the disk may hold after the power fails now: none of the unsynced writes; all; each one
// alone missing or torn, with those behind it there or not; and random ones, from a seed. A torn write lacks
// its end, and of a long one that is never only a few bytes, because disks tear at sectors.
func (d *Disk) PowerCuts(seed uint64) (contents [][]byte) {
	cut := func(keep func(i int, c change) (change, bool)) {
		content := slices.Clone(d.durable)
		for i, c := range d.unsynced {
			if c, ok := keep(i, c); ok {
				content = c.on(content)
			}
		}
		contents = append(contents, content)
	}
	cut(func(int, change) (change, bool) { return change{}, false })
	cut(func(_ int, c change) (change, bool) { return c, true })
	for at, c := range d.unsynced {
		for _, n := range []int{0, 1, len(c.data) / 2, len(c.data)} {
			torn := c.torn(n)
			for _, behind := range []bool{false, true} {
				cut(func(i int, c change) (change, bool) {
					if i == at {
						return torn, true
					}
					return c, behind || i < at
				})
			}
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for range 40 {
		share := r.Float64()
		cut(func(_ int, c change) (change, bool) {
			if r.IntN(8) == 0 {
				c = c.torn(r.IntN(len(c.data) + 1))
			}
			return c, r.Float64() < share
		})
	}
	return contents
}

// torn is a write of which only the first n bytes reached the disk, or some fewer.
func (c change) torn(n int) change {
	if c.data == nil {
		return c
	}
	const short, lost = 32, 16
	if len(c.data) > short {
		n = min(n, len(c.data)-lost)
	} else {
		n = min(n, len(c.data)-1)
	}
	return change{c.at, c.data[:max(n, 0)]}
}
