package store

import "hash/maphash"

const (
	// compared is how many files of one name are looked into for the bytes that are to be written.
	compared = 8
	// remembered is how many files and how many names are kept in mind, at about 100 bytes each.
	remembered = 4096
)

// memory is what a Store knows of its own work, so that it need not look at the disk again. It is a help
// only: whatever it says is checked.
type memory struct {
	seed maphash.Seed
	put  map[content]int // the number that a file got
	next map[string]int  // the number after the last one used, for names with many files
}

// content stands for a name and the bytes that were written under it.
type content struct {
	name string
	hash uint64
}

func newMemory() memory {
	return memory{seed: maphash.MakeSeed(), put: make(map[content]int), next: make(map[string]int)}
}

func (m *memory) sum(name string, data []byte) content {
	return content{name, maphash.Bytes(m.seed, data)}
}

// keep notes that a file got the number n.
func (m *memory) keep(name string, c content, n int) {
	if len(m.put) >= remembered {
		clear(m.put)
	}
	m.put[c] = n
	if n < compared {
		return
	}
	if len(m.next) >= remembered {
		clear(m.next)
	}
	m.next[name] = n + 1
}
