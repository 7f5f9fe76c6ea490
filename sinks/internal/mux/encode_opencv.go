//go:build opencv

package mux

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/native"
)

// EncoderMissing is empty: this build encodes video.
const EncoderMissing = ""

// spaceEvery is how many frames go between two looks at the free space.
const spaceEvery = 32

// encoded encodes pixels through OpenCV's FFmpeg. OpenCV opens the file by its name, which by then is
// reserved, and reports no failed write: a full disk is found by asking for the space that is left.
type encoded struct {
	path     string
	fourcc   string
	width    int // as encoded, after turning upright
	height   int
	rotation int

	video   *gocv.VideoWriter
	frame   gocv.Mat // as it came
	upright gocv.Mat // used where the frame is turned
	written int
}

var _ slots = (*encoded)(nil)

// NewEncoded begins a file with pixels (BGR) that encoder, h264, avc1 or mp4v, encodes; its name's extension
// chooses the container. The file is closed and opened again by its name.
func NewEncoded(file File, encoder string, first *pipeline.Frame) (Muxer, error) {
	if err := native.Load(native.VideoIO); err != nil {
		return nil, err
	}
	// With an absolute path FFmpeg cannot take the beginning of a name for a protocol.
	path, err := filepath.Abs(file.Name())
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	e := &encoded{path: path, fourcc: fourcc(encoder), width: first.Format.Width, height: first.Format.Height, rotation: first.Meta.Rotation}
	e.frame = gocv.NewMatWithSize(e.height, e.width, gocv.MatTypeCV8UC3)
	e.upright = gocv.NewMat()
	if e.rotation == 90 || e.rotation == 270 {
		e.width, e.height = e.height, e.width
	}
	return &constant{to: e, encode: true}, nil
}

// fourcc is the name under which OpenCV knows an encoder.
func fourcc(encoder string) string {
	if encoder == "h264" {
		return "avc1"
	}
	return encoder
}

func (e *encoded) begin(r rate) error {
	fps := float64(r.num) / float64(r.den)
	video, err := gocv.VideoWriterFileWithAPI(e.path, gocv.VideoCaptureFFmpeg, e.fourcc, fps, e.width, e.height, true)
	if err == nil && !video.IsOpened() {
		err = errors.Join(ErrNoEncoder, video.Close())
	}
	if err != nil {
		if full := checkSpace(e.path); full != nil {
			return full
		}
		return fmt.Errorf("encode %s as %s, %dx%d: %w", e.path, e.fourcc, e.width, e.height, noEncoder(err))
	}
	e.video = video
	return nil
}

// noEncoder has every failure to open an encoder wrap ErrNoEncoder.
func noEncoder(err error) error {
	if errors.Is(err, ErrNoEncoder) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoEncoder, err)
}

func (e *encoded) put(f *pipeline.Frame) error {
	pixels, err := e.frame.DataPtrUint8()
	if err != nil {
		return err
	}
	row := 3 * f.Format.Width
	for y := range f.Format.Height {
		copy(pixels[y*row:(y+1)*row], f.Data[y*f.Format.Stride:])
	}
	if turn, ok := turns(e.rotation); ok {
		if err := gocv.Rotate(e.frame, &e.upright, turn); err != nil {
			return err
		}
	}
	return e.again()
}

// fill repeats the frame that was put last.
func (e *encoded) fill() error { return e.again() }

func (e *encoded) again() error {
	picture := e.frame
	if _, ok := turns(e.rotation); ok {
		picture = e.upright
	}
	if err := e.video.Write(picture); err != nil {
		return fmt.Errorf("encode %s: %w", e.path, err)
	}
	if e.written++; e.written%spaceEvery == 0 {
		return checkSpace(e.path)
	}
	return nil
}

// Size asks the disk, since FFmpeg writes the file.
func (e *encoded) Size() int64 {
	info, err := os.Stat(e.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (e *encoded) finish() error {
	err := errors.Join(e.frame.Close(), e.upright.Close())
	if e.video != nil {
		err = errors.Join(err, e.video.Close(), checkSpace(e.path), e.sync())
	}
	return err
}

// sync brings to the disk what FFmpeg has written.
func (e *encoded) sync() error {
	file, err := os.OpenFile(e.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// turns gives OpenCV's word for a rotation clockwise in degrees, if there is anything to turn.
func turns(degrees int) (gocv.RotateFlag, bool) {
	switch degrees {
	case 90:
		return gocv.Rotate90Clockwise, true
	case 180:
		return gocv.Rotate180Clockwise, true
	case 270:
		return gocv.Rotate90CounterClockwise, true
	}
	return 0, false
}
