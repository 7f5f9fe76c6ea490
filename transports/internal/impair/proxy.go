package impair

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
)

// maxClients is how many addresses a proxy forwards for.
const maxClients = 1024

// Proxy stands between UDP sockets on this machine. Whoever sends to Addr reaches the target, each from an
// address of its own, and the answers come back.
type Proxy struct {
	front  *net.UDPConn
	target netip.AddrPort
	forth  *carrier
	back   *carrier
	wait   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	clients map[netip.AddrPort]*net.UDPConn
}

// New makes a proxy to a target on the loopback interface, which ends with the test.
func New(t testing.TB, target netip.AddrPort, c Conditions) *Proxy {
	t.Helper()
	overhead := overhead4
	if target.Addr().Is6() {
		overhead = overhead6
	}
	p := &Proxy{target: target, clients: map[netip.AddrPort]*net.UDPConn{}}
	var err error
	if p.front, err = p.listen(); err != nil {
		t.Fatalf("proxy: %v", err)
	}
	p.forth = newCarrier(newLane(c, 0, overhead), p.toTarget)
	p.back = newCarrier(newLane(c, 1, overhead), p.toClient)
	p.wait.Go(p.forth.run)
	p.wait.Go(p.back.run)
	p.wait.Go(p.readFront)
	t.Cleanup(p.close)
	return p
}

// Addr is where to send to.
func (p *Proxy) Addr() netip.AddrPort { return p.front.LocalAddr().(*net.UDPAddr).AddrPort() }

// Set changes the conditions of both directions, but not their sequences of random numbers.
func (p *Proxy) Set(c Conditions) {
	p.SetForth(c)
	p.SetBack(c)
}

// SetForth changes the conditions towards the target.
func (p *Proxy) SetForth(c Conditions) { p.forth.change(func(l *lane) { l.conditions = c }) }

// SetBack changes the conditions from the target.
func (p *Proxy) SetBack(c Conditions) { p.back.change(func(l *lane) { l.conditions = c }) }

// Partition cuts both directions, or joins them again. What is on its way still arrives.
func (p *Proxy) Partition(cut bool) {
	p.forth.change(func(l *lane) { l.cut = cut })
	p.back.change(func(l *lane) { l.cut = cut })
}

// Forth counts the direction to the target.
func (p *Proxy) Forth() (s Stats) {
	p.forth.change(func(l *lane) { s = l.stats })
	return s
}

// Back counts the direction from the target.
func (p *Proxy) Back() (s Stats) {
	p.back.change(func(l *lane) { s = l.stats })
	return s
}

// Rebind has every client come from another address from now on, as with a NAT that forgot it.
func (p *Proxy) Rebind() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget()
}

func (p *Proxy) forget() {
	for _, conn := range p.clients {
		conn.Close()
	}
	clear(p.clients)
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.forget()
	p.mu.Unlock()
	p.front.Close()
	p.forth.stop()
	p.back.stop()
	p.wait.Wait()
}

// listen opens a socket on the target's address, with room for bursts as far as the system grants it.
func (p *Proxy) listen() (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.target.Addr(), 0)))
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(4 << 20)
	_ = conn.SetWriteBuffer(4 << 20)
	return conn, nil
}

func (p *Proxy) readFront() {
	read(p.front, func(bytes []byte, from netip.AddrPort) { p.forth.carry(from, bytes) })
}

// toTarget sends on behalf of a client, whose socket it opens the first time.
func (p *Proxy) toTarget(client netip.AddrPort, bytes []byte) {
	p.mu.Lock()
	conn := p.clients[client]
	if conn == nil && !p.closed && len(p.clients) < maxClients {
		opened, err := p.listen()
		if err == nil {
			conn, p.clients[client] = opened, opened
			p.wait.Go(func() {
				read(opened, func(bytes []byte, _ netip.AddrPort) { p.back.carry(client, bytes) })
			})
		}
	}
	p.mu.Unlock()
	if conn != nil {
		_, _ = conn.WriteToUDPAddrPort(bytes, p.target) // lost, as on any network
	}
}

func (p *Proxy) toClient(client netip.AddrPort, bytes []byte) {
	_, _ = p.front.WriteToUDPAddrPort(bytes, client)
}

// read gives what comes to a socket until that is closed.
func read(conn *net.UDPConn, fn func(bytes []byte, from netip.AddrPort)) {
	buffer := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil { // else nobody listened there at some time, which Windows tells here
			fn(buffer[:n], from)
		}
	}
}
