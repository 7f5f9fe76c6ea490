//go:build opencv

package file

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
	"io"
	"os"
	"strings"
	"time"
	"unsafe"

	"framewire/pipeline"
)

// What FFmpeg's libraries say of a clip in other words than theirs.
var (
	errPlaylist  = errors.New("names other files")
	errNoVideo   = errors.New("no video")
	errOnlySound = errors.New("only sound")
	errNoDecoder = errors.New("its codec is unknown here")
	errStopped   = errors.New("stopped")
	errSilent    = errors.New("nothing came for " + silence.String())
)

// clip is one clip that FFmpeg's libraries have opened. Its methods may not overlap, but for stop.
type clip struct {
	c       *C.fw_clip
	about   C.fw_about
	packet  C.fw_packet
	picture C.fw_picture
}

// newClip gives a clip that is not open. FFmpeg prints nothing between our lines, unless the user has one of
// the settings by which OpenCV, with which we record, has it print.
func newClip() (*clip, error) {
	quiet := C.int(1)
	if os.Getenv("OPENCV_FFMPEG_LOGLEVEL") != "" || os.Getenv("OPENCV_FFMPEG_DEBUG") != "" {
		quiet = 0
	}
	c := C.fw_new(quiet)
	if c == nil {
		return nil, errors.New("no memory")
	}
	return &clip{c: c}, nil
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

// open opens a local file or a URL; live asks for pictures at once rather than quickly.
func (c *clip) open(from target, live bool) error {
	rules := C.fw_rules{silence: C.int64_t(silence / time.Microsecond), max_pixels: pipeline.MaxPixels}
	path := "file:" + from.path // else the beginning of a name could be taken for a protocol
	if from.url != nil {
		path = from.path
		rules.protocols = C.CString(protocols(strings.ToLower(from.url.Scheme)))
		defer C.free(unsafe.Pointer(rules.protocols))
	}
	if live {
		rules.no_delay = 1
	}
	url := C.CString(path)
	defer C.free(unsafe.Pointer(url))
	return failure(C.fw_open(c.c, url, &rules, &c.about))
}

// read gives the next packet, which is valid until the next call, and its time.
func (c *clip) read() ([]byte, time.Duration, error) {
	if err := failure(C.fw_read(c.c, &c.packet)); err != nil {
		return nil, 0, err
	}
	return unsafe.Slice((*byte)(c.packet.data), c.packet.size), time.Duration(c.packet.time), nil
}

// keep has the packet that was read last given again.
func (c *clip) keep() { C.fw_keep(c.c) }

// seek goes to the last key picture before the time.
func (c *clip) seek(to time.Duration) error { return failure(C.fw_seek(c.c, C.int64_t(to))) }

// decode decodes the next picture, which is described in c.picture.
func (c *clip) decode() error { return failure(C.fw_decode(c.c, &c.picture)) }

// write fills the frame with the picture that was decoded last, upright and in the frame's layout.
func (c *clip) write(layout pipeline.Layout, pool *pipeline.Pool) (*pipeline.Frame, error) {
	width, height := int(c.picture.width), int(c.picture.height)
	if c.picture.turn%180 != 0 {
		width, height = height, width
	}
	format := pipeline.Raw(layout, width, height)
	if err := format.Check(format.Bytes()); err != nil {
		return nil, err
	}
	f := pool.Get(format.Bytes() + C.FW_SLACK)
	if err := failure(C.fw_write(c.c, C.int(layout), (*C.uint8_t)(&f.Data[0]))); err != nil {
		f.Release()
		return nil, err
	}
	f.Resize(format.Bytes())
	f.Format, f.Key = format, true
	return f, nil
}

// stop makes the call that is running return errStopped, from any goroutine; resume allows calls again.
func (c *clip) stop()   { C.fw_stop(c.c) }
func (c *clip) resume() { C.fw_go(c.c) }

func (c *clip) close() { C.fw_close(c.c) }

// failure turns what a call gave into an error.
func failure(code C.int) error {
	switch code {
	case 0:
		return nil
	case C.FW_END:
		return io.EOF
	case C.FW_PLAYLIST:
		return errPlaylist
	case C.FW_NO_VIDEO:
		return errNoVideo
	case C.FW_ONLY_SOUND:
		return errOnlySound
	case C.FW_NO_DECODER:
		return errNoDecoder
	case C.FW_STOPPED:
		return errStopped
	case C.FW_SILENT:
		return errSilent
	}
	text := (*C.char)(C.malloc(C.FW_ERROR_SIZE))
	defer C.free(unsafe.Pointer(text))
	C.fw_error(code, text)
	said := C.GoString(text)
	return errors.New(strings.ToLower(said[:1]) + said[1:])
}
