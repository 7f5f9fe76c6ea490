//go:build opencv

package window

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"time"

	"gocv.io/x/gocv"

	"framewire/pipeline"
)

// canvas is the picture as the window gets it: a copy of the frame, turned upright, with the overlay.
type canvas struct {
	frame   gocv.Mat // of the frame's own size
	upright gocv.Mat // used where the frame is turned
}

func newCanvas() *canvas { return &canvas{frame: gocv.NewMat(), upright: gocv.NewMat()} }

// paint copies the frame in and gives the upright picture, which is the canvas's and holds until the next
// call.
func (c *canvas) paint(f *pipeline.Frame) (*gocv.Mat, error) {
	w, h := f.Format.Width, f.Format.Height
	if c.frame.Cols() != w || c.frame.Rows() != h {
		if err := c.frame.Close(); err != nil {
			return nil, err
		}
		c.frame = gocv.NewMatWithSize(h, w, gocv.MatTypeCV8UC3)
	}
	pixels, err := c.frame.DataPtrUint8()
	if err != nil {
		return nil, err
	}
	row := 3 * w
	for y := range h {
		copy(pixels[y*row:(y+1)*row], f.Data[y*f.Format.Stride:])
	}
	var turn gocv.RotateFlag
	switch f.Meta.Rotation {
	case 90:
		turn = gocv.Rotate90Clockwise
	case 180:
		turn = gocv.Rotate180Clockwise
	case 270:
		turn = gocv.Rotate90CounterClockwise
	default:
		return &c.frame, nil
	}
	return &c.upright, gocv.Rotate(c.frame, &c.upright, turn)
}

// placeholder is the picture that is shown before the first frame.
func (c *canvas) placeholder() (*gocv.Mat, error) {
	if err := c.frame.Close(); err != nil {
		return nil, err
	}
	c.frame = gocv.NewMatWithSizeFromScalar(gocv.NewScalar(0, 0, 0, 0), 360, 640, gocv.MatTypeCV8UC3)
	return &c.frame, write(&c.frame, "waiting for pictures", image.Pt(20, 40), minScale)
}

// write draws text that can be read on any ground.
func write(m *gocv.Mat, text string, at image.Point, scale float64) error {
	thick := textThickness(scale)
	black, white := color.RGBA{A: 255}, color.RGBA{R: 255, G: 255, B: 255, A: 255}
	if err := gocv.PutText(m, text, at, gocv.FontHersheySimplex, scale, black, 4*thick); err != nil {
		return err
	}
	return gocv.PutText(m, text, at, gocv.FontHersheySimplex, scale, white, thick)
}

// overlay draws rate, latency and size into the picture's lower left corner. shrunk is how many of the
// picture's pixels the window shows as one.
func overlay(m *gocv.Mat, f *pipeline.Frame, fps float64, latency time.Duration, shrunk float64) error {
	text := fmt.Sprintf("%.1f fps  %d ms  %dx%d", fps, max(0, latency.Milliseconds()), f.Format.Width, f.Format.Height)
	scale := textScale(m.Rows(), shrunk)
	line := int(lineHeight * scale)
	size := gocv.GetTextSize(text, gocv.FontHersheySimplex, scale, textThickness(scale))
	box := image.Rect(0, m.Rows()-2*line, size.X+line, m.Rows())
	if err := gocv.Rectangle(m, box, color.RGBA{A: 255}, -1); err != nil {
		return err
	}
	return write(m, text, image.Pt(line/2, m.Rows()-line*2/3), scale)
}

const (
	minScale   = 0.6 // of text that can be read where the window shows the picture pixel by pixel
	lineHeight = 40  // of text of scale 1, in pixels
)

// textScale fits text to the picture's height, and to a window that shows the picture smaller.
func textScale(rows int, shrunk float64) float64 {
	return max(minScale*max(1, shrunk), float64(rows)/900)
}

// textThickness is the width of a stroke in pixels: of two where it could else get lost when the window
// leaves out rows and columns.
func textThickness(scale float64) int { return max(1, int(math.Round(scale*2))) }

func (c *canvas) close() {
	_ = c.frame.Close()
	_ = c.upright.Close()
}

// meter measures how many frames a second come.
type meter struct {
	since time.Time
	n     int
	fps   float64
}

// frame notes that one came.
func (m *meter) frame(now time.Time) {
	switch passed := now.Sub(m.since); {
	case m.since.IsZero() || passed > 10*time.Second:
		*m = meter{since: now}
	case passed >= time.Second:
		m.fps = float64(m.n+1) / passed.Seconds()
		m.since, m.n = now, 0
	default:
		m.n++
	}
}
