//go:build opencv

package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
	"framewire/sources/file/demux"
	"framewire/sources/file/libav"
)

const plainBuild = false

// closeLimit is how long close waits for a call that is stuck in the library.
const closeLimit = time.Second

// native plays a clip with FFmpeg's libraries, decoded or as the JPEG images that it holds. Calls that may
// block run on a lane: most of them can be stopped, but a look-up of a host's name cannot.
type native struct {
	from    target
	env     pipeline.Env
	lane    *lane
	clip    *libav.Clip
	info    about
	packets bool
	read    int
	reached time.Duration // the largest time told
	warned  bool          // that the clip ends early

	step  func() // has the clip read or decode; sets the three below
	image []byte // the packet, where images are handed on
	told  time.Duration
	err   error
}

var _ player = (*native)(nil)

// openNative opens a clip with FFmpeg's libraries: for its images where they are JPEG and may stay so, else
// to decode it.
func (s *source) openNative(ctx context.Context, from target, live bool) (player, error) {
	c, err := libav.New()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	n := &native{from: from, env: s.env, lane: newLane(), clip: c}
	n.step = n.decode
	keep := s.cfg.Passthrough == Auto && takesJPEG(s.env.Want)
	err = n.do(ctx, func() { n.err = n.open(live, keep) })
	if err == nil {
		err = n.err
	}
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

// do runs a call on the lane. When ctx ends first, the call is told to stop.
func (n *native) do(ctx context.Context, call func()) error {
	err := n.lane.do(ctx, call)
	if err != nil {
		n.clip.Stop()
	}
	return err
}

// open runs on the lane.
func (n *native) open(live, keep bool) error {
	rules := libav.Rules{Silence: silence, Live: live}
	if n.from.url != nil {
		rules.Scheme = n.from.url.Scheme
	}
	if err := n.clip.Open(n.from.path, rules); err != nil {
		return n.noVideo(err, live)
	}
	told := n.clip.About()
	n.info = about{About: demux.About{Step: told.Step, Length: told.Length}, live: live}
	if keep && told.JPEG && n.holdsImages() {
		n.packets, n.step, n.info.Rotation = true, n.readImage, told.Rotation
	}
	return nil
}

// holdsImages looks at the first packet, which is read again then. Two fields in one are no JPEG image.
func (n *native) holdsImages() bool {
	first, _, err := n.clip.Read()
	if err != nil {
		return false
	}
	n.clip.Keep()
	_, height, err := jpeg.Size(first)
	return err == nil && n.clip.About().Height < 2*height
}

// noVideo says what is wrong with what could not be opened.
func (n *native) noVideo(err error, live bool) error {
	switch {
	case errors.Is(err, libav.ErrPlaylist):
		return fmt.Errorf("%s is a playlist: name the video that it leads to, as a file may not open others", n.from)
	case errors.Is(err, libav.ErrOnlySound):
		return fmt.Errorf("%s: it has only sound, no video", n.from)
	case n.from.url == nil && !errors.Is(err, libav.ErrNoVideo):
		return fmt.Errorf("%s: %w", n.from, err)
	case n.from.url == nil:
		return fmt.Errorf("%s: no video was found in it: not a video file, damaged, or cut off before it was finished", n.from)
	}
	if errors.Is(err, libav.ErrNoVideo) {
		err = lost("%s: no video was found there", n.from)
	} else {
		err = lost("%s: no video was found there: %w", n.from, err)
	}
	if n.from.isWeb() && !live {
		return errNothing{err}
	}
	return err
}

// decode runs on the lane.
func (n *native) decode() {
	n.clip.Resume()
	n.told, n.err = n.clip.Decode()
}

// readImage runs on the lane.
func (n *native) readImage() {
	n.clip.Resume()
	n.image, n.told, n.err = n.clip.Read()
}

// about gives what the container told.
func (n *native) about() about { return n.info }

// advance reads or decodes the next picture.
func (n *native) advance(ctx context.Context) (told time.Duration, err error) {
	if err := n.do(ctx, n.step); err != nil {
		return 0, err
	}
	if n.err != nil {
		return 0, n.end(n.err)
	}
	n.read++
	if n.told != demux.NoTime {
		n.reached = max(n.reached, n.told)
	}
	return n.told, nil
}

// jump goes to a key picture, which may be behind the time in clips that are odd.
func (n *native) jump(ctx context.Context, to time.Duration) (at time.Duration, ok bool) {
	if n.info.live || n.clip.About().Untimed {
		return 0, false
	}
	var err error
	if n.do(ctx, func() { n.clip.Resume(); err = n.clip.Seek(to) }) != nil || err != nil {
		return 0, false
	}
	n.reached = max(n.reached, to) // what was passed over was not missed
	return to, true
}

// frame gives the picture.
func (n *native) frame() (*pipeline.Frame, error) {
	f, err := n.write()
	if err != nil {
		return nil, fmt.Errorf("%s: picture %d: %w: %w", n.from, n.read-1, err, pipeline.ErrSkip)
	}
	return f, nil
}

// write puts the picture into the pool's memory.
func (n *native) write() (*pipeline.Frame, error) {
	if !n.packets {
		return n.clip.Write(layoutFor(n.env.Want, n.clip.Layout()), n.env.Pool)
	}
	f, err := jpegFrame(n.env.Pool, n.image)
	if err == nil {
		f.Meta.Rotation = n.info.Rotation
	}
	return f, err
}

// jpegFrame puts one JPEG image into a frame.
func jpegFrame(pool *pipeline.Pool, image []byte) (*pipeline.Frame, error) {
	format, _, err := describe(image)
	if err != nil {
		return nil, err
	}
	return completed(pool, image, format), nil
}

// layoutFor gives the best of the layouts that the chain wants; natural is that of the clip, for a chain that
// takes any.
func layoutFor(want []pipeline.Format, natural pipeline.Layout) pipeline.Layout {
	return pipeline.LayoutFor(want, natural, pipeline.LayoutI420, pipeline.LayoutBGR, pipeline.LayoutGray)
}

// end tells the end of a clip from one that came too early: a connection that broke, or damage.
func (n *native) end(err error) error {
	played := n.reached
	if played == 0 { // no times are told
		played = time.Duration(n.read) * n.info.Step
	}
	short := played+time.Second < n.info.Length-n.info.Length/20
	broken := !errors.Is(err, io.EOF)
	switch {
	case n.info.live && broken:
		return lost("%s: %w", n.from, err)
	case n.info.live:
		return lost("%s: the stream ended", n.from)
	case n.from.isWeb() && n.read == 0:
		return errNothing{lost("%s: the connection ended before the first picture", n.from)}
	case n.from.url != nil && (short || broken):
		return lost("%s: the connection ended after %s of %s", n.from, played.Round(time.Second), n.info.Length.Round(time.Second))
	case broken && n.read == 0:
		return fmt.Errorf("%s: %w", n.from, err)
	case (short || broken) && !n.warned:
		n.warned = true
		n.env.Log.Warn("the clip ends early: cut off or damaged", "file", n.from.String(),
			"played", played.Round(time.Millisecond).String(), "announced", n.info.Length.Round(time.Millisecond).String())
	}
	return io.EOF
}

// close closes everything after the call that may still be running.
func (n *native) close() error {
	n.clip.Stop()
	if !n.lane.close(closeLimit, n.clip.Close) {
		n.env.Log.Warn("a read does not return and is left behind", "file", n.from.String(), "waited", closeLimit)
	}
	return nil
}
