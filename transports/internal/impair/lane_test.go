package impair

import (
	"math"
	"slices"
	"testing"
	"time"
)

// course sends packets through a lane, one each millisecond, and tells for each how many copies came.
func course(c Conditions, lane uint64, packets int) ([]int, Stats) {
	l := newLane(c, lane, overhead4)
	now := time.Unix(0, 0)
	copies := make([]int, packets)
	for i := range copies {
		_, copies[i] = l.pass(now, 1372)
		now = now.Add(time.Millisecond)
	}
	return copies, l.stats
}

// bursts counts the runs of lost packets.
func bursts(copies []int) (runs int) {
	for i, n := range copies {
		if n == 0 && (i == 0 || copies[i-1] != 0) {
			runs++
		}
	}
	return runs
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s is %.5f, want %.5f", what, got, want)
	}
}

func TestLossAndBurstLengthAreAsSet(t *testing.T) {
	const packets = 500_000
	for _, test := range []struct {
		name        string
		loss, burst float64
	}{
		{"1%", 0.01, 0},
		{"5%", 0.05, 1},
		{"10%", 0.10, 0},
		{"1% in bursts of 3", 0.01, 3},
		{"5% in bursts of 10", 0.05, 10},
		{"30% in bursts of 2", 0.30, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			copies, stats := course(Conditions{Seed: 1, Loss: test.loss, Burst: test.burst}, 0, packets)
			near(t, "loss", float64(stats.Lost)/packets, test.loss, 0.06)
			length := max(test.burst, 1/(1-test.loss)) // independent losses also follow each other now and then
			near(t, "burst length", float64(stats.Lost)/float64(bursts(copies)), length, 0.05)
			if stats.Sent != packets || stats.Delivered+stats.Lost != packets {
				t.Errorf("the counters do not add up: %+v", stats)
			}
		})
	}
}

func TestNothingOrEverythingIsLost(t *testing.T) {
	for _, burst := range []float64{0, 10} {
		if _, stats := course(Conditions{Burst: burst}, 0, 10_000); stats.Lost != 0 {
			t.Errorf("burst %v: %d lost without loss", burst, stats.Lost)
		}
		if _, stats := course(Conditions{Loss: 1, Burst: burst}, 0, 10_000); stats.Delivered != 0 {
			t.Errorf("burst %v: %d delivered with loss 1", burst, stats.Delivered)
		}
	}
}

func TestSharesOfReorderAndDuplicateAreAsSet(t *testing.T) {
	const packets = 200_000
	_, stats := course(Conditions{Seed: 3, Reorder: 0.05, Duplicate: 0.02}, 0, packets)
	near(t, "reordered share", float64(stats.Reordered)/packets, 0.05, 0.05)
	near(t, "duplicated share", float64(stats.Duplicated)/packets, 0.02, 0.05)
	if stats.Delivered != packets+stats.Duplicated {
		t.Errorf("the counters do not add up: %+v", stats)
	}
}

func TestSameSeedSameLosses(t *testing.T) {
	base := Conditions{Seed: 7, Loss: 0.1, Burst: 4}
	want, _ := course(base, 0, 10_000)
	lossOf := func(c Conditions, lane uint64) []int {
		copies, _ := course(c, lane, 10_000)
		for i := range copies {
			copies[i] = min(copies[i], 1)
		}
		return copies
	}
	with := func(change func(*Conditions)) Conditions {
		c := base
		change(&c)
		return c
	}
	for _, test := range []struct {
		name string
		got  []int
		same bool
	}{
		{"again", lossOf(base, 0), true},
		{"with everything else added", lossOf(with(func(c *Conditions) {
			c.Jitter, c.Reorder, c.Duplicate, c.Delay = time.Millisecond, 0.3, 0.3, time.Second
		}), 0), true},
		{"another seed", lossOf(with(func(c *Conditions) { c.Seed = 8 }), 0), false},
		{"another direction", lossOf(base, 1), false},
	} {
		if slices.Equal(test.got, want) != test.same {
			t.Errorf("%s: losses are the same: %v, want %v", test.name, !test.same, test.same)
		}
	}
}

func TestJitterKeepsTheOrderAndReorderDoesNot(t *testing.T) {
	now := time.Unix(0, 0)
	for _, test := range []struct {
		c       Conditions
		ordered bool
	}{
		{Conditions{Delay: 10 * time.Millisecond, Jitter: 20 * time.Millisecond}, true},
		{Conditions{Delay: 10 * time.Millisecond, Reorder: 0.1}, false},
	} {
		l := newLane(test.c, 0, overhead4)
		last, ordered := now, true
		for i := range 1000 {
			sent := now.Add(time.Duration(i) * time.Millisecond)
			due, _ := l.pass(sent, 100)
			ordered = ordered && !due[0].Before(last)
			last = due[0]
			most := sent.Add(test.c.Delay + test.c.Jitter + 5*time.Millisecond)
			if due[0].Before(sent.Add(test.c.Delay)) || due[0].After(most) {
				t.Fatalf("packet %d takes %v", i, due[0].Sub(sent))
			}
		}
		if ordered != test.ordered {
			t.Errorf("%+v: in order: %v", test.c, ordered)
		}
	}
}

func TestRateSpacesPacketsAndDropsWhatItsQueueCannotHold(t *testing.T) {
	// 1000 bytes take 1 ms; one packet is being sent and ten wait.
	l := newLane(Conditions{Rate: 8_000_000, Queue: 10_000}, 0, overhead4)
	now := time.Unix(0, 0)
	for i := range 20 {
		due, copies := l.pass(now, 1000)
		if want := i < 10; (copies == 1) != want {
			t.Fatalf("packet %d: %d copies", i, copies)
		}
		if at := now.Add(time.Duration(i+1) * time.Millisecond); copies == 1 && !due[0].Equal(at) {
			t.Fatalf("packet %d comes after %v", i, due[0].Sub(now))
		}
	}
	if l.stats.Overflowed != 10 {
		t.Errorf("%d dropped, want 10", l.stats.Overflowed)
	}
	if _, copies := l.pass(now.Add(time.Millisecond), 1000); copies != 1 {
		t.Error("there is no room after a packet left")
	}
}

func TestMTU(t *testing.T) {
	l := newLane(Conditions{MTU: 1400}, 0, overhead4)
	if _, copies := l.pass(time.Unix(0, 0), 1372); copies != 1 {
		t.Error("1372 bytes do not pass an MTU of 1400")
	}
	if _, copies := l.pass(time.Unix(0, 0), 1373); copies != 0 || l.stats.Oversized != 1 || l.stats.Largest != 1373 {
		t.Errorf("1373 bytes pass an MTU of 1400: %+v", l.stats)
	}
}
