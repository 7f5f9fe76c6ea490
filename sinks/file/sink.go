// Package file is the sink that records. Write checks a frame and hands it to a buffer; a goroutine of its
// own brings it to the disk, so that a slow or full one holds nothing else up:
//
//   - sink.go takes frames, gate.go lets only those through that belong to a clip, changes.go keeps a restless
//     stream from making a file of every frame;
//   - writer.go is the goroutine at the disk, segment.go the file that it writes, begin.go how that is made and
//     finish.go how it gets its final name, trouble.go what happens when the disk fails, tend.go what is done
//     beside the frames;
//   - mend.go finishes what a crash has left.
//
// Containers are package mux's, the file system package disk's, the frames in memory package buffer's,
// and names, index, retention and forecast package shelf's.
package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/trigger"
	"framewire/sinks/file/internal/buffer"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/internal/shelf"
	"framewire/sinks/internal/mux"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/timeline"
)

// How long Close goes on writing frames that wait, so that a program that is stopped ends in time; the second where
// the pipeline's own time is over.
const (
	closing     = 700 * time.Millisecond
	closingLate = 200 * time.Millisecond
)

type sink struct {
	cfg  Config
	env  pipeline.Env
	disk disk.Disk
	line timeline.Line

	size    pipeline.Format // of the last frame that was taken
	changes changes
	refused atomic.Pointer[pipeline.Format] // what the encoder could not be opened for
	drops   drops

	// What follows is made by Open and ended by Close.
	buf      *buffer.Buffer
	gate     *gate // nil without a trigger
	writer   *writer
	triggers *trigger.Triggers
	stop     context.CancelFunc
	late     bool // there is no time left
	wg       sync.WaitGroup
	mended   sync.WaitGroup // what a crash has left
}

var (
	_ pipeline.Sink  = (*sink)(nil)
	_ pipeline.Ender = (*sink)(nil)
)

func newSink(cfg Config, env pipeline.Env) *sink {
	return &sink{cfg: cfg, env: env, disk: disk.OS{}, line: timeline.Line{Tick: mux.Tick}}
}

// Open makes the folder and finds out whether a file can be made in it. The recording itself begins with
// the first frame, whose time may be in its name.
func (s *sink) Open(ctx context.Context) error {
	names := shelf.NewNames(s.cfg.Path, s.env.Pipeline)
	if err := disk.Probe(s.disk, filepath.Dir(names.Path(time.Now(), 0))); err != nil {
		return err
	}
	if s.cfg.triggered() {
		triggers, err := trigger.Start(ctx, s.cfg.Trigger, s.env)
		if err != nil {
			return err
		}
		s.triggers = triggers
	}
	life, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.late = false
	s.buf = buffer.New(int64(s.cfg.Buffer))
	s.writer = newWriter(&s.cfg, s.env, s.disk, names, s.buf, &s.refused)
	parts, finals, err := s.writer.mender.leftovers() // before there are files of our own
	if err != nil {
		s.env.Log.Warn("what a crash may have left is not looked for", "cause", err)
	}
	s.wg.Go(s.writer.run)
	s.mended.Go(func() { s.writer.mender.run(life, parts, finals) })
	if s.cfg.triggered() {
		s.gate = newGate(&s.cfg, s.env, s.buf)
		fired := s.triggers.Fired()
		s.wg.Go(func() { s.gate.follow(life, fired) })
	}
	return nil
}

// Write hands a frame to the buffer. One that would need a file of its own for no good reason is skipped.
func (s *sink) Write(ctx context.Context, f *pipeline.Frame) error {
	if err := picture.Check(f); err != nil {
		return err
	}
	if f.Format.Codec == pipeline.CodecFile {
		return fmt.Errorf("%q is a file and no picture that can be recorded: %w", f.Meta.Name, pipeline.ErrSkip)
	}
	if err := s.encodes(f.Format); err != nil {
		return fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
	}
	at := s.line.At(f)
	if !s.changes.allow(s.size, f.Format, at) {
		return fmt.Errorf("%s: the picture changes its size too often for a file each: wait until one lasts %s: %w",
			f.Format, lasting, pipeline.ErrSkip)
	}
	s.size = f.Format
	it := buffer.Item{Frame: f, At: at}
	if f.Confirm && s.gate == nil { // a clip's frames may wait for a trigger that never comes
		it.Done = f.Hold()
	}
	err := s.put(ctx, it)
	switch {
	case err == nil || errors.Is(err, pipeline.ErrSkip):
		return err
	case errors.Is(err, buffer.ErrClosed):
		err = cmp.Or(s.writer.fault(), err) // it is over, and that is why
	case errors.Is(err, buffer.ErrFull):
		s.env.Counters.Dropped.Add(1)
		s.drops.tell(s.env.Log, s.writer.trouble.cause())
		err = pipeline.ErrSkip
	default:
		s.late = true
	}
	if it.Done != nil {
		it.Done(errDropped)
	}
	return err
}

func (s *sink) put(ctx context.Context, it buffer.Item) error {
	wait := waits(&s.env, it.Frame)
	if s.gate != nil {
		return s.gate.put(ctx, it, wait)
	}
	return s.buf.Put(ctx, it, wait)
}

// waits reports whether a frame waits for room, as it would at the edge in front of the sink.
func waits(env *pipeline.Env, f *pipeline.Frame) bool {
	return env.Queue.WhenFull == pipeline.Block || env.Queue.WhenFull == pipeline.Auto && f.Lossless
}

// End brings all frames to the disk; those that must arrive wait for one that is full or gone.
func (s *sink) End(ctx context.Context) error {
	s.writer.end()
	select {
	case <-s.writer.done:
	case <-ctx.Done():
		s.late = true
	}
	return nil
}

// Close finishes the recording. Frames that the disk does not take in time are lost.
func (s *sink) Close() error {
	var err error
	if s.triggers != nil {
		err = s.triggers.Close()
		s.triggers = nil
	}
	s.stop()
	s.writer.end()
	limit := closing
	if s.late {
		limit = closingLate
	}
	late := time.AfterFunc(limit, func() { close(s.writer.abandon) })
	s.wg.Wait()
	s.mended.Wait()
	late.Stop()
	return errors.Join(err, s.writer.fault())
}

// encodes reports a format that needs no try to be encoded.
func (s *sink) encodes(format pipeline.Format) error {
	encoder := s.cfg.encoder()
	if encoder == "" {
		return nil
	}
	if refused := s.refused.Load(); refused != nil && format == *refused {
		return fmt.Errorf("%s: %w", format, mux.ErrNoEncoder)
	}
	if side := largestSide(encoder); min(format.Width, format.Height) < 2 || max(format.Width, format.Height) > side {
		return fmt.Errorf("%s cannot be encoded as %s: wants sides from 2 to %d pixels", format, encoder, side)
	}
	return nil
}
