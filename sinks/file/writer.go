package file

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"framewire/pipeline"
	"framewire/sinks/file/internal/buffer"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/internal/shelf"
	"framewire/sinks/internal/mux"
)

// errDropped is what a source is told of a frame that was not recorded.
var errDropped = errors.New("it could not be recorded")

// writer brings the frames from the buffer to the disk. Its goroutine is run's; the sink tells it the end.
type writer struct {
	cfg     *Config
	env     pipeline.Env
	disk    disk.Disk
	mount   disk.Mount
	names   shelf.Names
	shelf   *shelf.Shelf
	buf     *buffer.Buffer
	mender  mender
	refused *atomic.Pointer[pipeline.Format]

	seg      *segment
	plan     time.Duration // planned place of the first frame of the segment after seg; below 0 for none
	taken    string        // the name that was wanted last
	number   int           // from which on a number behind it is free
	worked   bool          // a recording was finished well
	unsynced []func(error) // who wait for the word that their frame is on the disk
	torn     []string      // files that a failing disk has left unfinished
	finished int64         // bytes of all files before seg
	lost     int           // frames that were dropped at the end
	lossless bool          // some of them had to arrive
	gone     bool          // nothing is written any more: the recording has failed, or there is no more time
	last     bool          // the last try of a live frame was made
	upkeep   upkeep
	trouble  trouble

	ending  chan struct{} // closed when no frame will come any more
	abandon chan struct{} // closed when there is no more time
	endOnce sync.Once
	done    chan struct{} // closed when run has returned
	broken  atomic.Pointer[error]
}

func newWriter(cfg *Config, env pipeline.Env, d disk.Disk, names shelf.Names, buf *buffer.Buffer, refused *atomic.Pointer[pipeline.Format]) *writer {
	sh := shelf.New(d, names)
	return &writer{
		cfg: cfg, env: env, disk: d, mount: disk.NewMount(names.Base()), names: names, shelf: sh, buf: buf, refused: refused,
		mender: mender{cfg, env.Log, d, sh}, plan: -1,
		ending: make(chan struct{}), abandon: make(chan struct{}), done: make(chan struct{}),
	}
}

// end says that no frame will come any more. Held frames of a clip that never began are given up.
func (w *writer) end() {
	w.endOnce.Do(func() {
		w.buf.Close()
		close(w.ending)
	})
}

// fault is what has ended the recording; nil while there is nothing.
func (w *writer) fault() error {
	if err := w.broken.Load(); err != nil {
		return *err
	}
	return nil
}

func (w *writer) run() {
	defer close(w.done)
	beat := time.NewTicker(beat)
	defer beat.Stop()
	var sync <-chan time.Time
	if w.cfg.Sync > 0 {
		ticker := time.NewTicker(w.cfg.Sync)
		defer ticker.Stop()
		sync = ticker.C
	}
	for {
		select {
		case <-beat.C:
			w.tend()
		case <-sync:
			w.sync()
		default:
		}
		it, ok, over := w.buf.Take()
		switch {
		case over:
			w.close()
			return
		case ok && it.Frame == nil:
			w.cut()
		case ok:
			w.record(it)
		default:
			if len(w.unsynced) > 0 {
				w.sync() // somebody waits for the word
			}
			select {
			case <-w.buf.Ready():
			case <-beat.C:
				w.tend()
			case <-sync:
				w.sync()
			}
		}
	}
}

// record writes a frame, and waits for a disk that fails.
func (w *writer) record(it buffer.Item) {
	select {
	case <-w.abandon:
		w.gone = true
	default:
	}
	for !w.gone {
		if refused := w.refused.Load(); refused != nil && *refused == it.Frame.Format {
			break
		}
		err := w.try(it)
		switch {
		case err == nil:
			w.pass()
			w.settle(it)
			it.Frame.Release()
			return
		case errors.Is(err, mux.ErrNoEncoder):
			if err := w.refuse(it.Frame.Format, err); err != nil {
				w.fail(err)
			}
		default:
			w.failing(err)
			w.gone = w.gone || !w.wait(it.Frame)
		}
	}
	if w.gone {
		w.lost++
		w.lossless = w.lossless || waits(&w.env, it.Frame)
	}
	w.uncount(it.Frame)
	it.Drop(errDropped)
}

// uncount counts a frame as dropped that the engine has counted as recorded when the buffer took it.
func (w *writer) uncount(f *pipeline.Frame) {
	c := w.env.Counters
	c.Dropped.Add(1)
	c.FramesOut.Add(^uint64(0))
	c.BytesOut.Add(^uint64(len(f.Data) - 1))
}

// try writes a frame into the file that it belongs to.
func (w *writer) try(it buffer.Item) error {
	if w.seg != nil && w.over(it) {
		if w.seg.format != it.Frame.Format {
			w.env.Log.Info("the picture changed, so the next file begins", "was", w.seg.format.String(), "is", it.Frame.Format.String())
		}
		if err := w.finish(); err != nil {
			return err
		}
	}
	for {
		if w.seg == nil {
			if err := w.start(it); err != nil {
				return err
			}
		}
		seg := w.seg
		err := seg.write(it.Frame, it.At)
		switch {
		case err == nil:
			if seg.frames == 1 {
				w.env.Log.Info("recording", "path", seg.path(), "format", seg.format.String())
			}
			if w.cfg.Sync > 0 {
				seg.beginSync()
			}
			return nil
		case errors.Is(err, mux.ErrNoEncoder), seg.frames == 0:
			w.seg = nil
			if errors.Is(err, mux.ErrFull) {
				err = fmt.Errorf("%s: a frame of %d bytes does not fit", seg.path(), len(it.Frame.Data))
			}
			w.word(err) // of frames that the encoder held, too
			return errors.Join(err, seg.mux.Close(), w.discard(seg.file))
		case errors.Is(err, mux.ErrFull):
			if err := w.finish(); err != nil {
				return err
			}
		default:
			_ = w.finish() // as far as it goes; this error came first
			return err
		}
	}
}
