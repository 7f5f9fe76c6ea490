package datagram

import (
	"testing"
	"time"

	"framewire/pipeline"
)

// FuzzReassembler takes its input as a sequence of operations, two bytes each: packets of a dozen frames
// in any order, time that passes, frames fetched, asks. Whatever the order, each frame comes at most once, as
// it was and in order, the bounds hold, and nothing is left.
func FuzzReassembler(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x01\x00\x02\x00\x03\x10\x00\x10\x01\x10\x05\x10\x04"))
	f.Add([]byte("\x00\x00\x20\x03\x30\x01\xf0\xff\xf1\x00\xf2\x00\x10\x00\x10\x01\x10\x02\x10\x03\xf0\xff"))
	f.Add([]byte("\x00\x00\xf3\x07\xf4\x01\x00\x00\x00\x00\xb0\x00\xb0\x01"))
	source := pipeline.NewPool()
	splitter := NewSplitter()
	const first = 1<<32 - 6 // so that the numbers wrap
	var list [12][][]byte
	var frames [12]*pipeline.Frame
	for i := range list {
		frames[i] = photo(source, seeded(uint64(i)), uint64(i), 200+i*700)
		frames[i].Lossless = i >= 9
		list[i] = packets(f, splitter, frames[i], first+uint32(i), MinShard+i*10, i%4)
	}
	f.Fuzz(func(t *testing.T, ops []byte) {
		r := newRig(t, Limits{MaxFrame: 10_000, Open: 4, Memory: 20_000, Latency: limits.Latency})
		r.pool.Poison()
		newest, renumbered := -1, false
		for ; len(ops) >= 2; ops = ops[2:] {
			what, arg := ops[0]>>4, int(ops[1])
			switch {
			case int(what) < len(list):
				p := list[what][arg%len(list[what])]
				fragment, err := ParseFragment(p)
				if err != nil {
					t.Fatal(err)
				}
				damage(&fragment, ops[0]&15)
				renumbered = renumbered || fragment.Number != first+uint32(what)
				_ = r.Add(fragment, r.now)
			case what == 12:
				r.Missing(r.now, time.Duration(arg)*ms, func(a Ask) {
					if a.Count() == 0 {
						t.Error("an ask for nothing")
					}
				})
			default:
				r.now = r.now.Add(time.Duration(arg) * ms)
			}
			for _, got := range r.drain() {
				if int(got.Seq) <= newest && !renumbered {
					t.Fatalf("frame %d after %d", got.Seq, newest)
				}
				newest = int(got.Seq)
				same(t, got, frames[got.Seq])
				got.Release()
			}
			if r.held > 20_000 || r.held < 0 || len(r.open) > window || live(r) > 4 || r.budget.Left() != rigBudget-r.held {
				t.Fatalf("%d bytes in %d open frames are held", r.held, len(r.open))
			}
			if wake, ok := r.Wake(); ok && !wake.After(r.now) {
				t.Fatalf("Next has nothing, but is to be asked again %s ago", r.now.Sub(wake))
			}
			if base, bits, ok := r.Acks(); ok && (bits&1 != 0 || int32(r.next-base) < 0 || int32(r.next-base) > window) {
				t.Fatalf("acknowledges %d %b", base, bits)
			}
		}
		r.end()
	})
}

// live counts the live frames that are not complete.
func live(r *rig) (n int) {
	for _, a := range r.open {
		if !a.lossless {
			n++
		}
	}
	return n
}

// damage makes some fragments contradict the others, as an enemy's would.
func damage(f *Fragment, how byte) {
	switch how {
	case 13:
		f.Number += 1000
	case 14:
		f.Layout.Parity++
	case 15:
		f.Number += 40
	}
}
