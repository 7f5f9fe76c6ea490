package pipelinetest

import (
	"context"
	"errors"
	"time"

	"framewire/pipeline"
)

// sendAll writes the frames as a lossless stream and gives what the receiver must find.
func (s *sender) sendAll(frames []*pipeline.Frame) []seal {
	s.tr.Helper()
	sent := seals(lossless(frames))
	for _, f := range frames {
		s.send(f)
	}
	return sent
}

// wireFrames is one frame of each sort that may travel, numbered with a gap and marked in every field.
func wireFrames(p *pipeline.Pool) []*pipeline.Frame {
	padded := pipeline.Raw(pipeline.LayoutBGR, 33, 17)
	padded.Stride += 13
	formats := []pipeline.Format{
		pipeline.Raw(pipeline.LayoutBGR, 64, 48),
		pipeline.Raw(pipeline.LayoutGray, 1, 1),
		pipeline.Raw(pipeline.LayoutGray, 1399, 3),
		pipeline.Raw(pipeline.LayoutI420, 35, 21),
		padded,
		pipeline.JPEG(64, 48),
		pipeline.JPEG(161, 91),
		pipeline.JPEG(1, 1),
		pipeline.Raw(pipeline.LayoutBGR, 1920, 1080),
		pipeline.JPEG(640, 480),
	}
	var list []*pipeline.Frame
	for i, format := range formats {
		seq := uint64(i)
		if i > len(formats)/2 {
			seq += 1 << 33 // a gap is no fault: frames were dropped before the transport
		}
		f := Frame(p, format, uint64(i))
		f.Seq, f.PTS = seq, time.Duration(i)*33366667*time.Nanosecond
		f.Meta = pipeline.Meta{Name: []string{"", "photo.jpg", "Grüße aus 東京.png"}[i%3], Rotation: 90 * (i % 4)}
		list = append(list, f)
	}
	return list
}

func (c TransportCase) arrivesWhole(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	sent := s.sendAll(wireFrames(tr.pool))
	d.expect(sent)
	d.finish()
	s.close()
}

func (c TransportCase) receiverFirst(tr *trial) {
	l := c.link(tr)
	r := l.newReceiver()
	opened := begin(tr.ctx, r.source.Open)
	s := l.newSender()
	s.open()
	r.isOpen = opened(tr)
	d := r.reading(0)
	d.expect(s.sendAll(Frames(tr.pool, pipeline.JPEG(64, 48), 3)))
	d.finish()
	s.close()
}

// senderFirst writes before a receiver exists. A sender that dials may wait in Open, or in vain.
func (c TransportCase) senderFirst(tr *trial) {
	l := c.link(tr)
	s := l.newSender()
	frames := lossless(Frames(tr.pool, pipeline.JPEG(64, 48), 3))
	tr.releaseLater(frames)
	written := 0
	done := begin(tr.ctx, func(ctx context.Context) error {
		if err := s.sink.Open(ctx); err != nil {
			return err
		}
		for ; written < len(frames); written++ {
			if err := s.sink.Write(ctx, frames[written]); err != nil {
				_ = s.sink.Close()
				return err
			}
		}
		return nil
	})
	d := l.newReceiver().reading(0)
	d.expect(seals(frames))
	s.isOpen = done(tr)
	d.finish()
	s.close()
}

func (c TransportCase) endArrives(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	if _, ok := s.sink.(pipeline.Ender); !ok {
		tr.Fatalf("the sending end has no End, so its receivers cannot tell an end from a failure")
	}
	sent := s.sendAll(Frames(tr.pool, pipeline.JPEG(161, 91), 20))
	s.end()
	s.close()
	d.expect(sent)
	d.end()
	d.finish()
}

func (c TransportCase) senderRestarts(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	for run := range 3 {
		frames := Frames(tr.pool, pipeline.JPEG(64, 48), 3)
		for _, f := range frames {
			f.Stream = pipeline.StreamID{'r', 'u', 'n', byte(run)}
		}
		d.expect(s.sendAll(frames))
		s.close()
		s = l.newSender()
		s.open()
	}
	d.finish()
	s.close()
}

func (c TransportCase) receiverRestarts(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	for range 3 {
		d.warm(s) // live: what is sent while nobody is there is gone
		d.finish()
		d = l.newReceiver().reading(0)
	}
	d.warm(s)
	d.finish()
	s.close()
}

// cancelEndsRead cancels while nobody is there, and then while the sender is silent.
func (c TransportCase) cancelEndsRead(tr *trial) {
	l := c.link(tr)
	alone := l.newReceiver().reading(0)
	if f := alone.within(pause); f != nil {
		f.Release()
		tr.Errorf("receiver: frame %d arrives, and nobody sends", f.Seq)
	}
	alone.finish()
	if errors.Is(alone.err, pipeline.ErrEnd) {
		tr.Errorf("receiver: Read: %v, and nobody has sent an end", alone.err)
	}
	s, d := l.connect(0)
	d.warm(s)
	d.finish()
	if errors.Is(d.err, pipeline.ErrEnd) {
		tr.Errorf("receiver: Read: %v, and the sender is silent", d.err)
	}
	s.close()
}

// cancelEndsWrite writes a lossless stream that nobody receives, which has to wait somewhere.
func (c TransportCase) cancelEndsWrite(tr *trial) {
	l := c.link(tr)
	s := l.newSender()
	ctx, cancel := context.WithCancel(tr.ctx)
	time.AfterFunc(pause, cancel)
	if err := retry(ctx, s.openWith); err == nil {
		for seq := uint64(0); ctx.Err() == nil; seq++ {
			f := lossless([]*pipeline.Frame{Frame(tr.pool, pipeline.JPEG(64, 48), seq)})[0]
			_ = s.write(ctx, f)
			f.Release()
		}
		s.close()
	}
}

func (c TransportCase) allocates(tr *trial) {
	l := c.link(tr)
	s, d := l.connect(0)
	d.warm(s)
	template := Frame(tr.pool, pipeline.Raw(pipeline.LayoutGray, 320, 240), 0)
	defer template.Release()
	template.Lossless = true
	var failed error
	step := func() {
		f := template.Derive(len(template.Data))
		copy(f.Data, template.Data)
		template.Seq++
		err := s.sink.Write(tr.ctx, f)
		f.Release()
		if err != nil {
			failed = err
			return
		}
		select {
		case f := <-d.frames:
			if f != nil {
				f.Release()
			} else {
				failed = d.err
			}
		case <-tr.ctx.Done():
			failed = tr.ctx.Err()
		}
	}
	tr.call("the first frames", func() {
		for range 20 {
			step()
		}
	})
	atMost(tr, c.Allocs, 50, step)
	if failed != nil {
		tr.Errorf("a frame in lockstep: %v", failed)
	}
	d.finish()
	s.close()
}
