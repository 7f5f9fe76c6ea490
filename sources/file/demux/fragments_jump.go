package demux

import (
	"encoding/binary"
	"time"
)

// Jump goes to the last known fragment before the time: known by the file's own index where there is one, and
// from its end on by walking from fragment to fragment, which reads a few bytes of each.
func (f *fragments) Jump(to time.Duration) (at time.Duration, ok bool) {
	if f.r.file == nil {
		return 0, false
	}
	if f.scan == nil {
		f.known = f.references()
		from := f.first
		if n := len(f.known); n > 0 {
			from = f.known[n-1].at
		}
		f.scan = &fragments{r: f.r.aside(), pos: from, box: from, track: f.track}
		if f.scan.r.jump(from) != nil {
			return 0, false
		}
	}
	for last := time.Duration(-1); last <= to; {
		at, err := f.scan.nextFragment()
		if err != nil {
			break // the end, or damage: whoever reads up to there is told
		}
		last = f.track.duration(f.scan.list[0].time)
		f.known.add(point{time: last, at: at})
	}
	p, ok := f.known.before(to)
	if !ok || f.r.jump(p.at) != nil {
		return 0, false
	}
	f.pos, f.box, f.taken = p.at, p.at, len(f.list)
	return p.time, true
}

// references reads the index at the end of the file (ISO/IEC 14496-12, sections 8.8.9 to 8.8.11). One that does
// not lead to fragments counts for nothing.
func (f *fragments) references() (list points) {
	const mfro = 16 // bytes: how long the index is
	end, err := f.r.size()
	if err != nil || end < mfro {
		return nil
	}
	tail, err := f.r.part(end-mfro, mfro)
	if err != nil || string(tail[4:8]) != "mfro" {
		return nil
	}
	size := int64(binary.BigEndian.Uint32(tail[12:]))
	index, err := f.r.part(max(end-size, 0), size)
	if err != nil || size < mfro || string(index[4:8]) != "mfra" {
		return nil
	}
	eachBox(index[8:], func(kind, body []byte) {
		if string(kind) == "tfra" {
			list = f.track.references(list, body)
		}
	})
	if n := len(list); n == 0 || !f.begins(list[0]) || !f.begins(list[n-1]) {
		return nil
	}
	return list
}

// begins reports whether a fragment begins there.
func (f *fragments) begins(p point) bool {
	head, err := f.r.part(p.at, 8)
	return err == nil && string(head[4:]) == "moof"
}

// references adds what a tfra box lists for the track.
func (t *mp4Track) references(list points, body []byte) points {
	in := fields{data: body}
	wide := in.u32()>>24 == 1
	if in.u32() != t.id {
		return list
	}
	lengths, count := in.u32(), in.u32()
	numbers := int(lengths&3 + lengths>>2&3 + lengths>>4&3 + 3) // bytes of the numbers behind each place
	for ; count > 0 && !in.short; count-- {
		var when, at uint64
		if wide {
			when, at = in.u64(), in.u64()
		} else {
			when, at = uint64(in.u32()), uint64(in.u32())
		}
		if in.skip(numbers); !in.short {
			list.add(point{time: t.duration(int64(when & (1<<62 - 1))), at: int64(at & (1<<60 - 1))})
		}
	}
	return list
}
