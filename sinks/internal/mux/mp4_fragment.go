package mux

import (
	"encoding/binary"
	"math"
)

const (
	fragmentMoof  = 96               // bytes of a fragment's moof
	fragmentHead  = fragmentMoof + 8 // with the head of the mdat behind it
	fragmentShown = 88               // where it says how long the frame is shown
)

// fragment is one frame's movie fragment (ISO/IEC 14496-12, section 8.8).
type fragment struct {
	seq   uint32 // from 1
	time  int64  // decode time, in ticks
	shown int64  // in ticks
	size  int    // bytes of the frame
}

// put lays out everything in front of the frame's bytes.
func (f fragment) put(b *[fragmentHead]byte) {
	const (
		baseIsMoof = 0x020000 // offsets count from the moof
		each       = 0x000301 // data offset, and each sample's duration and size
	)
	at := 0
	text := func(kind string) { at += copy(b[at:], kind) }
	num := func(list ...uint32) {
		for _, n := range list {
			binary.BigEndian.PutUint32(b[at:], n)
			at += 4
		}
	}
	num(fragmentMoof)
	text("moof")
	num(16)
	text("mfhd")
	num(0, f.seq, fragmentMoof-24)
	text("traf")
	num(16)
	text("tfhd")
	num(baseIsMoof, 1, 20)
	text("tfdt")
	num(1<<24, uint32(f.time>>32), uint32(f.time), 28)
	text("trun")
	num(each, 1, fragmentHead, clampShown(f.shown), uint32(f.size), uint32(8+f.size))
	text("mdat")
}

// readFragment understands what put has laid out, and nothing else.
func readFragment(b []byte) (f fragment, ok bool) {
	if len(b) < fragmentHead {
		return fragment{}, false
	}
	f = fragment{
		seq:   binary.BigEndian.Uint32(b[20:]),
		time:  int64(binary.BigEndian.Uint64(b[60:])),
		shown: int64(binary.BigEndian.Uint32(b[fragmentShown:])),
		size:  int(binary.BigEndian.Uint32(b[92:])),
	}
	var again [fragmentHead]byte
	f.put(&again)
	return f, [fragmentHead]byte(b) == again
}

func clampShown(ticks int64) uint32 { return uint32(min(max(ticks, 0), math.MaxUint32)) }
