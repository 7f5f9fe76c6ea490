package secure

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// joined gives both ends of a secured connection over those connections.
func joined(t testing.TB, a, b net.Conn) (dialler, listener *Conn) {
	t.Helper()
	g := end{secret: rightSecret}.guard(t)
	served := make(chan outcome, 1)
	go func() {
		c, err := g.Server(b)
		served <- outcome{c, err}
	}()
	dialler, err := g.Client(a, "")
	if err != nil {
		t.Fatal(err)
	}
	other := <-served
	if other.err != nil {
		t.Fatal(other.err)
	}
	return dialler, other.conn
}

func never() bool { return false }

// pieces of some records each.
func pieces() ([][]byte, []byte) {
	all := make([]byte, 300_000)
	for i := range all {
		all[i] = byte(i * i >> 3)
	}
	return [][]byte{all[:76], all[76:]}, all
}

// What is sent arrives, in either direction, and nothing of it can be read on the way.
func TestSend(t *testing.T) {
	a, b := pair(t)
	tap := &tapped{Conn: a}
	dialler, listener := joined(t, tap, b)
	parts, all := pieces()
	for _, ends := range [][2]*Conn{{dialler, listener}, {listener, dialler}} {
		sent := make(chan error, 1)
		go func() {
			_, err := ends[0].Send(Wait{Tick: time.Second, Stop: never}, parts)
			sent <- err
		}()
		got := make([]byte, len(all))
		if _, err := io.ReadFull(ends[1], got); err != nil || !bytes.Equal(got, all) {
			t.Fatalf("other bytes came, or %v", err)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	}
	if seen := tap.out.Bytes(); bytes.Contains(seen, all[1000:1032]) || len(seen) < len(all) {
		t.Errorf("of %d bytes on the wire some are plain", len(seen))
	}
	if dialler.NetConn() != net.Conn(tap) {
		t.Error("the connection below is another one")
	}
}

// tapped is a connection of which somebody sees what is written.
type tapped struct {
	net.Conn
	out    bytes.Buffer
	writes int
}

func (c *tapped) Write(p []byte) (int, error) {
	c.out.Write(p)
	c.writes++
	return c.Conn.Write(p)
}

func (c *tapped) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }

// A frame leaves in system calls of 64 KiB, not in records of 16.
func TestSendGathers(t *testing.T) {
	a, b := pair(t)
	tap := &tapped{Conn: a}
	dialler, listener := joined(t, tap, b)
	go func() { _, _ = io.Copy(io.Discard, listener) }()
	parts, all := pieces()
	tap.writes = 0
	if _, err := dialler.Send(Wait{Tick: time.Second, Stop: never}, parts); err != nil {
		t.Fatal(err)
	}
	if most := len(all)/gather + 1; tap.writes > most {
		t.Errorf("%d writes for %d bytes, want %d", tap.writes, len(all), most)
	}
	_ = listener.Close()
}

// The end is told in either direction, and a connection that breaks off is an end too: what is said inside
// tells whether it was complete.
func TestEnds(t *testing.T) {
	a, b := pair(t)
	dialler, listener := joined(t, a, b)
	if err := dialler.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(listener); len(got) != 0 || err != nil {
		t.Errorf("after CloseWrite %x, %v", got, err)
	}
	if _, err := listener.Write([]byte("still")); err != nil {
		t.Errorf("the other half is closed too: %v", err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(dialler, got); err != nil || string(got) != "still" {
		t.Errorf("%q, %v", got, err)
	}
	c, d := pair(t)
	dialler, listener = joined(t, c, d)
	_ = c.(*net.TCPConn).CloseWrite()
	if _, err := listener.Read(got); err != io.EOF {
		t.Errorf("a connection that broke off gives %v", err)
	}
	_ = dialler.Close()
	if _, err := dialler.Write(got); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close %v", err)
	}
}

// A deadline of reading passes without harm, in the middle of a record too.
func TestReadGoesOnAfterADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		slow := &trickle{Conn: a, every: time.Second, bytes: 100}
		dialler, listener := joined(t, slow, b)
		slow.on.Store(true)
		want := bytes.Repeat([]byte("frame"), 1000)
		go func() { _, _ = dialler.Write(want) }()
		var got []byte
		interrupted := 0
		for len(got) < len(want) {
			_ = listener.SetReadDeadline(time.Now().Add(700 * time.Millisecond))
			p := make([]byte, 999)
			n, err := listener.Read(p)
			got = append(got, p[:n]...)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				interrupted++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, want) || interrupted < 10 {
			t.Errorf("%d bytes came, with %d interruptions", len(got), interrupted)
		}
		a.Close()
		b.Close()
	})
}

// trickle lets few bytes through at a time.
type trickle struct {
	net.Conn
	on    atomic.Bool
	every time.Duration
	bytes int
}

func (c *trickle) Write(p []byte) (n int, err error) {
	if !c.on.Load() {
		return c.Conn.Write(p)
	}
	for n < len(p) && err == nil {
		time.Sleep(c.every) // the test's clock
		var some int
		some, err = c.Conn.Write(p[n:min(len(p), n+c.bytes)])
		n += some
	}
	return n, err
}

// A slow network is waited for, whatever the ticks, and the stream goes on unharmed.
func TestSendWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		dialler, listener := joined(t, a, b)
		parts, all := pieces()
		got := make(chan []byte, 1)
		go func() {
			var read []byte
			for len(read) < 2*len(all) {
				<-time.After(700 * time.Millisecond) // the test's clock
				p := make([]byte, 9000)
				n, err := listener.Read(p)
				if read = append(read, p[:n]...); err != nil {
					break
				}
			}
			got <- read
		}()
		for range 2 {
			if _, err := dialler.Send(Wait{Tick: 100 * time.Millisecond, Stop: never}, parts); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(<-got, append(bytes.Clone(all), all...)) {
			t.Error("other bytes came")
		}
		a.Close()
		b.Close()
	})
}

// Who takes nothing, or too little, is given up after the limit, and at once when told to. Time is virtual
// here, so it can be compared.
func TestSendGivesUp(t *testing.T) {
	for _, test := range []struct {
		name  string
		limit time.Duration
		stop  time.Duration
		took  time.Duration
	}{
		{"limit", 5 * time.Second, time.Hour, 5 * time.Second},
		{"stop", 0, 3500 * time.Millisecond, 4 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, b := net.Pipe()
			dialler, _ := joined(t, a, b)
			parts, _ := pieces()
			go func() { _, _ = io.ReadFull(b, make([]byte, 1000)) }()
			began := time.Now()
			stop := func() bool { return time.Since(began) >= test.stop }
			wait := Wait{Tick: time.Second, Stop: stop}
			if test.limit > 0 {
				wait.Until = began.Add(test.limit)
			}
			taken, err := dialler.Send(wait, parts)
			if !errors.Is(err, os.ErrDeadlineExceeded) || taken != 1000 {
				t.Errorf("%s: %d bytes, %v", test.name, taken, err)
			}
			if took := time.Since(began); took != test.took {
				t.Errorf("%s: given up after %s, want %s", test.name, took, test.took)
			}
			if _, err := dialler.Send(Wait{Tick: time.Second, Stop: never}, parts); err == nil {
				t.Errorf("%s: something can be written after a frame that broke off", test.name)
			}
			a.Close()
			b.Close()
		})
	}
}

func TestSendDoesNotAllocate(t *testing.T) {
	a, b := pair(t)
	dialler, _ := joined(t, a, b)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{b}, make([]byte, 1<<16)) // the listener's machine
	}()
	parts, _ := pieces()
	wait := Wait{Tick: time.Second, Stop: never}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := dialler.Send(wait, parts); err != nil {
			t.Fatal(err)
		}
	}); n >= 10 { // none, but the race detector has pools forget what they hold; one a record would be twenty
		t.Errorf("sending twenty records allocates %.1f times", n)
	}
	a.Close()
	<-done
}

// The handshake of both ends, with all their certificates and proofs.
func BenchmarkHandshake(b *testing.B) {
	g := end{secret: rightSecret}.guard(b)
	b.ReportAllocs()
	for b.Loop() {
		c, d := net.Pipe()
		go func() { _, _ = g.Server(d) }()
		if _, err := g.Client(c, ""); err != nil {
			b.Fatal(err)
		}
		c.Close()
		d.Close()
	}
}
