package mux

import "testing"

func TestPointsStayBounded(t *testing.T) {
	const most = 1 << 10
	p := points{least: 1, most: most}
	for i := range int64(5 * most) {
		p.add(i, 10*i)
	}
	if len(p.list) > most || len(p.list) < most/4 {
		t.Errorf("%d entries, wants at most %d and not much fewer", len(p.list), most)
	}
	for i, e := range p.list {
		if e.pos != 10*e.time || (i > 0 && e.time-p.list[i-1].time < p.least) {
			t.Fatalf("entry %d is %+v after %+v", i, e, p.list[i-1])
		}
	}
}
