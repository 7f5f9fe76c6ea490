//go:build opencv

package window

import (
	"fmt"
	"image"
	"image/color"
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
	return &c.frame, write(&c.frame, "waiting for pictures", image.Pt(20, 40))
}

// write draws text that can be read on any ground.
func write(m *gocv.Mat, text string, at image.Point) error {
	scale, thick := textScale(m), textThickness(m)
	black, white := color.RGBA{A: 255}, color.RGBA{R: 255, G: 255, B: 255, A: 255}
	if err := gocv.PutText(m, text, at, gocv.FontHersheySimplex, scale, black, 4*thick); err != nil {
		return err
	}
	return gocv.PutText(m, text, at, gocv.FontHersheySimplex, scale, white, thick)
}

// overlay draws rate, latency and size into the picture's lower left corner.
func overlay(m *gocv.Mat, f *pipeline.Frame, fps float64, latency time.Duration) error {
	text := fmt.Sprintf("%.1f fps  %d ms  %dx%d", fps, max(0, latency.Milliseconds()), f.Format.Width, f.Format.Height)
	line := max(24, m.Rows()/30)
	size := gocv.GetTextSize(text, gocv.FontHersheySimplex, textScale(m), textThickness(m))
	box := image.Rect(0, m.Rows()-2*line, size.X+line, m.Rows())
	if err := gocv.Rectangle(m, box, color.RGBA{A: 255}, -1); err != nil {
		return err
	}
	return write(m, text, image.Pt(line/2, m.Rows()-line*2/3))
}

// textScale and textThickness fit text to the picture's height.
func textScale(m *gocv.Mat) float64 { return max(0.6, float64(m.Rows())/900) }
func textThickness(m *gocv.Mat) int { return max(1, int(textScale(m)*1.5)) }

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
