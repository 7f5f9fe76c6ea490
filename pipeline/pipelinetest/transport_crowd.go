package pipelinetest

import (
	"bytes"
	"net"
	"time"

	"framewire/pipeline"
)

// awaitPeers waits until the counters say that so many peers are connected.
func awaitPeers(tr *trial, what string, c *pipeline.Counters, n int64) {
	tr.Helper()
	tick := time.NewTicker(pause / 10)
	defer tick.Stop()
	for c.Peers.Load() != n {
		select {
		case <-tick.C:
		case <-tr.ctx.Done():
			tr.Fatalf("%s: Counters.Peers says %d and not %d", what, c.Peers.Load(), n)
		}
	}
}

func (c TransportCase) peersAreCounted(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	awaitPeers(tr, "sender", s.counters, 1)
	awaitPeers(tr, "receiver", d.counters, 1)
	d.expect(s.sendAll(Frames(tr.pool, pipeline.JPEG(64, 48), 2)))
	d.finish()
	s.close()
	awaitPeers(tr, "sender after Close", s.counters, 0)
	awaitPeers(tr, "receiver after Close", d.counters, 0)
}

func (c TransportCase) losslessIsWhole(tr *trial) {
	const frames = 200
	l := c.link(tr)
	ready := Frames(tr.pool, pipeline.Raw(pipeline.LayoutGray, 320, 200), frames)
	sent := seals(lossless(ready))
	s, d := l.connect(time.Millisecond)
	for _, f := range ready { // faster than the reader, who begins late
		s.send(f)
	}
	s.end()
	s.close()
	d.expect(sent)
	d.end()
	d.finish()
}

// liveDrops writes more than any buffer holds while the receiver does not read. No Write may wait for it,
// and what arrives later is in order and whole.
func (c TransportCase) liveDrops(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	seq := d.warm(s)
	d.pause()
	for range 150 {
		s.send(Frame(tr.pool, pipeline.Raw(pipeline.LayoutGray, 1024, 512), seq))
		seq++
	}
	sent, got, last := seq, uint64(1), int64(-1) // one came while it was warmed up
	d.resume()
	for last < int64(sent) {
		f := d.within(pause)
		if f == nil {
			s.send(Frame(tr.pool, pipeline.Raw(pipeline.LayoutGray, 64, 48), seq))
			seq++
			continue
		}
		if int64(f.Seq) <= last {
			tr.Errorf("frame %d came after frame %d", f.Seq, last)
		}
		last = int64(f.Seq)
		got++
		f.Release()
	}
	if dropped := s.counters.Dropped.Load() + d.counters.Dropped.Load(); got < sent && dropped == 0 {
		tr.Errorf("%d of %d frames arrived and neither end has counted a drop", got, sent)
	}
	d.finish()
	s.close()
}

// warm sends small live frames until one arrives, so that both ends are connected, and gives the next
// number.
func (d *reader) warm(s *sender) (next uint64) {
	d.tr.Helper()
	for seq := uint64(0); ; {
		s.send(Frame(d.tr.pool, pipeline.Raw(pipeline.LayoutGray, 64, 48), seq))
		seq++
		if f := d.within(pause); f != nil {
			f.Release()
			return seq
		}
	}
}

func (c TransportCase) manyReceivers(tr *trial) {
	const receivers = 4
	l := c.link(tr)
	s := l.newSender()
	s.open()
	var readers []*reader
	for range receivers {
		readers = append(readers, l.newReceiver().reading(0))
	}
	awaitPeers(tr, "sender", s.counters, receivers)
	sent := s.sendAll(Frames(tr.pool, pipeline.JPEG(161, 91), 50))
	s.end()
	s.close()
	for _, d := range readers {
		d.expect(sent)
		d.end()
		d.finish()
	}
}

// stalledNeighbour has one receiver that never reads beside two that do, on a live stream.
func (c TransportCase) stalledNeighbour(tr *trial) {
	l := c.link(tr)
	s, stalled := l.connect(0)
	stalled.warm(s)
	stalled.pause()
	var readers []*reader
	for range 2 {
		readers = append(readers, l.newReceiver().reading(0))
	}
	seq := uint64(1000)
	for _, d := range readers {
		for got := 0; got < 100; {
			s.send(Frame(tr.pool, pipeline.Raw(pipeline.LayoutGray, 512, 512), seq))
			seq++
			if f := d.within(pause); f != nil {
				got++
				f.Release()
			}
		}
	}
	for _, d := range readers {
		d.finish()
	}
	stalled.finish()
	s.close()
}

// greetings is what strangers say on a port.
func greetings() [][]byte {
	noise := make([]byte, 4096)
	paint(noise, len(noise), 3)
	return [][]byte{
		nil,
		[]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		[]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), // the start of a TLS handshake (RFC 8446)
		bytes.Repeat([]byte{0xFF}, 64),
		make([]byte, 2048),
		noise,
	}
}

// strangers has others talk to the port before the stream and while it runs.
func (c TransportCase) strangers(tr *trial) {
	l := c.link(tr)
	network, addr := c.Network, c.Addr(l.send, l.receive)
	if network == "" {
		network = "tcp"
	}
	intrude := func() {
		for _, words := range greetings() {
			conn, err := net.Dial(network, addr)
			if err != nil {
				continue // turned away at the door
			}
			tr.Cleanup(func() { _ = conn.Close() })
			_, _ = conn.Write(words) // it may hang up before the end
		}
	}
	s, d := l.connect(0)
	intrude()
	var sent []seal
	for seq := range uint64(30) {
		sent = append(sent, s.sendAll([]*pipeline.Frame{Frame(tr.pool, pipeline.JPEG(161, 91), seq)})...)
		if seq == 10 {
			intrude()
		}
	}
	s.end()
	s.close()
	d.expect(sent)
	d.end()
	d.finish()
}
