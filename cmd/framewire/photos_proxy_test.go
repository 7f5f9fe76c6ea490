//go:build unix

package main

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"framewire/transports/wire"
)

// Kinds that the wire format has no message for.
const (
	kindHello wire.Type = 0
	kindBytes wire.Type = 0x7F // of a connection that the proxy does not look into
)

const helloSize = 16 // bytes of a hello before its extensions

// passed is what came to the proxy: a hello, or a message.
type passed struct {
	conn     int // connection, from 0
	sender   bool
	kind     wire.Type
	nth      int // of its kind from that end in that connection, from 0
	transfer uint64
	verdict  wire.Verdict
	size     int // of all its bytes
	payload  int
}

// is reports whether it is a message of that kind.
func (m passed) is(kind wire.Type) bool { return m.kind == kind }

// whole has all of a message pass.
const whole = -1

// photoProxy stands between two ends of which the second listens. It knows the messages between them, and cuts
// connections where rule says how many bytes of a message pass yet.
type photoProxy struct {
	at, to      string
	senderDials bool
	opaque      bool // it passes bytes of which it knows nothing, in pieces of 16 KiB
	abort       bool // cut connections are reset, not closed
	rule        func(m passed) int

	listener net.Listener
	serving  sync.WaitGroup

	mu     sync.Mutex
	open   map[net.Conn]bool
	conns  int
	cuts   int
	chunks int64 // bytes of photos that the sender has sent
}

// startPhotoProxy begins to listen before the end at that address.
func startPhotoProxy(t *testing.T, p *photoProxy) *photoProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.listener, p.at, p.open = l, l.Addr().String(), make(map[net.Conn]bool)
	p.serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.serving.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		for conn := range p.open {
			_ = conn.Close()
		}
		p.open = nil
		p.mu.Unlock()
		p.serving.Wait()
	})
	return p
}

// keep notes a connection that is to be closed at the end, and reports false when that has come.
func (p *photoProxy) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		return false
	}
	p.open[conn] = true
	return true
}

func (p *photoProxy) serve(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	if !p.keep(from) || !p.keep(to) {
		return
	}
	p.mu.Lock()
	number := p.conns
	p.conns++
	p.mu.Unlock()
	var once sync.Once
	cut := func() {
		once.Do(func() {
			p.mu.Lock()
			p.cuts++
			abort := p.abort
			p.mu.Unlock()
			for _, conn := range []net.Conn{from, to} {
				if abort {
					_ = conn.(*net.TCPConn).SetLinger(0)
				}
				_ = conn.Close()
			}
		})
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(to, from, passed{conn: number, sender: p.senderDials}, cut) })
	p.pass(from, to, passed{conn: number, sender: !p.senderDials}, cut)
	both.Wait()
}

// pass hands messages on until the connection ends or is cut.
func (p *photoProxy) pass(to, from net.Conn, m passed, cut func()) {
	seen := make(map[wire.Type]int)
	next := readMessage
	if p.opaque {
		next = readBytes
	}
	for buf := []byte(nil); ; {
		var err error
		if buf, err = next(from, buf, &m); err != nil {
			_, _ = to.Write(buf) // the beginning of one that did not come whole
			_ = to.(*net.TCPConn).CloseWrite()
			return
		}
		m.nth, m.size = seen[m.kind], len(buf)
		seen[m.kind]++
		p.mu.Lock()
		if m.kind == wire.TypeChunk {
			p.chunks += int64(m.payload)
		}
		rule := p.rule
		p.mu.Unlock()
		n := whole
		if rule != nil {
			n = rule(m)
		}
		if n == whole {
			if _, err := to.Write(buf); err != nil {
				_ = from.Close()
				return
			}
			continue
		}
		_, _ = to.Write(buf[:min(n, len(buf))])
		cut()
		return
	}
}

// readMessage reads a hello, which comes first, or a message, as docs/wire-format.md describes them.
func readMessage(from io.Reader, buf []byte, m *passed) ([]byte, error) {
	first := buf == nil
	fixed := wire.HeaderSize
	if first {
		fixed = helloSize
	}
	buf, err := extend(from, buf[:0], fixed)
	if err != nil {
		return buf, err
	}
	if first {
		m.kind = kindHello
		return extend(from, buf, int(binary.BigEndian.Uint16(buf[14:])))
	}
	head := int(binary.BigEndian.Uint16(buf[2:]))
	m.kind, m.payload = wire.Type(buf[0]), int(binary.BigEndian.Uint32(buf[4:]))
	rest := head + m.payload
	if m.payload > 0 {
		rest += wire.TrailerSize
	}
	if buf, err = extend(from, buf, rest); err != nil {
		return buf, err
	}
	fields := buf[wire.HeaderSize:]
	if m.kind >= wire.TypeOffer && head >= 8 {
		m.transfer = binary.BigEndian.Uint64(fields)
	}
	if m.verdict = 0; m.kind == wire.TypeAnswer && head >= 9 {
		m.verdict = wire.Verdict(fields[8])
	}
	return buf, nil
}

// extend reads n bytes behind buf. It gives what came.
func extend(from io.Reader, buf []byte, n int) ([]byte, error) {
	had := len(buf)
	if cap(buf) < had+n {
		buf = append(make([]byte, 0, had+n), buf...)
	}
	got, err := io.ReadFull(from, buf[had:had+n])
	return buf[:had+got], err
}

func readBytes(from io.Reader, buf []byte, m *passed) ([]byte, error) {
	if buf == nil {
		buf = make([]byte, 16<<10)
	}
	buf = buf[:cap(buf)]
	n, err := from.Read(buf)
	m.kind = kindBytes
	return buf[:n], err
}

// sent gives how many bytes of photos the sender has sent, and how often a connection was cut.
func (p *photoProxy) sent() (chunks int64, cuts int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.chunks, p.cuts
}
