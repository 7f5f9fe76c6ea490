package mux

import "math"

const (
	// sidxRoom is what is kept for the index in front of the first fragment, in bytes.
	sidxRoom = 32 << 10
	sidxHead = 40
	// mfroBytes is the length of the box that the file ends with.
	mfroBytes = 16
	// mostReferences is how many entries fit into it and leave room for a free box.
	mostReferences = (sidxRoom - sidxHead - 8) / 12
)

// freeRoom is a box of n bytes that says nothing.
func freeRoom(n int) []byte { return box("free", make([]byte, n-8)) }

// sidx is the segment index (ISO/IEC 14496-12, section 8.16.3), filled up to its room: with it players need
// not read through the whole file to know where its fragments are. A recording whose parts are too long for
// its 31 bits goes without.
func (m *mp4) sidx(total int64) []byte {
	const beginsWithKey = 1<<31 | 1<<28
	var references []byte
	list := m.index.list
	for i, p := range list {
		next := point{total, m.end}
		if i+1 < len(list) {
			next = list[i+1]
		}
		if next.pos-p.pos > math.MaxInt32 || next.time-p.time > math.MaxUint32 {
			return freeRoom(sidxRoom)
		}
		references = append(references, u32(int(next.pos-p.pos), int(next.time-p.time), beginsWithKey)...)
	}
	left := sidxRoom - sidxHead - len(references)
	index := box("sidx", u32(version1, 1, mp4Scale), u64(0, int64(left)), u16(0, len(list)), references)
	return append(index, freeRoom(left)...)
}

// mfra is the random access index at the end of the file (section 8.8.9).
func (m *mp4) mfra() []byte {
	var entries []byte
	for _, p := range m.index.list {
		entries = append(append(entries, u64(p.time, p.pos)...), 1, 1, 1) // of its fragment the first of everything
	}
	const tfraHead = 8 + 16
	size := 8 + tfraHead + len(entries) + mfroBytes
	return box("mfra",
		box("tfra", u32(version1, 1, 0, len(m.index.list)), entries),
		box("mfro", u32(0, size)))
}
