//go:build opencv

package camera

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"time"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/native"
)

const missing = ""

// newPlugin makes the source with the real devices.
func newPlugin(cfg *Config, env pipeline.Env) (pipeline.Source, error) {
	return newSource(*cfg, env, find, prepare, openCapture), nil
}

// video is a camera opened with OpenCV.
type video struct {
	capture *gocv.VideoCapture
	mat     gocv.Mat
	packets bool
	timeout time.Duration
}

var _ capture = (*video)(nil)

// openCapture opens a camera and sets it up: first the format, on which sizes and rates depend.
func openCapture(r request) (capture, error) {
	if err := native.Load(native.VideoIO); err != nil {
		return nil, err
	}
	// OpenCV waits this long for a picture, 10 s if it is not told; then its read returns.
	if name := "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"; os.Getenv(name) == "" {
		if err := os.Setenv(name, strconv.Itoa(int(math.Ceil(r.cfg.Timeout.Seconds())))); err != nil {
			return nil, err
		}
	}
	backend := gocv.VideoCaptureAny
	if runtime.GOOS == "linux" {
		backend = gocv.VideoCaptureV4L2
	}
	c, err := gocv.OpenVideoCaptureWithAPI(r.path, backend)
	if err != nil {
		if c != nil {
			_ = c.Close()
		}
		return nil, fmt.Errorf("it cannot be opened: in use by another program, or no camera: %w", pipeline.ErrLost)
	}
	v := &video{capture: c, mat: gocv.NewMat(), timeout: r.cfg.Timeout}
	if r.mjpg {
		c.Set(gocv.VideoCaptureFOURCC, c.ToCodec("MJPG"))
	}
	if r.cfg.Size.Width > 0 {
		c.Set(gocv.VideoCaptureFrameWidth, float64(r.cfg.Size.Width))
		c.Set(gocv.VideoCaptureFrameHeight, float64(r.cfg.Size.Height))
	}
	if r.cfg.FPS > 0 {
		c.Set(gocv.VideoCaptureFPS, r.cfg.FPS)
	}
	if r.packets && c.CodecString() == "MJPG" {
		c.Set(gocv.VideoCaptureConvertRGB, 0)
		v.packets = c.Get(gocv.VideoCaptureConvertRGB) == 0
	}
	return v, nil
}

// granted reads back what the camera was set to.
func (v *video) granted() string {
	text := fmt.Sprintf("%s %.0fx%.0f", v.capture.CodecString(),
		v.capture.Get(gocv.VideoCaptureFrameWidth), v.capture.Get(gocv.VideoCaptureFrameHeight))
	if fps := v.capture.Get(gocv.VideoCaptureFPS); fps > 0 {
		text += fmt.Sprintf(" at %.4g/s", fps)
	}
	return text
}

// read waits for the next picture.
func (v *video) read() ([]byte, pipeline.Format, error) {
	if !v.grab() {
		return nil, pipeline.Format{}, errors.New("it gives no more pictures: unplugged?")
	}
	data, err := v.mat.DataPtrUint8()
	if err != nil {
		return nil, pipeline.Format{}, err
	}
	if v.packets && v.mat.Rows() == 1 {
		return data, pipeline.AnyJPEG, nil
	}
	if v.mat.Type() != gocv.MatTypeCV8UC3 {
		return nil, pipeline.Format{}, fmt.Errorf("it gives pixels of type %s, which are not known here: use format: mjpg", v.mat.Type())
	}
	return data, pipeline.Raw(pipeline.LayoutBGR, v.mat.Cols(), v.mat.Rows()), nil
}

// grab reads a picture into the Mat. OpenCV gives up when a signal interrupts its wait, and Go's runtime
// sends signals to its own threads: a read that failed before its time was over is tried again.
func (v *video) grab() bool {
	for range 5 {
		began := time.Now()
		if v.capture.Read(&v.mat) && !v.mat.Empty() {
			return true
		}
		if time.Since(began) >= v.timeout {
			return false
		}
	}
	return false
}

// close closes the camera.
func (v *video) close() {
	_ = v.capture.Close() // it never gives an error
	_ = v.mat.Close()
}
