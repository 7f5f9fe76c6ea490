package datagram

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"framewire/pipeline"
)

const rtt = 20 * ms

// query is a step: these packets come, one after the other in that time, and then these shards are asked
// for, written as frame/block/index.
type step struct {
	at     time.Duration
	frame  uint32
	spread time.Duration // from the first to the last packet
	from   int
	to     int
	but    []int // packets in between that do not come
	asks   []string
}

// Frames have 20 data shards and 2 of parity.
func TestMissing(t *testing.T) {
	tests := []struct {
		name     string
		lossless bool
		steps    []step
	}{
		{"whole frames need nothing", false, []step{{at: 0, frame: 0, to: 22}, {at: 33 * ms, frame: 1, to: 20}}},
		{"parity is waited for", false, []step{{frame: 0, to: 20, but: []int{3, 4}}, {at: ms, frame: 0, from: 20, to: 22}}},
		{"parity does not suffice", false, []step{
			{frame: 0, to: 20, but: []int{3, 4, 5}, asks: []string{"0/0/3"}},
			{at: ms, frame: 0, from: 20, to: 22},
		}},
		{"asked once in a round trip, then for more, then no more", false, []step{
			{frame: 0, to: 22, but: []int{3, 4, 5, 6}, asks: []string{"0/0/3", "0/0/4"}},
			{at: 24 * ms},
			{at: 25 * ms, asks: []string{"0/0/3", "0/0/4", "0/0/5", "0/0/6"}},
			{at: 49 * ms},
			{at: 50 * ms, asks: []string{"0/0/5", "0/0/6"}},
			{at: 75 * ms},
			{at: 100 * ms},
		}},
		{"an answer shortens the list", false, []step{
			{frame: 0, to: 22, but: []int{3, 4, 5, 6}, asks: []string{"0/0/3", "0/0/4"}},
			{at: 20 * ms, frame: 0, from: 3, to: 4},
			{at: 25 * ms, asks: []string{"0/0/4", "0/0/5"}},
		}},
		{"a reordered packet is not lost at once", false, []step{
			{frame: 0, to: 8, but: []int{5, 6}},
			{frame: 0, from: 8, to: 9},
		}},
		{"where packets are overtaken by ten, none counts as lost sooner", false, []step{
			{frame: 0, to: 12, but: []int{1, 2, 3, 4}, asks: []string{"0/0/1", "0/0/2"}},
			{frame: 0, from: 4, to: 5},
			{frame: 0, from: 1, to: 4},
			{frame: 0, from: 12, to: 22},
			{at: 33 * ms, frame: 1, to: 13, but: []int{1, 2, 3, 4}},
			{at: 33 * ms, frame: 1, from: 13, to: 14, asks: []string{"1/0/1"}},
		}},
		{"a silent frame has ended", false, []step{
			{frame: 0, to: 10, spread: 9 * ms},
			{at: 13 * ms},
			{at: 14 * ms, asks: []string{"0/0/10", "0/0/11", "0/0/12", "0/0/13", "0/0/14", "0/0/15", "0/0/16", "0/0/17", "0/0/18", "0/0/19"}},
		}},
		{"so has one with a later one behind it", false, []step{
			{frame: 0, to: 19},
			{at: ms, frame: 1, to: 20, asks: []string{"0/0/19"}},
		}},
		{"nothing came of one", false, []step{
			{frame: 0, to: 20},
			{at: 33 * ms, frame: 2, to: 20},
			{at: 37 * ms},
			{at: 38 * ms, asks: blind(1)},
			{at: 62 * ms},
			{at: 63 * ms, asks: blind(1)},
			{at: 90 * ms},
		}},
		{"no time for a round trip", false, []step{
			{frame: 0, to: 10},
			{at: 101 * ms},
		}},
		{"lossless asks again and again", true, []step{
			{frame: 0, to: 22, but: []int{3, 4, 5}, asks: []string{"0/0/3"}},
			{at: 25 * ms, asks: []string{"0/0/3", "0/0/4"}},
			{at: 50 * ms, asks: []string{"0/0/3", "0/0/4"}},
			{at: time.Hour, asks: []string{"0/0/3", "0/0/4"}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, s := newRig(t, limits), NewSplitter()
			var next time.Time
			var waits bool
			for _, step := range test.steps {
				f := photo(r.pool, seeded(1), 1, 20*shard-100)
				f.Lossless = test.lossless
				list := packets(t, s, f, step.frame, shard, 2)
				f.Release()
				if waits && len(step.asks) > 0 && step.to == 0 && next.After(start.Add(step.at)) {
					t.Errorf("at %s something is asked for, the last answer was to come back at %s", step.at, next.Sub(start))
				}
				for i := step.from; i < step.to; i++ {
					r.now = start.Add(step.at)
					if n := step.to - step.from - 1; n > 0 {
						r.now = r.now.Add(step.spread * time.Duration(i-step.from) / time.Duration(n))
					}
					if !slices.Contains(step.but, i) {
						if err := r.add(list[i]); err != nil {
							t.Fatal(err)
						}
					}
				}
				if step.to == 0 {
					r.now = start.Add(step.at)
				}
				for _, f := range r.fetch() {
					f.Release()
				}
				var got []string
				next, waits = r.Missing(r.now, rtt, func(a Ask) {
					a.Each(func(i int) { got = append(got, fmt.Sprintf("%d/%d/%d", a.Frame, a.Block, i)) })
				})
				if !slices.Equal(got, step.asks) {
					t.Errorf("at %s asked for %v, want %v", step.at, got, step.asks)
				}
				if waits && !next.After(r.now) {
					t.Errorf("at %s it is to be asked again %s earlier", step.at, r.now.Sub(next))
				}
			}
			r.end()
		})
	}
}

// Of a large lossless frame only the first packet came: asking brings all the rest, though no more is asked for
// at once than what came justifies.
func TestAskingFromOnePacket(t *testing.T) {
	r := newRig(t, limits)
	f := photo(pipeline.NewPool(), seeded(1), 1, 3_000_000)
	f.Lossless = true
	list := packets(t, NewSplitter(), f, 1, shard, 10)
	if err := r.add(list[0]); err != nil {
		t.Fatal(err)
	}
	layout, err := LayoutOf(uint32(messageLength(f)), shard, 10)
	if err != nil {
		t.Fatal(err)
	}
	for round := 1; r.Ready() == 0; round++ {
		r.now = r.now.Add(rtt + rtt/4)
		var asks []Ask
		r.Missing(r.now, rtt, func(a Ask) { asks = append(asks, a) })
		if len(asks) == 0 || len(asks) > 2 && round == 1 {
			t.Fatalf("%d blocks are asked for in round %d", len(asks), round)
		}
		for _, a := range asks {
			a.Each(func(i int) {
				if err := r.add(list[layout.Index(int(a.Block), i)]); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	got := r.fetch()
	same(t, got[0], f)
	got[0].Release()
	f.Release()
	r.end()
}

func blind(frame uint32) (list []string) {
	for i := range 16 {
		list = append(list, fmt.Sprintf("%d/0/%d", frame, i))
	}
	return list
}

// A sender that answers every ask, over a line that loses a tenth both of the first time and of answers:
// nearly every frame comes in time without any parity.
func TestAskingHeals(t *testing.T) {
	random, s, source := seeded(3), NewSplitter(), pipeline.NewPool()
	r := newRig(t, limits)
	const frames = 300
	messages := make([]*Message, frames)
	var line []arrival
	send := func(m *Message, i int, at time.Duration, again bool) {
		if random.Float64() >= 0.1 {
			line = append(line, arrival{at + rtt/2, m.AppendPacket(nil, i, again)})
		}
	}
	for number := range uint32(frames) {
		f := photo(source, random, uint64(number), 50_000)
		m, err := s.Split(f, number, shard, 0)
		f.Release()
		if err != nil {
			t.Fatal(err)
		}
		messages[number] = m
		for i := range m.Packets() {
			send(m, i, time.Duration(number)*33*ms+time.Duration(i)*23*ms/time.Duration(m.Packets()), false)
		}
	}
	came, asked := 0, 0
	for tick := time.Duration(0); tick < frames*33*ms+time.Second; tick += ms {
		r.now = start.Add(tick)
		slices.SortStableFunc(line, func(x, y arrival) int { return int(x.at - y.at) })
		for len(line) > 0 && line[0].at <= tick {
			if err := r.add(line[0].packet); err != nil {
				t.Fatal(err)
			}
			line = line[1:]
		}
		for _, f := range r.fetch() {
			same(t, f, messages[f.Seq].Frame)
			f.Release()
			came++
		}
		r.Missing(r.now, rtt, func(a Ask) {
			a.Each(func(i int) {
				if m := messages[a.Frame]; m.Index(int(a.Block), i) >= 0 {
					send(m, m.Index(int(a.Block), i), tick+rtt/2, true)
					asked++
				}
			})
		})
	}
	if lost := frames * messages[0].Packets() / 10; came < frames*95/100 || asked > 2*lost {
		t.Errorf("%d of %d frames came, %d packets were asked for where about %d were lost; %+v", came, frames, asked, lost, r.Stats())
	}
	t.Logf("%d of %d frames, %d packets asked for, %+v", came, frames, asked, r.Stats())
	for _, m := range messages {
		m.Release()
	}
	r.end()
	if n := source.Outstanding(); n != 0 {
		t.Errorf("%d frames were not given back", n)
	}
}
