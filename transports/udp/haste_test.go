package udp

import (
	"testing"
	"time"

	"framewire/transports/datagram"
	"framewire/transports/internal/impair"
)

// network feeds a haste with reports, 20 times a second.
type network struct {
	haste
	now time.Time
	r   datagram.Report
}

func newNetwork(local bool) *network {
	n := &network{now: time.Unix(1000, 0)}
	n.begin(local)
	return n
}

// reports gives so many reports, each of 100 packets of which some were lost.
func (n *network) reports(count int, lost uint64, queue time.Duration) int {
	for range count {
		n.now = n.now.Add(50 * time.Millisecond)
		n.r.Highest, n.r.Received = n.r.Highest+100, n.r.Received+100-lost
		n.report(n.r, 10*time.Millisecond, queue, n.now)
	}
	return n.step
}

func TestHasteGrowsWhileAllIsWell(t *testing.T) {
	n := newNetwork(false)
	if n.over(100*time.Millisecond) != 70*time.Millisecond {
		t.Errorf("the first frames leave over %s", n.over(100*time.Millisecond))
	}
	if got := n.reports(6, 0, time.Millisecond); got < 1 || got > 3 {
		t.Errorf("step %d after 0.3 s", got)
	}
	if got := n.reports(14, 0, time.Millisecond); got != mostHaste || n.over(100*time.Millisecond) != 0 {
		t.Errorf("step %d after a second, frames leave over %s", got, n.over(100*time.Millisecond))
	}
	if got := n.reports(100, 0, time.Millisecond); got != mostHaste {
		t.Errorf("step %d of %d", got, mostHaste)
	}
}

func TestHasteEndsWithTrouble(t *testing.T) {
	for _, test := range []struct {
		name  string
		lost  uint64
		queue time.Duration
		count int // reports of it
		want  int
	}{
		{"one lost packet", 1, 0, 1, mostHaste - 2},
		{"many at once", 60, 0, 1, mostHaste - 2},
		{"what is told in two reports", 1, 0, 2, mostHaste - 2},
		{"again and again", 1, 0, 12, 0},
		{"one delay, as of a busy machine", 0, 20 * time.Millisecond, 1, mostHaste},
		{"delays", 0, 20 * time.Millisecond, 2, mostHaste - 2},
		{"a delay that is none", 0, 4 * time.Millisecond, 20, mostHaste},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork(false)
			n.reports(40, 0, 0)
			if got := n.reports(test.count, test.lost, test.queue); got != test.want {
				t.Errorf("step %d, want %d", got, test.want)
			}
		})
	}
}

// A network that loses bursts, and only these, sees fewer and fewer of them.
func TestHasteTriesLessOften(t *testing.T) {
	n := newNetwork(false)
	trouble := func(reports int) (count int) {
		for range reports {
			lost := uint64(0)
			if n.step > 3 {
				lost = 20
				count++
			}
			n.reports(1, lost, 0)
		}
		return count
	}
	first, minute := trouble(200), 20*60
	trouble(5 * minute)
	later := trouble(minute)
	if first < 2 || later > 4 || later < 1 {
		t.Errorf("%d losses in the first 10 seconds, %d in the seventh minute", first, later)
	}
	if n.step < 1 {
		t.Errorf("step %d, though 3 goes well", n.step)
	}
	if got := n.reports(2*minute, 0, 0); got != mostHaste {
		t.Errorf("a network that got better is on step %d after two minutes", got)
	}
}

func TestHasteTowardsThisMachine(t *testing.T) {
	n := newNetwork(true)
	if got := n.reports(20, 0, time.Second); got != mostHaste {
		t.Errorf("a machine that is busy has its stream on step %d", got)
	}
	if got := n.reports(1, 5, 0); got != mostHaste-2 {
		t.Errorf("a receiver that loses packets has its stream on step %d", got)
	}
}

// Reports that come in another order than they left change nothing.
func TestHasteIgnoresOldReports(t *testing.T) {
	n := newNetwork(false)
	n.reports(40, 0, 0)
	old := n.r
	n.reports(1, 0, 0)
	n.report(old, 0, time.Second, n.now)
	if got := n.reports(1, 0, 0); got != mostHaste {
		t.Errorf("step %d", got)
	}
}

// A frame is there as soon as the network lets it where nothing is lost, also where bursts overflow a switch
// with little memory, of which few are tried.
func TestHasteOverNetworks(t *testing.T) {
	const size, frames = 90_000, 1800
	for _, test := range []struct {
		name      string
		rate      int
		queue     int
		p50, p99  time.Duration // at most
		overflown float64       // percent of the packets, at most
	}{
		{"gigabit", 1e9, 1 << 20, 7 * time.Millisecond, 25 * time.Millisecond, 0},
		{"100 Mbit/s", 100e6, 1 << 20, 17 * time.Millisecond, 25 * time.Millisecond, 0},
		{"gigabit, then 100 Mbit/s with 30 KB of queue", 100e6, 30_000, 17 * time.Millisecond, 30 * time.Millisecond, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, w := stream(t, setting{conditions: impair.Conditions{
				Seed: 1, Delay: 5 * time.Millisecond, Rate: test.rate, Queue: test.queue,
			}}, frames, always(size))
			sent := w.link.Stats(w.end("10.0.0.1"), w.end("10.0.0.2"))
			overflown := 100 * float64(sent.Overflowed) / float64(sent.Sent)
			t.Logf("p50 %s, p99 %s, %.2f%% of the packets overflowed", got.percentile(50), got.percentile(99), overflown)
			if len(got.seqs) < frames-2 {
				t.Errorf("%d of %d frames came", len(got.seqs), frames)
			}
			if got.percentile(50) > test.p50 || got.percentile(99) > test.p99 || overflown > test.overflown {
				t.Errorf("want p50 %s, p99 %s, %.2f%%", test.p50, test.p99, test.overflown)
			}
		})
	}
}
