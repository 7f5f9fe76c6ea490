//go:build opencv

package resize

import (
	"errors"
	"image"
	"runtime"
	"slices"

	"gocv.io/x/gocv"

	"framewire/filters/internal/raster"
	"framewire/pipeline/native"
)

// scaler brings planes to another size by OpenCV, which works on several rows at once. It keeps its memory from
// frame to frame.
type scaler struct {
	loaded bool   // OpenCV is
	packed []byte // a plane without padding between its rows
	middle []byte // a plane that has to grow in one direction and to shrink in the other, after shrinking
}

// scale writes src into dst, whatever their sizes; they have the same layout and dst has no padding.
func (s *scaler) scale(dst, src raster.Picture) error {
	if !s.loaded {
		if err := native.Load(native.ImgProc); err != nil {
			return err
		}
		s.loaded = true
	}
	from := src.Planes()
	for i, to := range dst.Planes() {
		if err := s.plane(to, s.pack(from[i])); err != nil {
			return err
		}
	}
	return nil
}

// pack gives a plane without padding, which OpenCV cannot be told of.
func (s *scaler) pack(p raster.Plane) raster.Plane {
	row := p.Width * p.Samples
	if p.Stride == row {
		return p
	}
	s.packed = slices.Grow(s.packed[:0], row*p.Height)[:row*p.Height]
	for y := range p.Height {
		copy(s.packed[y*row:][:row], p.Pix[y*p.Stride:])
	}
	p.Pix, p.Stride = s.packed, row
	return p
}

// plane shrinks by the means of areas, and then grows by linear interpolation; most often one of the two is all there is to do.
func (s *scaler) plane(to, from raster.Plane) error {
	middle := to
	middle.Width, middle.Height = min(to.Width, from.Width), min(to.Height, from.Height)
	switch {
	case middle.Width == to.Width && middle.Height == to.Height:
		return resample(to, from, gocv.InterpolationArea)
	case middle.Width == from.Width && middle.Height == from.Height:
		return resample(to, from, gocv.InterpolationLinear)
	}
	middle.Stride = middle.Width * middle.Samples
	s.middle = slices.Grow(s.middle[:0], middle.Stride*middle.Height)[:middle.Stride*middle.Height]
	middle.Pix = s.middle
	if err := resample(middle, from, gocv.InterpolationArea); err != nil {
		return err
	}
	return resample(to, middle, gocv.InterpolationLinear)
}

// resample has OpenCV read and write the planes' own memory, which stays where it is meanwhile.
func resample(to, from raster.Plane, how gocv.InterpolationFlags) (err error) {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	src, err := mat(&pinner, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := mat(&pinner, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	return gocv.Resize(src, &dst, image.Pt(to.Width, to.Height), 0, 0, how)
}

// mat gives a Mat over a plane without padding.
func mat(pinner *runtime.Pinner, p raster.Plane) (gocv.Mat, error) {
	n := p.Width * p.Samples * p.Height
	pinner.Pin(&p.Pix[0])
	kind := gocv.MatTypeCV8UC1
	if p.Samples == 3 {
		kind = gocv.MatTypeCV8UC3
	}
	return gocv.NewMatFromBytes(p.Height, p.Width, kind, p.Pix[:n])
}
