package tcp

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// cutter is a proxy that cuts connections after so many bytes.
type cutter struct {
	at, to   string
	listener net.Listener
	serving  sync.WaitGroup

	mu    sync.Mutex
	cuts  []cut // of the connections to come; those behind the last one are not cut
	up    int64 // bytes that came from those who connected
	count int   // connections
	last  net.Conn
}

// cut is how many bytes of a connection pass; 0 are all.
type cut struct{ up, down int64 }

// startCutter stands before an end that listens.
func startCutter(t testing.TB, to string, cuts ...cut) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", loopback)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{at: l.Addr().String(), to: to, listener: l, cuts: cuts}
	c.serving.Go(c.accept)
	t.Cleanup(func() {
		l.Close()
		c.serving.Wait()
	})
	return c
}

func (c *cutter) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.serving.Go(func() { c.serve(conn) })
	}
}

func (c *cutter) serve(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer to.Close()
	c.mu.Lock()
	c.count++
	c.last = from
	var limits cut
	if len(c.cuts) > 0 {
		limits, c.cuts = c.cuts[0], c.cuts[1:]
	}
	c.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() {
		c.pass(to, from, limits.up, func(n int64) {
			c.mu.Lock()
			c.up += n
			c.mu.Unlock()
		})
	})
	c.pass(from, to, limits.down, func(int64) {})
	both.Wait()
}

// pass copies until the connection ends, or the limit is reached: then nothing passes any more.
func (c *cutter) pass(to, from net.Conn, limit int64, count func(int64)) {
	b := make([]byte, 16<<10)
	for left := limit; ; {
		piece := b
		if limit > 0 {
			piece = b[:min(int64(len(b)), left)]
		}
		n, err := from.Read(piece)
		count(int64(n))
		if n > 0 {
			_, _ = to.Write(piece[:n]) // what is gone shows on the other side
		}
		left -= int64(n)
		if err != nil || limit > 0 && left == 0 {
			if errors.Is(err, io.EOF) {
				_ = to.(*net.TCPConn).CloseWrite()
			} else {
				to.Close()
				from.Close()
			}
			return
		}
	}
}

// sent gives the bytes that came from those who connected, and how many connections that took.
func (c *cutter) sent() (int64, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.up, c.count
}

// breakOff cuts the connection that came last.
func (c *cutter) breakOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last.Close()
}

// passing waits until the proxy got so many bytes.
func (c *cutter) passing(t testing.TB, bytes int64) {
	t.Helper()
	eventually(t, func() bool { n, _ := c.sent(); return n >= bytes })
}
