package demux

import (
	"sort"
	"time"
)

// leastApart is how far apart two points are at least: what lies between is quickly read.
const leastApart = time.Second

// point is a place in a file from which a demuxer can go on.
type point struct {
	time time.Duration // that the clip tells for the first picture there
	at   int64         // in bytes
	tick int64         // number of that picture, for formats that count
}

// points are the places of a file that are known, in the order of their times.
type points []point

// add notes a place behind those that are known, unless it is close to the last.
func (p *points) add(next point) {
	if n := len(*p); n == 0 || next.time >= (*p)[n-1].time+leastApart && next.at > (*p)[n-1].at {
		*p = append(*p, next)
	}
}

// before gives the last place whose picture is not later than the time, or the first place.
func (p points) before(t time.Duration) (found point, ok bool) {
	if len(p) == 0 {
		return point{}, false
	}
	n := sort.Search(len(p), func(i int) bool { return p[i].time > t })
	return p[max(n-1, 0)], true
}
