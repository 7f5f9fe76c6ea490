package mux

// point is where something begins that players can start from.
type point struct{ time, pos int64 }

// points collects the index while the file grows. It is bounded: a longer recording gets a coarser one.
type points struct {
	list  []point
	least int64 // between the times of two entries
	most  int   // entries
}

func (p *points) add(time, pos int64) {
	if n := len(p.list); n > 0 && time-p.list[n-1].time < p.least {
		return
	}
	if len(p.list) == p.most {
		for i := range p.most / 2 {
			p.list[i] = p.list[2*i]
		}
		p.list = p.list[:p.most/2]
		p.least *= 2
	}
	p.list = append(p.list, point{time, pos})
}
