package session

import "math/bits"

// windowSize is how many counters back from the newest one a packet may come.
const windowSize = 4096

const (
	wordBits = 64
	words    = windowSize/wordBits + 1 // one more, so that clearing whole words forgets nothing too early
)

// window knows which counters were used, as in RFC 6479: a ring of bits that moves on word by word.
type window struct {
	next uint64 // the newest counter, and one; 0 before the first
	bits [words]uint64
}

// fresh reports whether a counter was not spent and is not too old to tell. The last counter of all is never
// fresh, since there is none after it.
func (w *window) fresh(counter uint64) bool {
	if counter >= w.next {
		return counter != ^uint64(0)
	}
	return w.next-counter <= windowSize && w.bits[counter/wordBits%words]&(1<<(counter%wordBits)) == 0
}

// spend marks a fresh counter.
func (w *window) spend(counter uint64) {
	word := counter / wordBits
	if counter >= w.next {
		w.clear(word)
		w.next = counter + 1
	}
	w.bits[word%words] |= 1 << (counter % wordBits)
}

// missing counts the counters from that one on, as far as the window goes back, that are not spent though a
// newer one is.
func (w *window) missing(from uint64) uint64 {
	if w.next > windowSize {
		from = max(from, w.next-windowSize)
	}
	if from >= w.next {
		return 0
	}
	spent := 0
	for word := from / wordBits; word <= (w.next-1)/wordBits; word++ {
		b := w.bits[word%words]
		if word == from/wordBits {
			b &= ^uint64(0) << (from % wordBits)
		}
		spent += bits.OnesCount64(b)
	}
	return w.next - from - uint64(spent)
}

// clear empties the words after that of the newest counter, up to one.
func (w *window) clear(to uint64) {
	if w.next == 0 {
		return
	}
	newest := (w.next - 1) / wordBits
	for i := range min(to-newest, words) {
		w.bits[(to-i)%words] = 0
	}
}
