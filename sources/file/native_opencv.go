//go:build opencv

package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
)

const plainBuild = false

// Properties of OpenCV's VideoCapture that gocv has no names for (opencv2/videoio.hpp).
const (
	propOrientationMeta gocv.VideoCaptureProperties = 48
	propOrientationAuto gocv.VideoCaptureProperties = 49
	propOpenTimeout     gocv.VideoCaptureProperties = 53 // milliseconds
	propReadTimeout     gocv.VideoCaptureProperties = 54 // milliseconds
)

// closeLimit is how long close waits for a read that is stuck in the library.
const closeLimit = time.Second

// capture plays a clip with OpenCV's FFmpeg, decoded or, in packet mode, as the JPEG images that it holds.
type capture struct {
	from    target
	env     pipeline.Env
	lane    *lane
	video   *gocv.VideoCapture
	mat     gocv.Mat // the picture as next gives it
	flat    gocv.Mat // a picture of a turned clip, as it is coded
	info    about
	packets bool
	turn    int     // degrees clockwise by which the coded pictures are to be turned
	frames  float64 // in the whole clip, as far as the container tells; else 0 or less
	read    int
	reached time.Duration // the largest time told
	warned  bool          // that the clip ends early
	ahead   bool          // mat holds a picture that next has not given yet

	grab func()        // reads the next picture into mat, and sets the two below
	ok   bool          // there was one
	told time.Duration // its time, or noTime
}

var _ player = (*capture)(nil)

// openNative opens a clip with OpenCV: its packets where they are JPEG and may stay so, else decoded.
func (s *source) openNative(ctx context.Context, from target, live bool) (player, error) {
	// FFmpeg would write its own lines between ours. OpenCV looks at this each time; a user's setting stays.
	if os.Getenv("OPENCV_FFMPEG_LOGLEVEL") == "" && os.Getenv("OPENCV_FFMPEG_DEBUG") == "" {
		if err := os.Setenv("OPENCV_FFMPEG_LOGLEVEL", "-8"); err != nil {
			return nil, fmt.Errorf("silence FFmpeg: %w", err)
		}
	}
	if s.cfg.Passthrough == Auto && takesJPEG(s.env.Want) {
		c, err := openCapture(ctx, from, live, true, s.env)
		if !errors.Is(err, errNotMJPEG) {
			return c, err
		}
	}
	return openCapture(ctx, from, live, false, s.env)
}

// openCapture gives errNotMJPEG when packets are asked for and are not JPEG images.
func openCapture(ctx context.Context, from target, live, packets bool, env pipeline.Env) (player, error) {
	c := &capture{from: from, env: env, lane: newLane(), packets: packets}
	c.grab = c.grabNext
	var err error
	if left := c.lane.do(ctx, func() { err = c.open(live) }); left != nil {
		err = left
	}
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// open runs on the lane.
func (c *capture) open(live bool) (err error) {
	c.mat, c.flat = gocv.NewMat(), gocv.NewMat()
	var limits []gocv.VideoCaptureProperties
	if c.from.url != nil {
		ms := gocv.VideoCaptureProperties(silence / time.Millisecond)
		limits = append(limits, propOpenTimeout, ms, propReadTimeout, ms)
	}
	// The backend is named, as OpenCV would else try others on a file that FFmpeg cannot open.
	if len(limits) > 0 {
		c.video, err = gocv.VideoCaptureFileWithAPIParams(c.from.path, gocv.VideoCaptureFFmpeg, limits)
	} else {
		c.video, err = gocv.VideoCaptureFileWithAPI(c.from.path, gocv.VideoCaptureFFmpeg)
	}
	if err != nil {
		switch err := lost("%s: no video was found there", c.from); {
		case c.from.url == nil:
			return c.from.noVideo()
		case c.from.isWeb() && !live:
			return errNothing{err}
		default:
			return err
		}
	}
	width, height := c.video.Get(gocv.VideoCaptureFrameWidth), c.video.Get(gocv.VideoCaptureFrameHeight)
	if err := pipeline.JPEG(int(width), int(height)).Check(1); err != nil {
		return fmt.Errorf("%s: a video of %.0fx%.0f cannot be played: %w", c.from, width, height, err)
	}
	c.info = about{step: stepOf(c.video.Get(gocv.VideoCaptureFPS)), live: live}
	c.frames = c.video.Get(gocv.VideoCaptureFrameCount)
	c.turn = rotation(c.video.Get(propOrientationMeta), gocv.OpenCVVersion())
	c.video.Set(propOrientationAuto, 0) // done here, see rotation; in packet mode it would turn bytes
	if !c.packets {
		return nil
	}
	c.info.rotation = c.turn
	return c.openPackets()
}

// openPackets goes over to packet mode and looks at the first packet.
func (c *capture) openPackets() error {
	switch strings.ToUpper(c.video.CodecString()) {
	case "MJPG", "JPEG", "MJPA", "AVRN":
	default:
		return errNotMJPEG
	}
	c.video.Set(gocv.VideoCaptureFormat, -1)
	height := int(c.video.Get(gocv.VideoCaptureFrameHeight))
	if c.video.Get(gocv.VideoCaptureFormat) != -1 || c.video.Get(propOrientationAuto) != 0 {
		return errNotMJPEG
	}
	c.grabNext()
	c.ahead = true
	if !c.ok {
		return errNotMJPEG
	}
	packet, err := c.packet()
	if err != nil {
		return errNotMJPEG
	}
	if _, h, err := jpeg.Size(packet); err != nil || height >= 2*h {
		return errNotMJPEG
	}
	return nil
}

// grabNext runs on the lane. The time belongs to the picture that was read last; packet mode has none.
func (c *capture) grabNext() {
	c.told = noTime
	into := &c.mat
	if c.turn != 0 && !c.packets {
		into = &c.flat
	}
	if c.ok = c.video.Read(into); !c.ok || c.packets {
		return
	}
	if c.turn != 0 {
		turns := map[int]gocv.RotateFlag{90: gocv.Rotate90Clockwise, 180: gocv.Rotate180Clockwise, 270: gocv.Rotate90CounterClockwise}
		c.ok = gocv.Rotate(c.flat, &c.mat, turns[c.turn]) == nil
	}
	// OpenCV tells 0 for the last pictures, which the decoder holds back for reordering.
	ms := c.video.Get(gocv.VideoCapturePosMsec)
	if ms > 0 && ms < float64(math.MaxInt64/time.Millisecond) || ms == 0 && c.reached == 0 {
		c.told = time.Duration(math.Round(ms * float64(time.Millisecond)))
		c.reached = max(c.reached, c.told)
	}
}

// about gives what the container told.
func (c *capture) about() about { return c.info }

// next gives the next picture.
func (c *capture) next(ctx context.Context) (*pipeline.Frame, time.Duration, error) {
	if !c.ahead {
		if err := c.lane.do(ctx, c.grab); err != nil {
			return nil, 0, err
		}
	}
	c.ahead = false
	if !c.ok {
		return nil, 0, c.end()
	}
	c.read++
	f, err := c.frame()
	if err != nil {
		return nil, 0, fmt.Errorf("%s: picture %d: %w: %w", c.from, c.read-1, err, pipeline.ErrSkip)
	}
	return f, c.told, nil
}

// frame copies the picture out of the Mat. Decoding straight into the frame's memory would save this
// copy, and with it nothing that could be measured at 1080p.
func (c *capture) frame() (*pipeline.Frame, error) {
	if c.packets {
		packet, err := c.packet()
		if err != nil {
			return nil, err
		}
		f, err := jpegFrame(c.env.Pool, packet)
		if err == nil {
			f.Meta.Rotation = c.info.rotation
		}
		return f, err
	}
	pixels, err := c.mat.DataPtrUint8()
	if err != nil {
		return nil, err
	}
	format := pipeline.Raw(pipeline.LayoutBGR, c.mat.Cols(), c.mat.Rows())
	if c.mat.Type() != gocv.MatTypeCV8UC3 || len(pixels) != format.Bytes() {
		return nil, fmt.Errorf("pixels of type %s, wants BGR", c.mat.Type())
	}
	f := c.env.Pool.Get(len(pixels))
	copy(f.Data, pixels)
	f.Format, f.Key = format, true
	return f, nil
}

// packet gives the bytes of the packet that was read: one row of them, if packet mode took effect.
func (c *capture) packet() ([]byte, error) {
	if c.mat.Rows() != 1 || c.mat.Type() != gocv.MatTypeCV8U {
		return nil, fmt.Errorf("%dx%d of type %s instead of a packet", c.mat.Cols(), c.mat.Rows(), c.mat.Type())
	}
	return c.mat.DataPtrUint8()
}

// end tells the end of a clip from a connection that broke: OpenCV says the same of both, but the
// container may have told how long the clip is.
func (c *capture) end() error {
	whole := time.Duration(c.frames * float64(c.info.step))
	played := c.reached
	if c.packets || played == 0 { // no times are told
		played = time.Duration(c.read) * c.info.step
	}
	short := played+time.Second < whole-whole/20
	switch {
	case c.info.live:
		return lost("%s: the stream ended", c.from)
	case c.from.isWeb() && c.read == 0:
		return errNothing{lost("%s: the connection ended before the first picture", c.from)}
	case c.from.url != nil && short:
		return lost("%s: the connection ended after %s of %s", c.from, played.Round(time.Second), whole.Round(time.Second))
	case short && !c.warned:
		c.warned = true
		c.env.Log.Warn("the clip ends early: cut off or damaged", "file", c.from.String(),
			"played", played.Round(time.Millisecond).String(), "announced", whole.Round(time.Millisecond).String())
	}
	return io.EOF
}

// close closes everything after the read that may still be running.
func (c *capture) close() error {
	ended := c.lane.close(closeLimit, func() {
		if c.video != nil {
			_ = c.video.Close() // it never gives an error
			_ = c.mat.Close()
			_ = c.flat.Close()
		}
	})
	if !ended {
		c.env.Log.Warn("a read does not return and is left behind", "file", c.from.String(), "waited", closeLimit)
	}
	return nil
}

// stepOf gives the time from one picture to the next at that many a second, or 0 for nonsense.
func stepOf(fps float64) time.Duration {
	if math.IsNaN(fps) || fps <= 0 || fps > 1000 {
		return 0
	}
	return time.Duration(math.Round(float64(time.Second) / fps))
}

// rotation gives the degrees clockwise by which coded pictures are to be turned, from what OpenCV reads in
// the clip. Turning is done here, as OpenCV 4.6.0 has the sign wrong (github.com/opencv/opencv/issues/22088)
// and OpenCV 4.11 and later do nothing unasked.
func rotation(told float64, version string) int {
	if strings.HasPrefix(version, "4.6.0") {
		told = -told
	}
	return quarterTurn(told)
}
