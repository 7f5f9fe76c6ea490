package store

import (
	"sync"
	"time"
)

const (
	// remembered is how many files, names, folders and sums are kept in mind each, at about 100 bytes.
	remembered = 4096
	// settled is how old a file's last change must be before its sum is kept in mind: one that changes
	// again within the file system's resolution of time would look the same.
	settled = 2 * time.Second
)

// memory is what a Store knows of its own work, so that it need not look at the disk again. It is a help
// only: whatever it says is checked. It is safe for concurrent use.
type memory struct {
	mu      sync.Mutex
	put     map[content]int  // the number that a file got
	next    map[string]int   // the number after the last one used, for names with many files
	folders map[string]bool  // that survive a loss of power
	sums    map[string]sumOf // of whole files
}

// content stands for a name and the bytes that were written under it.
type content struct {
	name string
	sum  [32]byte
}

// sumOf is the SHA-256 of a file as it was at one moment.
type sumOf struct {
	size    int64
	changed time.Time
	sum     [32]byte
}

func newMemory() *memory {
	return &memory{
		put: make(map[content]int), next: make(map[string]int),
		folders: make(map[string]bool), sums: make(map[string]sumOf),
	}
}

// keep notes that a file got the number n.
func (m *memory) keep(c content, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	remember(m.put, c, n)
	if n >= searched {
		remember(m.next, c.name, n+1)
	}
}

// number gives the number that a file of that content got.
func (m *memory) number(c content) (n int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok = m.put[c]
	return n, ok
}

// after gives the number after the last one that was used for a name with many files.
func (m *memory) after(name string) (n int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok = m.next[name]
	return n, ok
}

// keepFolder notes that a folder is durable.
func (m *memory) keepFolder(folder string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	remember(m.folders, folder, true)
}

func (m *memory) hasFolder(folder string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.folders[folder]
}

// keepSum notes a file's sum.
func (m *memory) keepSum(name string, s sumOf) {
	m.mu.Lock()
	defer m.mu.Unlock()
	remember(m.sums, name, s)
}

// sum gives a file's sum, if the file is as it was.
func (m *memory) sum(name string, size int64, changed time.Time) (sum [32]byte, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sums[name]
	return s.sum, ok && s.size == size && s.changed.Equal(changed)
}

// remember sets one entry of a map that must not grow beyond what is remembered.
func remember[K comparable, V any](m map[K]V, key K, value V) {
	if _, ok := m[key]; !ok && len(m) >= remembered {
		clear(m)
	}
	m[key] = value
}
