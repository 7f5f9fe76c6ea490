package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
	"framewire/sources/file/demux"
)

// images plays a Motion JPEG clip without decoding it.
type images struct {
	from  target
	in    *input
	demux demux.Demuxer
	info  about
	pool  *pipeline.Pool
	begun time.Time // of a live stream: its first picture

	spare *pipeline.Frame // whose memory images are read into; nil before the first one and when frame gave it away
	room  int             // bytes that it gets
	image []byte          // that advance read; in spare where that had the room
	ahead bool            // by newImages already
	told  time.Duration
}

var _ player = (*images)(nil)

// newImages opens a demuxer and looks at the first image. What is not Motion JPEG that can be handed on
// as it is gives demux.ErrNotMJPEG.
func newImages(from target, in *input, r *demux.Tape, env pipeline.Env) (*images, error) {
	p := &images{from: from, in: in, pool: env.Pool}
	var err error
	if in.live {
		p.demux = demux.NewMJPEG(r) // a camera's multipart stream, or it is not for us
		if head, err := r.Peek(4096); err == nil && !bytes.Contains(head, []byte{0xFF, 0xD8, 0xFF}) {
			return nil, demux.ErrNotMJPEG
		}
	} else if p.demux, err = demux.Open(r); err != nil {
		return nil, p.explain(err)
	}
	p.info = about{About: p.demux.About(), live: in.live}
	err = p.read()
	if errors.Is(err, io.EOF) {
		err = demux.ErrNoPicture
	}
	if err != nil {
		p.giveUp()
		return nil, p.explain(err)
	}
	p.ahead = true
	// Two fields in a chunk, as old capture cards write it, are not one JPEG image.
	if _, height, err := jpeg.Size(p.image); err != nil || p.info.Height >= 2*height {
		p.giveUp()
		return nil, demux.ErrNotMJPEG
	}
	return p, nil
}

// about gives what the container told.
func (p *images) about() about { return p.info }

// advance reads the next image; ctx ends a wait for the network.
func (p *images) advance(ctx context.Context) (told time.Duration, err error) {
	if !p.ahead {
		if p.in.stop != nil {
			release := context.AfterFunc(ctx, func() { _ = p.in.stop() })
			defer release()
		}
		err = p.read()
	}
	p.ahead = false
	switch {
	case err != nil && ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil:
		return 0, p.explain(err)
	case p.info.live:
		if p.begun.IsZero() {
			p.begun = time.Now()
		}
		return time.Since(p.begun), nil
	}
	return p.told, nil
}

// read reads the next image into the memory that its frame will have. How much that is follows the largest of the
// last images: one that has more is copied, and a single large one must not make all frames behind it large.
func (p *images) read() (err error) {
	if p.spare == nil || cap(p.spare.Data) < p.room {
		p.giveUp()
		p.spare = p.pool.Get(p.room)
	}
	p.image, p.told, err = p.demux.Next(p.spare.Data[:0])
	p.room = max(len(p.image)+len(p.image)/8, p.room-p.room/8)
	return err
}

// frame gives the image, with the Huffman tables filled in that it may lack.
func (p *images) frame() (f *pipeline.Frame, err error) {
	format, whole, err := describe(p.image)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %w", p.from, err, pipeline.ErrSkip)
	case whole && &p.image[0] == &p.spare.Data[:1][0]:
		f, p.spare = p.spare, nil
		f.Resize(len(p.image))
		f.Format, f.Key = format, true
	default:
		f = completed(p.pool, p.image, format)
	}
	f.Meta.Rotation = p.info.Rotation
	return f, nil
}

// jump goes to a place before the time, where the container allows it.
func (p *images) jump(_ context.Context, to time.Duration) (at time.Duration, ok bool) {
	at, ok = p.demux.Jump(to)
	p.ahead = p.ahead && !ok
	return at, ok
}

// explain says what an error of the demuxer means for the clip.
func (p *images) explain(err error) error {
	switch {
	case errors.Is(err, demux.ErrBroken):
		return lost("%s: %w", p.from, err)
	case errors.Is(err, io.EOF) && p.info.live:
		return lost("%s: the stream ended", p.from)
	case errors.Is(err, io.EOF), errors.Is(err, demux.ErrNotMJPEG):
		return err
	}
	return fmt.Errorf("%s: %w", p.from, err)
}

// giveUp gives the memory for images back.
func (p *images) giveUp() {
	if p.spare != nil {
		p.spare.Release()
		p.spare = nil
	}
}

// close closes the file or the connection.
func (p *images) close() error {
	p.giveUp()
	return p.in.Close()
}
