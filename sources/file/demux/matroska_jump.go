package demux

import "time"

// matroskaIndex knows where clusters begin: by the clip's own index where there is one that leads to
// clusters, and from its end on by walking from cluster to cluster.
type matroskaIndex struct {
	matroska // with a tape of its own
	known    points
	begin    int64 // of the cluster that the walk is in
	end      int64 // of that cluster; 0 where it is not told
	ended    bool
}

// Jump goes to the last cluster that begins before the time.
func (m *matroska) Jump(to time.Duration) (at time.Duration, ok bool) {
	if m.r.file == nil {
		return 0, false
	}
	if m.index == nil {
		m.index = newMatroskaIndex(m)
	}
	m.index.walk(to)
	p, ok := m.index.known.before(to)
	if !ok || m.r.jump(p.at) != nil {
		return 0, false
	}
	m.pos = p.at
	return p.time, true
}

func newMatroskaIndex(m *matroska) *matroskaIndex {
	x := &matroskaIndex{matroska: matroska{ebmlReader: ebmlReader{r: m.r.aside()}, scale: m.scale, segment: m.segment, first: m.first}}
	from := m.first
	if x.readCues() == nil && len(x.known) > 0 && x.isCluster(x.known[0].at) && x.isCluster(x.known[len(x.known)-1].at) {
		from = x.known[len(x.known)-1].at
	} else {
		x.known = nil
	}
	x.ended = x.goTo(from) != nil
	return x
}

func (x *matroskaIndex) goTo(at int64) error {
	x.pos = at
	return x.r.jump(at)
}

func (x *matroskaIndex) isCluster(at int64) bool {
	if x.goTo(at) != nil {
		return false
	}
	id, _, err := x.element()
	return err == nil && id == idCluster
}

// readCues reads the index, which the SeekHead in front of the first cluster leads to.
func (x *matroskaIndex) readCues() error {
	at, err := x.findCues()
	if err == nil {
		err = x.goTo(at)
	}
	if err != nil {
		return err
	}
	id, size, err := x.element()
	if err != nil || id != idCues || size < 0 || size > mostReferences {
		return errNoIndex
	}
	var now uint64
	for end := x.pos + size; x.pos < end; {
		id, size, err := x.element()
		if err != nil {
			return err
		}
		switch id {
		case idCuePoint, idCuePositions:
		case idCueTime:
			now, err = x.uint(size)
		case idCueCluster:
			var at uint64
			if at, err = x.uint(size); err == nil {
				x.known.add(point{time: x.time(float64(now)), at: x.segment + int64(at&(1<<62-1))})
			}
		default:
			err = x.pass(size)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// findCues gives the place of the index.
func (x *matroskaIndex) findCues() (at int64, err error) {
	if err := x.goTo(x.segment); err != nil {
		return 0, err
	}
	var what uint64
	for x.pos < x.first {
		id, size, err := x.element()
		if err != nil {
			return 0, err
		}
		switch id {
		case idSeekHead, idSeek:
		case idSeekID:
			what, err = x.uint(size)
		case idSeekPosition:
			var place uint64
			if place, err = x.uint(size); err == nil && what == idCues {
				return x.segment + int64(place&(1<<62-1)), nil
			}
		default:
			err = x.pass(size)
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, errNoIndex
}

// walk goes on from cluster to cluster, to the first one behind the time.
func (x *matroskaIndex) walk(to time.Duration) {
	for !x.ended && (len(x.known) == 0 || x.time(float64(x.cluster)) <= to) {
		start := x.pos
		id, size, err := x.element()
		switch {
		case err != nil:
		case id == idCluster:
			if x.begin, x.end = start, 0; size != unknownSize {
				x.end = x.pos + size
			}
		case id == idTimestamp:
			if x.cluster, err = x.uint(size); err == nil {
				x.known.add(point{time: x.time(float64(x.cluster)), at: x.begin})
				err = x.leave()
			}
		case id != idSegment:
			err = x.pass(size)
		}
		x.ended = err != nil // the end, or damage: whoever reads up to there is told
	}
}

// leave passes over what remains of a cluster; one of unknown size is walked through block by block.
func (x *matroskaIndex) leave() error {
	if x.end == 0 {
		return nil
	}
	return x.skip(max(x.end-x.pos, 0))
}
