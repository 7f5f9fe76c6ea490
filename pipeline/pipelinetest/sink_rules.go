package pipelinetest

import (
	"context"
	"runtime"
	"time"
	"weak"

	"framewire/pipeline"
)

// writeAll writes the frames until the sink says that it is done, and gives how many it took.
func (s *sinkTrial) writeAll(frames []*pipeline.Frame) (taken int) {
	s.tr.Helper()
	for i, f := range frames {
		err := s.write(s.tr.ctx, f)
		switch {
		case err == nil:
			taken++
		case steers(err, pipeline.ErrSkip):
		case steers(err, pipeline.ErrDone, pipeline.ErrEnd):
			return taken
		default:
			s.tr.Fatalf("Write of frame %d of %s: %v", i, f.Format, err)
		}
	}
	return taken
}

func (c SinkCase) writesToTheEnd(tr *trial) {
	s := c.make(tr)
	s.open()
	if s.writeAll(c.inputs(tr)) == 0 {
		tr.Errorf("the sink took none of the frames")
	}
	s.end()
	s.close()
}

func (c SinkCase) writesAndBreaksOff(tr *trial) {
	s := c.make(tr)
	s.open()
	s.writeAll(c.inputs(tr))
	s.close()
}

func (c SinkCase) takesWhatItAccepts(tr *trial) {
	for _, pattern := range c.accepts(tr) {
		for _, format := range examples(pattern) {
			frames := lossless(Frames(tr.pool, format, 2))
			tr.releaseLater(frames)
			s := c.make(tr)
			s.open()
			s.writeAll(frames)
			s.close()
		}
	}
}

func (c SinkCase) framesStay(tr *trial) {
	s := c.make(tr)
	s.open()
	inputs := c.inputs(tr)
	before := seals(inputs)
	s.writeAll(inputs)
	s.end()
	s.close()
	for i, f := range inputs {
		if what := before[i].broken(f); what != "" {
			tr.Errorf("frame %d of %s: %s", i, f.Format, what)
		}
	}
}

// keptIsRetained writes one frame and gives it back. When the sink has no reference to it then, nothing
// of the sink may point at it any more: the garbage collector says whether something does.
func (c SinkCase) keptIsRetained(tr *trial) {
	s := c.make(tr)
	s.open()
	frame, claimed := c.writeOne(tr, s)
	if !claimed {
		for range 10 {
			runtime.GC()
			if frame.Value() == nil {
				break
			}
		}
		if frame.Value() != nil {
			tr.Errorf("the sink still points at a frame that it has not retained")
		}
	}
	s.close()
	runtime.KeepAlive(s)
}

// writeOne writes a frame from a pool of its own and leaves no trace of it here. claimed says that the
// sink has retained it.
//
//go:noinline
func (c SinkCase) writeOne(tr *trial, s *sinkTrial) (frame weak.Pointer[pipeline.Frame], claimed bool) {
	tr.Helper()
	pool := pipeline.NewPool()
	pool.Poison()
	frames := c.frames(tr, pool)
	release(frames[1:])
	frame = weak.Make(frames[0])
	err := s.write(tr.ctx, frames[0])
	frames[0].Release()
	if err != nil && !steers(err, pipeline.ErrSkip, pipeline.ErrDone, pipeline.ErrEnd) {
		tr.Fatalf("Write: %v", err)
	}
	return frame, pool.Outstanding() != 0
}

// otherSize changes the picture's size in mid-stream, as a camera does that was set anew.
func (c SinkCase) otherSize(tr *trial) {
	s := c.make(tr)
	s.open()
	inputs := c.inputs(tr)
	s.writeAll(inputs[:1])
	other := inputs[0].Format
	other.Width, other.Height, other.Stride = other.Width+22, other.Height+11, 0
	if matchesAny(other, c.accepts(tr)) && (other.Codec == pipeline.CodecRaw || other.Codec == pipeline.CodecJPEG) {
		f := Frame(tr.pool, other, 1)
		_ = s.write(tr.ctx, f) // either way
		f.Release()
	}
	s.close()
}

func (c SinkCase) garbage(tr *trial) {
	for _, pattern := range c.accepts(tr) {
		for _, g := range garbageFor(pattern) {
			s := c.make(tr)
			s.open()
			f := tr.pool.Get(len(g.data))
			copy(f.Data, g.data)
			f.Format, f.Key = g.format, true
			_ = s.write(tr.ctx, f) // either way
			f.Release()
			s.close()
		}
	}
}

func (c SinkCase) doneContext(tr *trial) {
	s := c.make(tr)
	s.open()
	ctx, cancel := context.WithCancel(tr.ctx)
	for i, f := range c.inputs(tr) {
		if i == 1 {
			cancel()
		}
		_ = s.write(ctx, f) // either way
	}
	cancel()
	s.close()
}

func (c SinkCase) reopens(tr *trial) {
	s := c.make(tr)
	s.open()
	s.writeAll(c.inputs(tr))
	s.close()
	if s.openWith(tr.ctx) != nil {
		return
	}
	s.writeAll(c.inputs(tr))
	s.close()
}

func (c SinkCase) wanted(tr *trial) {
	s := c.make(tr)
	demander, ok := s.sink.(pipeline.Demander)
	if !ok {
		tr.Skipf("the sink always wants frames")
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	defer func() { close(stop); <-stopped }()
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				demander.Wanted()
			}
		}
	}()
	s.open()
	s.writeAll(c.inputs(tr))
	s.close()
}

func (c SinkCase) allocates(tr *trial) {
	s := c.make(tr)
	s.open()
	inputs := c.inputs(tr)
	next := 0
	var failed error
	step := func() {
		in := inputs[next%len(inputs)]
		f := in.Derive(len(in.Data))
		copy(f.Data, in.Data)
		f.Seq, f.PTS = uint64(next), time.Duration(next)*40*time.Millisecond
		if err := s.sink.Write(tr.ctx, f); err != nil && !steers(err, pipeline.ErrSkip, pipeline.ErrDone) {
			failed = err
		}
		f.Release()
		next++
	}
	for range inputs {
		step()
	}
	atMost(tr, c.Allocs, 20, step)
	if failed != nil {
		tr.Errorf("in the steady state: %v", failed)
	}
	s.close()
}
