// Package raster moves the pixels of raw pictures about: it crops, turns and mirrors them in any layout, plane
// by plane, and translates between a picture as it is seen and as it is stored. It is pure Go, allocates
// nothing and knows no plugin; the filters share it.
//
// Where I420 is cut or mirrored between two pixels that share a chroma sample, the new sample is the mean of
// its neighbours, so that every position and size can be used in every layout.
package raster

import (
	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// Plane is one plane of a raw picture: rows of samples, one byte each.
type Plane struct {
	Pix           []byte
	Width, Height int // in pixels, of this plane
	Stride        int // bytes from one row to the next
	Samples       int // bytes a pixel: 3 for BGR, else 1
}

// Picture is the planes of a raw picture: one for BGR and gray, three for I420.
type Picture struct {
	planes [3]Plane
	n      int
}

// Of finds the planes in the data of a raw frame. The caller has checked the format against the data.
func Of(data []byte, f pipeline.Format) Picture {
	switch f.Layout {
	case pipeline.LayoutI420:
		p := pixel.PlanesOf(data, f)
		cw, ch := (f.Width+1)/2, (f.Height+1)/2
		return Picture{n: 3, planes: [3]Plane{
			{p.Y, f.Width, f.Height, p.Stride, 1},
			{p.Cb, cw, ch, p.CStride, 1},
			{p.Cr, cw, ch, p.CStride, 1},
		}}
	case pipeline.LayoutBGR:
		return Picture{n: 1, planes: [3]Plane{{data, f.Width, f.Height, f.Stride, 3}}}
	}
	return Picture{n: 1, planes: [3]Plane{{data, f.Width, f.Height, f.Stride, 1}}}
}

// Planes lists the planes, that of luma or of all colours first.
func (p *Picture) Planes() []Plane { return p.planes[:p.n] }

// Derive gives a new frame for a picture of that size in f's layout, tightly packed and not filled yet.
func Derive(f *pipeline.Frame, width, height int) *pipeline.Frame {
	format := pipeline.Raw(f.Format.Layout, width, height)
	out := f.Derive(format.Bytes())
	out.Format = format
	return out
}

// Copy gives a tightly packed copy of a raw frame, to be drawn on. A frame whose format does not fit its data
// gives an error that wraps pipeline.ErrSkip.
func Copy(f *pipeline.Frame) (*pipeline.Frame, error) {
	if err := pixel.Check(f); err != nil {
		return nil, err
	}
	out := Derive(f, f.Format.Width, f.Format.Height)
	pixel.Convert(out.Data, f.Format.Layout, f.Data, f.Format)
	return out, nil
}

// GrayOf gives a tightly packed gray picture in pix.
func GrayOf(pix []byte, width, height int) Picture {
	return Of(pix, pipeline.Raw(pipeline.LayoutGray, width, height))
}
