package tcp

import (
	"errors"
	"fmt"
	"os"
	"time"

	"framewire/transports/secure"
	"framewire/transports/wire"
)

// job is what the writing goroutine of a peer does next.
type job uint8

const (
	jobNone job = iota
	jobPong
	jobFrame
	jobOffer
	jobPiece
	jobEnd
	jobBye
)

// writeAll writes what there is until the connection ends or the stream does.
func (p *peer) writeAll() {
	for {
		var err error
		do, it, c := p.next()
		switch do {
		case jobNone:
			select {
			case <-p.more:
			case <-p.gone:
				return
			}
		case jobFrame:
			err = p.writeFrame(it)
		case jobPiece:
			err = p.writePiece(c)
		default:
			err = p.write(nil)
		}
		if err != nil {
			p.fail(err)
			return
		}
		if do == jobEnd || do == jobBye {
			p.finish()
			return
		}
	}
}

// next decides what to write. A frame or a piece of a photo it gives, for anything else it fills p.head.
func (p *peer) next() (job, item, piece) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.patient = p.s.lossless || len(p.transfers) > 0
	switch {
	case p.s.state == closing:
		p.head = wire.AppendBye(p.head[:0], "the sender stopped")
		return jobBye, item{}, piece{}
	case p.asked:
		p.asked = false
		p.pong.Sent = p.s.set.now()
		p.head = p.pong.Append(p.head[:0])
		return jobPong, item{}, piece{}
	}
	if ph := p.nextOffer(); ph != nil {
		p.head = wire.AppendOffer(p.head[:0], ph.number, ph.sum, ph.frame)
		return jobOffer, item{}, piece{}
	}
	if len(p.queue.items) > 0 && !p.framed {
		p.framed = true
		return jobFrame, p.queue.begin(), piece{}
	}
	p.framed = false
	if c, ok := p.nextPiece(); ok {
		return jobPiece, item{}, c
	}
	switch {
	case len(p.queue.items) > 0:
		return jobFrame, p.queue.begin(), piece{}
	case p.s.state == ending && len(p.s.window.photos) == 0:
		p.head = wire.AppendEnd(p.head[:0])
		return jobEnd, item{}, piece{}
	}
	return jobNone, item{}, piece{}
}

func (p *peer) writeFrame(it item) error {
	f := it.frame
	if p.limit > 0 && len(f.Data) > int(p.limit) {
		p.s.end.complaints.Say(p.s.env.Log.Warn, "frame is too large for a receiver: raise max_frame there",
			"receiver", p.name, "bytes", len(f.Data), "limit", p.limit)
		p.s.env.Counters.Dropped.Add(1)
		p.written()
		return nil
	}
	if !f.Lossless && !p.bounded {
		p.bounded = true
		boundUnsent(p.conn)
	}
	p.head = wire.AppendFrame(p.head[:0], f, it.sum)
	size := len(f.Data)
	if err := p.write(f.Data); err != nil {
		return err
	}
	p.s.env.Counters.FramesOut.Add(1)
	p.wrote.Add(int64(size))
	p.written()
	return nil
}

// written gives the frame back and lets the next one into the queue.
func (p *peer) written() {
	p.s.mu.Lock()
	p.queue.written()
	p.s.mu.Unlock()
	p.s.changed.Notify()
}

// write sends p.head and then data, in one system call where the kernel takes it at once. A live frame that
// is not through after settings.stall is given up together with its receiver, also when a little of it
// goes through now and then; a lossless one waits as long as the receiver shows with its pings that it lives.
func (p *peer) write(data []byte) error {
	p.vector[0], p.vector[1] = p.head, data
	p.buffers = p.vector[:2]
	if data == nil {
		p.buffers = p.vector[:1]
	}
	taken, err := 0, error(nil)
	if conn, ok := p.conn.(*secure.Conn); ok {
		taken, err = p.writeSecured(conn)
	} else {
		taken, err = p.writePlain()
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) || p.s.isClosing() {
		return err
	}
	if taken == 0 {
		return fmt.Errorf("it has taken nothing for %s", p.s.set.stall)
	}
	return fmt.Errorf("it is too slow for a live stream: it took %d of %d bytes in %s", taken, len(p.head)+len(data), p.s.set.stall)
}

// writePlain writes p.buffers until it is through, fails, or is given up, with os.ErrDeadlineExceeded. taken
// is how many bytes the kernel took.
func (p *peer) writePlain() (taken int, err error) {
	began := time.Now()
	for now := began; ; now = time.Now() {
		if err := p.conn.SetWriteDeadline(now.Add(p.s.set.tick)); err != nil {
			return taken, err
		}
		n, err := p.buffers.WriteTo(p.conn)
		p.s.env.Counters.BytesOut.Add(uint64(n))
		taken += int(n)
		switch {
		case err == nil, !errors.Is(err, os.ErrDeadlineExceeded), p.s.isClosing():
			return taken, err
		case !p.patient && time.Since(began) >= p.s.set.stall:
			return taken, err
		}
	}
}

// writeSecured is writePlain for a connection whose waiting has to be done below the encryption.
func (p *peer) writeSecured(conn *secure.Conn) (taken int, err error) {
	wait := secure.Wait{Tick: p.s.set.tick, Limit: p.s.set.stall, Stop: p.closing}
	if p.patient {
		wait.Limit = 0
	}
	size := len(p.vector[0]) + len(p.vector[1])
	taken, err = conn.Send(wait, p.buffers)
	if taken = min(taken, size); err == nil {
		taken = size // what encryption adds is not counted, as it is not where it is read
	}
	p.s.env.Counters.BytesOut.Add(uint64(taken))
	return taken, err
}

// finish closes our half of the connection after the last message. The other half ends when the
// receiver has read it.
func (p *peer) finish() {
	p.s.mu.Lock()
	p.told = true
	p.s.mu.Unlock()
	if half, ok := p.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // if it fails the connection is gone, and the reading goroutine sees it
	}
}

// fail ends the connection after an error in writing, unless that comes from the connection's end.
func (p *peer) fail(err error) {
	p.s.mu.Lock()
	p.queue.failed()
	if !p.over {
		p.failure = err
	}
	p.s.mu.Unlock()
	p.conn.Close()
}
