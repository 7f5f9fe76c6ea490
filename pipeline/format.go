package pipeline

import (
	"fmt"
	"strings"
)

// Codec names how a frame's bytes are to be read.
type Codec string

// The codecs the engine knows by name. A plugin may bring others.
const (
	CodecRaw  Codec = "raw"  // pixels; Layout and Stride say how they lie
	CodecJPEG Codec = "jpeg" // one JPEG image (ITU-T T.81) a frame
	CodecFile Codec = "file" // a file's bytes as they are, whatever it is; it has no size in pixels
)

// Layout says how the pixels of a raw frame lie in memory, 8 bits a sample.
type Layout uint8

// The pixel layouts. Their numbers are part of the wire format and never change.
const (
	LayoutNone Layout = 0 // not a raw frame
	LayoutBGR  Layout = 1 // interleaved blue, green, red: 3 bytes a pixel, as OpenCV has it
	LayoutGray Layout = 2 // one byte a pixel
	LayoutI420 Layout = 3 // planes Y, Cb, Cr; chroma halved both ways, rounded up (full range, JFIF)
)

var layoutNames = [...]string{"none", "bgr", "gray", "i420"}

// String gives the layout's name in lower case.
func (l Layout) String() string {
	if int(l) < len(layoutNames) {
		return layoutNames[l]
	}
	return fmt.Sprintf("layout %d", uint8(l))
}

// MaxPixels is the largest picture that anything here decodes or makes, in pixels (100 megapixels).
// A header that claims more is refused before memory is taken for it.
const MaxPixels = 100_000_000

// Format says what a frame holds. As a pattern (in a plugin's Gives and Accepts) a zero field means any.
type Format struct {
	Codec  Codec
	Width  int // in pixels
	Height int // in pixels
	Layout Layout
	Stride int // bytes from one row to the next (of the Y plane in I420); raw only
}

// Raw gives the format of tightly packed pixels.
func Raw(layout Layout, width, height int) Format {
	stride := width
	if layout == LayoutBGR {
		stride = 3 * width
	}
	return Format{Codec: CodecRaw, Width: width, Height: height, Layout: layout, Stride: stride}
}

// JPEG gives the format of JPEG images of that size.
func JPEG(width, height int) Format {
	return Format{Codec: CodecJPEG, Width: width, Height: height}
}

// Any is the pattern that every format matches; AnyRaw, AnyJPEG and AnyFile match one codec.
var (
	Any     = Format{}
	AnyRaw  = Format{Codec: CodecRaw}
	AnyJPEG = Format{Codec: CodecJPEG}
	AnyFile = Format{Codec: CodecFile}
)

// Matches reports whether f fits the pattern.
func (f Format) Matches(pattern Format) bool {
	return (pattern.Codec == "" || pattern.Codec == f.Codec) &&
		(pattern.Layout == LayoutNone || pattern.Layout == f.Layout) &&
		(pattern.Width == 0 || pattern.Width == f.Width) &&
		(pattern.Height == 0 || pattern.Height == f.Height)
}

// ChromaStride is the bytes from one row to the next in the Cb and Cr planes of I420.
func (f Format) ChromaStride() int { return (f.Stride + 1) / 2 }

// Bytes is the exact length of a raw frame's data, or 0 for any other codec. It fits an int for every
// format that Check accepts.
func (f Format) Bytes() int {
	if f.Codec != CodecRaw {
		return 0
	}
	if f.Layout == LayoutI420 {
		return f.Stride*f.Height + 2*f.ChromaStride()*((f.Height+1)/2)
	}
	return f.Stride * f.Height
}

// Check reports whether the format is one that n bytes of data can have: sizes above zero and at most
// MaxPixels (none for files), and for raw frames a known layout, a stride that holds a row and the exact length.
func (f Format) Check(n int) error {
	if f.Codec == CodecFile {
		if f != AnyFile {
			return fmt.Errorf("file frame of %dx%d: a file has no size in pixels", f.Width, f.Height)
		}
		return nil
	}
	if f.Width <= 0 || f.Height <= 0 {
		return fmt.Errorf("%s frame of %dx%d: no pixels", f.Codec, f.Width, f.Height)
	}
	if f.Width > MaxPixels/f.Height {
		return fmt.Errorf("%s frame of %dx%d: more than %d megapixels", f.Codec, f.Width, f.Height, MaxPixels/1_000_000)
	}
	if f.Codec != CodecRaw {
		if n == 0 {
			return fmt.Errorf("%s frame of %dx%d: no data", f.Codec, f.Width, f.Height)
		}
		return nil
	}
	row := Raw(f.Layout, f.Width, f.Height).Stride
	switch {
	case f.Layout == LayoutNone || int(f.Layout) >= len(layoutNames):
		return fmt.Errorf("raw frame with unknown pixel %s", f.Layout)
	case f.Stride > 4*MaxPixels/f.Height:
		return fmt.Errorf("raw %s frame of %dx%d: stride %d is too large", f.Layout, f.Width, f.Height, f.Stride)
	case f.Stride < row:
		return fmt.Errorf("raw %s frame of %dx%d: stride %d does not hold a row of %d bytes", f.Layout, f.Width, f.Height, f.Stride, row)
	case f.Bytes() != n:
		return fmt.Errorf("raw %s frame of %dx%d: %d bytes, wants %d", f.Layout, f.Width, f.Height, n, f.Bytes())
	}
	return nil
}

// String gives the format as people read it: "jpeg 1280x720", "raw bgr 640x480", "any".
func (f Format) String() string {
	if f == Any {
		return "any"
	}
	parts := []string{string(f.Codec)}
	if f.Layout != LayoutNone {
		parts = append(parts, f.Layout.String())
	}
	if f.Width > 0 {
		parts = append(parts, fmt.Sprintf("%dx%d", f.Width, f.Height))
	}
	return strings.Join(parts, " ")
}
