package demux

import (
	"encoding/binary"
	"time"
)

// Jump goes to the last known place before the time: known by the clip's own index (idx1) where there is one, and
// from its end on by walking from chunk to chunk, which reads a few bytes of each.
func (a *avi) Jump(to time.Duration) (at time.Duration, ok bool) {
	if a.r.file == nil || a.time(1) == NoTime {
		return 0, false
	}
	if a.scan == nil {
		a.known = a.references()
		from := point{at: a.first}
		if n := len(a.known); n > 0 {
			from = a.known[n-1]
		}
		a.scan = &avi{r: a.r.aside(), pos: from.at, tick: from.tick, stream: a.stream, rate: a.rate, scale: a.scale}
		if a.scan.r.jump(from.at) != nil {
			return 0, false
		}
	}
	for s := a.scan; s.time(s.tick) <= to; {
		size, told, err := s.picture()
		if err != nil {
			break // the end, or damage: whoever reads up to there is told
		}
		a.known.add(point{time: told, at: s.pos - chunkHead, tick: s.tick - 1})
		if s.pass(size) != nil {
			break
		}
	}
	p, ok := a.known.before(to)
	if !ok || a.r.jump(p.at) != nil {
		return 0, false
	}
	a.pos, a.tick = p.at, p.tick
	return p.time, true
}

// references reads the index behind the first list of pictures. Its places count from the list's name or from
// the beginning of the file, as the writer liked. One that does not lead to pictures counts for nothing.
func (a *avi) references() (list points) {
	const kind = 4 // bytes: the list's name, behind its head
	head, err := a.r.part(a.first-kind-chunkHead, chunkHead)
	if err != nil {
		return nil
	}
	end := a.first - kind + int64(binary.LittleEndian.Uint32(head[4:]))
	head, err = a.r.part(end+end&1, chunkHead)
	if err != nil || string(head[:4]) != "idx1" {
		return nil
	}
	index, err := a.r.part(end+end&1+chunkHead, int64(binary.LittleEndian.Uint32(head[4:])))
	if err != nil {
		return nil
	}
	for _, base := range []int64{a.first - kind, 0} {
		list = a.listed(index, base)
		if n := len(list); n > 0 && a.isPicture(list[0]) && a.isPicture(list[n-1]) {
			return list
		}
	}
	return nil
}

// listed gives the pictures of an index whose places count from base.
func (a *avi) listed(index []byte, base int64) (list points) {
	const entry = 16 // bytes: name, flags, place, size
	for tick := int64(0); len(index) >= entry; index = index[entry:] {
		if !a.isVideo(index[:4]) {
			continue
		}
		if binary.LittleEndian.Uint32(index[12:]) > 0 {
			at := base + int64(binary.LittleEndian.Uint32(index[8:]))
			list.add(point{time: a.time(tick), at: at, tick: tick})
		}
		tick++
	}
	return list
}

// isPicture reports whether a picture's chunk begins there.
func (a *avi) isPicture(p point) bool {
	head, err := a.r.part(p.at, chunkHead)
	return err == nil && a.isVideo(head[:4])
}
