// Package pixel converts raw pictures between the layouts that the engine knows (BGR, gray and I420), and
// the images of Go's standard library to BGR. It is pure Go, allocates nothing and knows no plugin; codecs
// and sources share it.
//
// Luma and chroma are those of JFIF 1.02 (ITU-T T.871): the coefficients of ITU-R BT.601, full range, in
// fixed point with 16 bits after the point.
package pixel

import (
	"fmt"

	"framewire/pipeline"
)

// ToLayout gives the picture of a raw frame in the layout asked for. A frame that is in it, or any layout
// where LayoutNone is asked for, passes as a new reference, its stride untouched; any other becomes a new,
// tightly packed frame. A frame whose format does not fit its data gives an error that wraps
// pipeline.ErrSkip.
func ToLayout(f *pipeline.Frame, layout pipeline.Layout) (*pipeline.Frame, error) {
	if err := Check(f); err != nil {
		return nil, err
	}
	if layout == pipeline.LayoutNone || layout == f.Format.Layout {
		return f.Retain(), nil
	}
	return repack(f, layout), nil
}

// Pack gives a raw frame without padding between its rows: the frame itself as a new reference where it
// has none, a copy otherwise. Errors are those of ToLayout.
func Pack(f *pipeline.Frame) (*pipeline.Frame, error) {
	if err := Check(f); err != nil {
		return nil, err
	}
	if f.Format.Stride == pipeline.Raw(f.Format.Layout, f.Format.Width, f.Format.Height).Stride {
		return f.Retain(), nil
	}
	return repack(f, f.Format.Layout), nil
}

// Check reports, as an error that wraps pipeline.ErrSkip, a frame that is not raw or whose format does
// not fit its data. Everything here that reads pixels relies on it.
func Check(f *pipeline.Frame) error {
	if f.Format.Codec != pipeline.CodecRaw {
		return fmt.Errorf("%w: pixels are needed, the frame is %s", pipeline.ErrSkip, f.Format)
	}
	if err := f.Format.Check(len(f.Data)); err != nil {
		return fmt.Errorf("%w: %w", pipeline.ErrSkip, err)
	}
	return nil
}

func repack(f *pipeline.Frame, layout pipeline.Layout) *pipeline.Frame {
	format := pipeline.Raw(layout, f.Format.Width, f.Format.Height)
	out := f.Derive(format.Bytes())
	out.Format = format
	Convert(out.Data, layout, f.Data, f.Format)
	return out
}

// Convert writes the picture src, which lies as from says, into dst, tightly packed in layout. The caller
// has checked from against src, and dst holds at least pipeline.Raw(layout, width, height).Bytes().
func Convert(dst []byte, layout pipeline.Layout, src []byte, from pipeline.Format) {
	w, h := from.Width, from.Height
	switch {
	case layout == pipeline.LayoutGray && from.Layout != pipeline.LayoutBGR:
		copyPlane(dst, w, src, from.Stride, w, h) // the luma plane is the gray picture
	case layout == pipeline.LayoutGray:
		bgrToGray(dst, src, from.Stride, w, h)
	case layout == pipeline.LayoutI420 && from.Layout == pipeline.LayoutBGR:
		bgrToI420(PlanesOf(dst, pipeline.Raw(layout, w, h)), src, from.Stride, w, h)
	case layout == pipeline.LayoutI420 && from.Layout == pipeline.LayoutGray:
		to := PlanesOf(dst, pipeline.Raw(layout, w, h))
		copyPlane(to.Y, w, src, from.Stride, w, h)
		Neutral(to)
	case layout == pipeline.LayoutI420:
		CopyI420(PlanesOf(dst, pipeline.Raw(layout, w, h)), PlanesOf(src, from), w, h)
	case from.Layout == pipeline.LayoutBGR:
		copyPlane(dst, 3*w, src, from.Stride, 3*w, h)
	case from.Layout == pipeline.LayoutGray:
		grayToBGR(dst, src, from.Stride, w, h)
	default:
		PlanesToBGR(dst, PlanesOf(src, from), w, h)
	}
}

// Planes are the three planes of an I420 picture.
type Planes struct {
	Y, Cb, Cr       []byte
	Stride, CStride int // bytes from row to row, of Y and of each chroma plane
}

// PlanesOf finds the planes in the data of an I420 frame.
func PlanesOf(data []byte, format pipeline.Format) Planes {
	luma := format.Stride * format.Height
	chroma := format.ChromaStride() * ((format.Height + 1) / 2)
	return Planes{
		Y:      data[:luma:luma],
		Cb:     data[luma : luma+chroma : luma+chroma],
		Cr:     data[luma+chroma : luma+2*chroma : luma+2*chroma],
		Stride: format.Stride, CStride: format.ChromaStride(),
	}
}

// From gives the rows from that one on. An odd row begins with the row of chroma that it shares with the one above.
func (p Planes) From(row int) Planes {
	chroma := row / 2 * p.CStride
	p.Y, p.Cb, p.Cr = p.Y[row*p.Stride:], p.Cb[chroma:], p.Cr[chroma:]
	return p
}

// Neutral sets both chroma planes to no colour.
func Neutral(p Planes) {
	for _, plane := range [...][]byte{p.Cb, p.Cr} {
		for i := range plane {
			plane[i] = 128
		}
	}
}

func copyPlane(dst []byte, dstStride int, src []byte, srcStride, row, rows int) {
	if dstStride == srcStride && row == dstStride {
		copy(dst[:row*rows], src)
		return
	}
	for y := range rows {
		copy(dst[y*dstStride:y*dstStride+row], src[y*srcStride:y*srcStride+row])
	}
}

// CopyI420 moves the picture of w by h pixels in src into dst, whose planes have at least that size.
func CopyI420(dst, src Planes, w, h int) {
	cw, ch := (w+1)/2, (h+1)/2
	copyPlane(dst.Y, dst.Stride, src.Y, src.Stride, w, h)
	copyPlane(dst.Cb, dst.CStride, src.Cb, src.CStride, cw, ch)
	copyPlane(dst.Cr, dst.CStride, src.Cr, src.CStride, cw, ch)
}
