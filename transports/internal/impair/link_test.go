package impair

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// arrival is what one datagram of a test was.
type arrival struct {
	number int
	from   netip.AddrPort
	after  time.Duration
}

// drain reads until nothing has come for a second.
func drain(t *testing.T, e *End, began time.Time) (got []arrival) {
	t.Helper()
	for {
		if err := e.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		err := e.Read(func(b []byte, from netip.AddrPort, at time.Time) {
			got = append(got, arrival{number(b), from, at.Sub(began)})
		})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// burst is datagrams of 100 bytes with the numbers from first on.
func burst(first, count int) (b []byte) {
	for i := range count {
		b = append(b, numbered(first+i, 100)...)
	}
	return b
}

func write(t *testing.T, e *End, bytes []byte, to netip.AddrPort) {
	t.Helper()
	if err := e.WriteTo(bytes, 100, to); err != nil {
		t.Fatal(err)
	}
}

func numbers(got []arrival) (n []int) {
	for _, a := range got {
		n = append(n, a.number)
	}
	return n
}

func TestLinkDelaysExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(Conditions{Delay: 10 * time.Millisecond})
		a, b := link.End(addressA), link.End(addressB)
		began := time.Now()
		write(t, a, burst(0, 3), addressB)
		got := drain(t, b, began)
		want := []arrival{{0, addressA, 10 * time.Millisecond}, {1, addressA, 10 * time.Millisecond},
			{2, addressA, 10 * time.Millisecond}}
		if !slices.Equal(got, want) {
			t.Errorf("came %v, want %v", got, want)
		}
	})
}

func TestLinkGivesTheSameCourseEachTime(t *testing.T) {
	c := Conditions{Seed: 5, Loss: 0.1, Burst: 3, Delay: 5 * time.Millisecond, Jitter: 8 * time.Millisecond,
		Reorder: 0.05, Duplicate: 0.05, Rate: 14_000_000, Queue: 5_000}
	run := func() (got []arrival, stats Stats) {
		synctest.Test(t, func(t *testing.T) {
			link := NewLink(c)
			a, b := link.End(addressA), link.End(addressB)
			began := time.Now()
			done := make(chan struct{})
			go func() {
				defer close(done)
				got = drain(t, b, began)
			}()
			for i := range 200 {
				write(t, a, burst(i*20, 20), addressB)
				<-time.After(time.Millisecond)
			}
			<-done
			stats = link.Stats(a, b)
		})
		return got, stats
	}
	first, stats := run()
	second, again := run()
	if !slices.Equal(first, second) || stats != again {
		t.Errorf("two runs differ: %d and %d arrivals, %+v and %+v", len(first), len(second), stats, again)
	}
	if uint64(len(first)) != stats.Delivered || stats.Lost == 0 || stats.Overflowed == 0 || stats.Reordered == 0 ||
		stats.Duplicated == 0 || slices.IsSorted(numbers(first)) {
		t.Errorf("%d arrived, %+v", len(first), stats)
	}
}

func TestLinkConditionsChangeInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(Conditions{})
		a, b := link.End(addressA), link.End(addressB)
		write(t, a, burst(0, 1), addressB)
		link.Partition(true)
		write(t, a, burst(1, 1), addressB)
		link.Partition(false)
		write(t, a, burst(2, 1), addressB)
		link.SetPath(a, b, Conditions{Loss: 1})
		write(t, a, burst(3, 1), addressB)
		write(t, b, burst(4, 1), addressA)
		link.Set(Conditions{})
		write(t, a, burst(5, 1), addressB)
		if got := numbers(drain(t, b, time.Now())); !slices.Equal(got, []int{0, 2, 5}) {
			t.Errorf("b got %v", got)
		}
		if got := numbers(drain(t, a, time.Now())); !slices.Equal(got, []int{4}) {
			t.Errorf("a got %v", got)
		}
		if s := link.Stats(a, b); s.Cut != 1 || s.Lost != 1 || s.Sent != 5 || s.Delivered != 3 {
			t.Errorf("counted %+v", s)
		}
	})
}

func TestLinkAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(Conditions{})
		a, b := link.End(addressA), link.End(addressB)
		a.Rebind(addressC)
		write(t, a, burst(0, 1), addressB)
		write(t, b, burst(1, 1), addressA) // nobody is there any more
		write(t, b, burst(2, 1), addressC)
		if got := drain(t, b, time.Now()); len(got) != 1 || got[0].from != addressC {
			t.Errorf("b got %v, want one from %s", got, addressC)
		}
		if got := numbers(drain(t, a, time.Now())); !slices.Equal(got, []int{2}) {
			t.Errorf("a got %v", got)
		}
		newer := link.End(addressB)
		write(t, a, burst(3, 1), addressB)
		if got := numbers(drain(t, newer, time.Now())); !slices.Equal(got, []int{3}) {
			t.Errorf("the newest end at the address got %v", got)
		}
		if err := newer.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, a, burst(4, 1), addressB)
		if got := numbers(drain(t, b, time.Now())); !slices.Equal(got, []int{4}) {
			t.Errorf("the older end got %v after the newer one closed", got)
		}
	})
}

func TestLinkGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(Conditions{})
		a, b, c := link.End(addressA), link.End(addressB), link.End(addressC)
		group := netip.MustParseAddrPort("239.1.1.1:5000")
		if err := b.JoinGroup(group.Addr(), netip.Addr{}, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.JoinGroup(group.Addr(), addressB.Addr(), nil); err != nil {
			t.Fatal(err)
		}
		write(t, a, burst(1, 1), group)
		write(t, b, burst(2, 1), group)
		if got := numbers(drain(t, b, time.Now())); !slices.Equal(got, []int{1, 2}) {
			t.Errorf("the member of any source got %v", got)
		}
		if got := numbers(drain(t, c, time.Now())); !slices.Equal(got, []int{2}) {
			t.Errorf("the member of one source got %v", got)
		}
		if err := a.JoinGroup(addressB.Addr(), netip.Addr{}, nil); err == nil {
			t.Error("joined an address that is no group")
		}
	})
}

func TestLinkReadEnds(t *testing.T) {
	nothing := func([]byte, netip.AddrPort, time.Time) { panic("nothing was sent") }
	synctest.Test(t, func(t *testing.T) {
		e := NewLink(Conditions{}).End(addressA)
		failed := make(chan error)
		go func() { failed <- e.Read(nothing) }()
		synctest.Wait()
		if err := e.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := <-failed; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("a deadline set later gives %v after %v", err, time.Since(began))
		}
		if err := e.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		go func() { failed <- e.Read(nothing) }()
		synctest.Wait()
		e.Close()
		if err := <-failed; !errors.Is(err, net.ErrClosed) {
			t.Errorf("closing gives %v", err)
		}
		if err := e.WriteTo([]byte{1}, 0, addressB); !errors.Is(err, net.ErrClosed) {
			t.Errorf("writing after closing gives %v", err)
		}
	})
}

// BenchmarkLink moves bursts of 20 datagrams of 1372 bytes.
func BenchmarkLink(b *testing.B) {
	link := NewLink(Conditions{Duplicate: 0.01, Rate: 1 << 40})
	from, to := link.End(addressA), link.End(addressB)
	bytes, nothing := make([]byte, 20*1372), func([]byte, netip.AddrPort, time.Time) {}
	b.ReportAllocs()
	b.SetBytes(int64(len(bytes)))
	for b.Loop() {
		if err := from.WriteTo(bytes, 1372, addressB); err != nil {
			b.Fatal(err)
		}
		if err := to.Read(nothing); err != nil {
			b.Fatal(err)
		}
	}
}
