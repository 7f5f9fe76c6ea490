package datagram

import (
	"time"

	"framewire/pipeline"
)

// firstRoom is the memory in bytes that an unproven peer's frame gets at once.
const firstRoom = 64 << 10

// assembly is a frame that is not complete. Its buffer has the message's data shards in their places, in
// full size, as far as it reaches; what lies beyond, and parity, is kept in the order of its coming.
type assembly struct {
	number   uint32
	layout   Layout
	lossless bool
	frame    *pipeline.Frame // the buffer
	extra    *pipeline.Frame // shards that have no place in it, one after another; nil without
	strays   []place         // which those are
	blocks   []*block        // nil: nothing came of it
	received int64           // bytes of all shards, in full size
	ready    int             // blocks that can be computed
	position int             // the highest number of a packet that came
	// overtaken is by how many packets one that came was overtaken at most.
	overtaken int
	first     time.Time     // when its first fragment came
	last      time.Time     // and its last
	gap       time.Duration // the longest between two
}

// place is where a shard belongs.
type place struct {
	block int
	index int
}

// block is what is known of one block.
type block struct {
	seen   Shards
	count  int       // of seen
	asked  Shards    // shards that were asked for
	again  Shards    // and those of them that were asked for once more
	flight Shards    // those of the last ask
	sent   time.Time // when that was
}

func has(s *Shards, i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func set(s *Shards, i int)      { s[i/64] |= 1 << (i % 64) }

// total is the size in bytes of a whole buffer.
func (a *assembly) total() int { return a.layout.Data * a.layout.Shard }

// held is the memory in bytes that the frame takes.
func (a *assembly) held() (n int64) {
	for _, f := range [...]*pipeline.Frame{a.frame, a.extra} {
		if f != nil {
			n += int64(len(f.Data))
		}
	}
	return n
}

// want says how large the buffer and the extra memory have to be for a shard, and whether it goes into the
// buffer. That grows to at most twice what came, or what a frame of this peer had before.
func (a *assembly) want(p place, largest int) (room, extra int, inside bool) {
	shard := a.layout.Shard
	room = len(a.frame.Data)
	if a.extra != nil {
		extra = len(a.extra.Data)
	}
	first, data := a.layout.Block(p.block)
	if p.index < data {
		end := (first + p.index + 1) * shard
		limit := min(a.total(), max(firstRoom, largest, int(2*(a.received+int64(shard)))))
		if end <= limit {
			if end > room {
				room = min(limit, max(end, 2*room))
			}
			return room, extra, true
		}
	}
	if need := (len(a.strays) + 1) * shard; need > extra {
		extra = max(need, min(2*extra, int(a.received)))
	}
	return room, extra, false
}

// put copies a shard to where it belongs, for which there is room.
func (a *assembly) put(p place, payload []byte, inside bool) {
	shard := a.layout.Shard
	var to []byte
	if inside {
		first, _ := a.layout.Block(p.block)
		to = a.frame.Data[(first+p.index)*shard:][:shard]
	} else {
		to = a.extra.Data[len(a.strays)*shard:][:shard]
		a.strays = append(a.strays, p)
	}
	clear(to[copy(to, payload):])
}

// note keeps how far the frame has come, and how its fragments are spaced.
func (a *assembly) note(f Fragment, now time.Time) {
	at := a.layout.Index(f.Block, f.Index)
	a.position = max(a.position, at)
	if !f.Resent {
		a.overtaken = max(a.overtaken, a.position-at)
		a.gap = max(a.gap, now.Sub(a.last))
	}
	a.last = now
}

// settle brings data shards that came before their places into these; the buffer is whole by now.
func (a *assembly) settle() {
	shard := a.layout.Shard
	for i, p := range a.strays {
		if first, data := a.layout.Block(p.block); p.index < data {
			copy(a.frame.Data[(first+p.index)*shard:][:shard], a.extra.Data[i*shard:])
		}
	}
}

// mend is scratch for one block's repair.
type mend struct {
	data, parity [][]byte
	missing      []int
	which        []int
}

// repair computes what is missing of all blocks and reports whether that was anything.
func (a *assembly) repair(r *repairer, m *mend) (repaired bool) {
	shard := a.layout.Shard
	for number, b := range a.blocks {
		first, data := a.layout.Block(number)
		m.data, m.parity, m.missing, m.which = m.data[:0], m.parity[:0], m.missing[:0], m.which[:0]
		for i := range data {
			m.data = append(m.data, a.frame.Data[(first+i)*shard:][:shard])
			if !has(&b.seen, i) {
				m.missing = append(m.missing, i)
			}
		}
		if len(m.missing) == 0 {
			continue
		}
		for i, p := range a.strays {
			if p.block == number && p.index >= data && len(m.parity) < len(m.missing) {
				m.parity = append(m.parity, a.extra.Data[i*shard:][:shard])
				m.which = append(m.which, p.index-data)
			}
		}
		r.repair(m.data, m.missing, m.parity, m.which)
		repaired = true
	}
	return repaired
}
