//go:build opencv

package libav

/*
#cgo pkg-config: libavformat libavcodec libswscale libavutil
#cgo CFLAGS: -O3
#cgo LDFLAGS: -lm
#cgo noescape fw_open
#cgo nocallback fw_open
#cgo noescape fw_read
#cgo nocallback fw_read
#cgo noescape fw_seek
#cgo nocallback fw_seek
#cgo noescape fw_decode
#cgo nocallback fw_decode
#cgo noescape fw_write
#cgo nocallback fw_write
#include <stdlib.h>
#include "libav.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unsafe"

	"framewire/pipeline"
	"framewire/pipeline/native"
)

// What FFmpeg's libraries say of a clip in other words than theirs.
var (
	ErrPlaylist  = errors.New("names other files") // which a local file may not
	ErrNoVideo   = errors.New("no video")          // nothing in it can be shown
	ErrOnlySound = errors.New("only sound")
	ErrStopped   = errors.New("stopped") // by Stop
	errNoDecoder = errors.New("its codec is unknown here")
)

// Clip is one clip that FFmpeg's libraries have opened. Its methods may not overlap, but for Stop. After New, Close
// is to be called in any case.
type Clip struct {
	c       *C.fw_clip
	about   C.fw_about
	packet  C.fw_packet
	picture C.fw_picture
	silence time.Duration
}

// Rules is how a clip is to be opened.
type Rules struct {
	Scheme  string        // of a URL; empty for a local file
	Silence time.Duration // without a byte after which a connection counts as lost
	Live    bool          // pictures at once rather than quickly
}

// About is what a container tells of its video.
type About struct {
	Height   int           // of the coded pictures, in pixels; 0 where it is not told
	JPEG     bool          // the packets are JPEG images
	Rotation int           // degrees clockwise by which a viewer turns the pictures: 0, 90, 180 or 270
	Untimed  bool          // it knows no times, and cannot be searched
	Step     time.Duration // from one picture to the next; 0 where it is not told
	Length   time.Duration // of the whole clip; 0 where it is not told
}

// New gives a clip that is not open. FFmpeg prints nothing between our lines, unless the user has one of the
// settings by which OpenCV, with which we record, has it print.
func New() (*Clip, error) {
	if err := native.Load(native.FFmpeg); err != nil {
		return nil, err
	}
	quiet := C.int(1)
	if os.Getenv("OPENCV_FFMPEG_LOGLEVEL") != "" || os.Getenv("OPENCV_FFMPEG_DEBUG") != "" {
		quiet = 0
	}
	c := C.fw_new(quiet)
	if c == nil {
		return nil, errors.New("no memory")
	}
	return &Clip{c: c}, nil
}

// protocols are those that a URL may lead to: its own family, so that what a server sends cannot name
// files here.
func protocols(scheme string) string {
	switch scheme {
	case "http", "https":
		return "http,https,httpproxy,tls,tcp,crypto"
	case "rtsp", "rtsps":
		return "rtsp,rtp,srtp,udp,tls,tcp"
	case "rtmp", "rtmps":
		return "rtmp,rtmps,tls,tcp"
	case "rtp":
		return "rtp,udp"
	}
	return scheme
}

// Open opens a path or a URL. It may be called once. A local file may not lead to others.
func (c *Clip) Open(path string, rules Rules) error {
	c.silence = rules.Silence
	how := C.fw_rules{silence: C.int64_t(rules.Silence / time.Microsecond), max_pixels: pipeline.MaxPixels}
	if rules.Scheme == "" {
		path = "file:" + path // else the beginning of a name could be taken for a protocol
	} else {
		how.protocols = C.CString(protocols(strings.ToLower(rules.Scheme)))
		defer C.free(unsafe.Pointer(how.protocols))
	}
	if rules.Live {
		how.no_delay = 1
	}
	url := C.CString(path)
	defer C.free(unsafe.Pointer(url))
	return c.failure(C.fw_open(c.c, url, &how, &c.about))
}

// About gives what the container told.
func (c *Clip) About() About {
	a := &c.about
	return About{
		Height: int(a.height), JPEG: a.jpeg != 0, Rotation: int(a.turn), Untimed: a.untimed != 0,
		Step: time.Duration(a.step), Length: time.Duration(a.length),
	}
}

// Read gives the next packet, which is valid until the next call, and its time from the clip's start, or
// math.MinInt64 where it is not told. io.EOF is the end.
func (c *Clip) Read() (packet []byte, told time.Duration, err error) {
	if err := c.failure(C.fw_read(c.c, &c.packet)); err != nil {
		return nil, 0, err
	}
	return unsafe.Slice((*byte)(c.packet.data), c.packet.size), time.Duration(c.packet.time), nil
}

// Keep has the packet that was read last given again.
func (c *Clip) Keep() { C.fw_keep(c.c) }

// Seek goes to the last key picture before the time.
func (c *Clip) Seek(to time.Duration) error { return c.failure(C.fw_seek(c.c, C.int64_t(to))) }

// Decode decodes the next picture and gives its time, as Read does. io.EOF is the end.
func (c *Clip) Decode() (told time.Duration, err error) {
	err = c.failure(C.fw_decode(c.c, &c.picture))
	return time.Duration(c.picture.time), err
}

// Layout is the one in which the picture that was decoded last is written with the least work and without loss.
func (c *Clip) Layout() pipeline.Layout { return pipeline.Layout(c.picture.layout) }

// Write gives a frame with the picture that was decoded last, upright and in the given layout.
func (c *Clip) Write(layout pipeline.Layout, pool *pipeline.Pool) (*pipeline.Frame, error) {
	width, height := int(c.picture.width), int(c.picture.height)
	if c.picture.turn%180 != 0 {
		width, height = height, width
	}
	format := pipeline.Raw(layout, width, height)
	if err := format.Check(format.Bytes()); err != nil {
		return nil, err
	}
	f := pool.Get(format.Bytes() + C.FW_SLACK)
	if err := c.failure(C.fw_write(c.c, C.int(layout), (*C.uint8_t)(&f.Data[0]))); err != nil {
		f.Release()
		return nil, err
	}
	f.Resize(format.Bytes())
	f.Format, f.Key = format, true
	return f, nil
}

// Stop makes the call that is running return ErrStopped, and all that follow until Resume. It may be called from any
// goroutine.
func (c *Clip) Stop() { C.fw_stop(c.c) }

// Resume allows calls again.
func (c *Clip) Resume() { C.fw_go(c.c) }

// Close frees everything. The clip may not be used any more.
func (c *Clip) Close() { C.fw_close(c.c) }

// failure turns what a call gave into an error.
func (c *Clip) failure(code C.int) error {
	switch code {
	case 0:
		return nil
	case C.FW_END:
		return io.EOF
	case C.FW_PLAYLIST:
		return ErrPlaylist
	case C.FW_NO_VIDEO:
		return ErrNoVideo
	case C.FW_ONLY_SOUND:
		return ErrOnlySound
	case C.FW_NO_DECODER:
		return errNoDecoder
	case C.FW_STOPPED:
		return ErrStopped
	case C.FW_SILENT:
		return fmt.Errorf("nothing came for %s", c.silence)
	}
	text := (*C.char)(C.malloc(C.FW_ERROR_SIZE))
	defer C.free(unsafe.Pointer(text))
	C.fw_error(code, text)
	said := C.GoString(text)
	return errors.New(strings.ToLower(said[:1]) + said[1:])
}
