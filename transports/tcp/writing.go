package tcp

import "framewire/transports/wire"

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
			_, err = p.write(nil, checksum{})
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
		return jobFrame, p.beginFrame(), piece{}
	}
	p.framed = false
	if c, ok := p.nextPiece(); ok {
		return jobPiece, item{}, c
	}
	switch {
	case len(p.queue.items) > 0:
		return jobFrame, p.beginFrame(), piece{}
	case p.s.state == ending && len(p.s.window.photos) == 0:
		p.head = wire.AppendEnd(p.head[:0])
		return jobEnd, item{}, piece{}
	}
	return jobNone, item{}, piece{}
}

// beginFrame gives the queue's first frame to be written, which makes room for one more. The sender's lock is held.
func (p *peer) beginFrame() item {
	p.s.changed.Notify()
	return p.queue.begin()
}

func (p *peer) writeFrame(it item) error {
	f := it.frame
	if p.limit > 0 && len(f.Data) > int(p.limit) {
		p.s.end.complaints.Say(p.s.env.Log.Warn, "frame is too large for a receiver: raise max_frame there",
			"receiver", p.name, "bytes", len(f.Data), "limit", p.limit)
		p.s.env.Counters.Dropped.Add(1)
		p.written(checksum{})
		return nil
	}
	if !f.Lossless && !p.bounded {
		p.bounded = true
		boundUnsent(p.conn)
	}
	p.head = wire.AppendFrame(p.head[:0], f)
	size := len(f.Data)
	sum, err := p.write(f.Data, it.sum)
	if err != nil {
		return err
	}
	p.s.env.Counters.FramesOut.Add(1)
	p.wrote.Add(int64(size))
	p.written(sum)
	return nil
}

// written gives the frame back, tells its checksum to those who still have to write it, and lets the next
// one into the queue.
func (p *peer) written(sum checksum) {
	p.s.mu.Lock()
	if it := p.queue.items[0]; sum.known && !it.sum.known {
		for _, other := range p.s.peers {
			other.queue.learn(it.frame, sum)
		}
	}
	p.queue.written()
	p.s.mu.Unlock()
	p.s.changed.Notify()
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
