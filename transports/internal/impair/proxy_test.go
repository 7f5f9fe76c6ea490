package impair

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// open opens a socket on the loopback interface that fails the test rather than block it.
func open(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(loopback))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func local(conn *net.UDPConn) netip.AddrPort { return conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func receive(t *testing.T, conn *net.UDPConn) (int, netip.AddrPort) {
	t.Helper()
	var b [2000]byte
	_, from, err := conn.ReadFromUDPAddrPort(b[:])
	if err != nil {
		t.Fatal(err)
	}
	return number(b[:]), from
}

func sendTo(t *testing.T, conn *net.UDPConn, n, size int, to netip.AddrPort) {
	t.Helper()
	if _, err := conn.WriteToUDPAddrPort(numbered(n, size), to); err != nil {
		t.Fatal(err)
	}
}

func TestProxyLosesWhatALinkLoses(t *testing.T) {
	const packets, last = 200, 1 << 30 // as many as a small socket buffer holds
	c := Conditions{Seed: 11, Loss: 0.2, Burst: 3}
	target, client := open(t), open(t)
	p := New(t, local(target), c)
	var got []int
	sent := 0
	for i := range packets {
		sendTo(t, client, i, 100, p.Addr())
		// The proxy counts a packet when it has decided: sending at its pace, no socket can overflow.
		for sent++; p.Forth().Sent < uint64(sent); {
			<-time.After(50 * time.Microsecond)
		}
	}
	p.Set(Conditions{})
	sendTo(t, client, last, 100, p.Addr())
	for n := 0; n != last; {
		if n, _ = receive(t, target); n != last {
			got = append(got, n)
		}
	}
	var want []int
	copies, _ := course(c, 0, packets)
	for i, n := range copies {
		if n > 0 {
			want = append(want, i)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d packets came, %d should have, or not the same ones", len(got), len(want))
	}
}

func TestProxyForwardsBothWaysForManyClients(t *testing.T) {
	target, one, two := open(t), open(t), open(t)
	p := New(t, local(target), Conditions{Delay: time.Millisecond})
	sendTo(t, one, 1, 100, p.Addr())
	_, from1 := receive(t, target)
	sendTo(t, two, 2, 1200, p.Addr())
	_, from2 := receive(t, target)
	if from1 == from2 {
		t.Fatalf("two clients come from the same address %s", from1)
	}
	sendTo(t, target, 3, 100, from2)
	sendTo(t, target, 4, 100, from1)
	if n, from := receive(t, one); n != 4 || from != p.Addr() {
		t.Errorf("the first client got %d from %s", n, from)
	}
	if n, _ := receive(t, two); n != 3 {
		t.Errorf("the second client got %d", n)
	}
	if s := p.Forth(); s.Sent != 2 || s.Largest != 1200 || s.Bytes != 1300 {
		t.Errorf("counted %+v", s)
	}
	if s := p.Back(); s.Delivered != 2 {
		t.Errorf("counted %+v", s)
	}

	p.Rebind()
	sendTo(t, one, 5, 100, p.Addr())
	n, from := receive(t, target)
	if n != 5 || from == from1 {
		t.Errorf("after rebinding %d came from %s, which is the old address", n, from)
	}
	sendTo(t, target, 6, 100, from)
	if n, _ := receive(t, one); n != 6 {
		t.Errorf("after rebinding the client got %d", n)
	}
}

func TestProxyPartitionAndDirections(t *testing.T) {
	target, client := open(t), open(t)
	p := New(t, local(target), Conditions{})
	p.Partition(true)
	sendTo(t, client, 1, 100, p.Addr())
	for p.Forth().Cut != 1 {
		<-time.After(time.Millisecond)
	}
	p.Partition(false)
	p.SetBack(Conditions{Loss: 1})
	sendTo(t, client, 2, 100, p.Addr())
	n, from := receive(t, target)
	if n != 2 {
		t.Fatalf("%d came through a partition", n)
	}
	sendTo(t, target, 3, 100, from)
	for p.Back().Lost != 1 {
		<-time.After(time.Millisecond)
	}
	p.SetBack(Conditions{Duplicate: 1})
	sendTo(t, target, 4, 100, from)
	for range 2 {
		if n, _ := receive(t, client); n != 4 {
			t.Errorf("the client got %d", n)
		}
	}
}
