package testpattern

import (
	"image"
	"strconv"
	"time"

	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// bars are the colours from left to right in BGR, bright to dark: white, yellow, cyan, green, magenta, red, blue, black.
var bars = [8][3]byte{
	{255, 255, 255}, {0, 255, 255}, {255, 255, 0}, {0, 255, 0}, {255, 0, 255}, {0, 0, 255}, {255, 0, 0}, {0, 0, 0},
}

// painter makes the pictures of one size. The background has only two kinds of row, which are made once
// and stay in the processor's cache: a picture costs writing it, not reading another.
type painter struct {
	width, height int    // in pixels
	bars, ramp    []byte // a row of the colours, a row of the shades below them
	marker        grid
	marked        bool
	box           int // side of the moving square, in pixels
	number, clock face
	text          []byte
}

func newPainter(width, height int) *painter {
	p := &painter{
		width: width, height: height, bars: make([]byte, 3*width), ramp: make([]byte, 3*width),
		box: max(min(width, height)/8, 2),
	}
	for x := range width {
		copy(p.bars[3*x:], bars[8*x/width][:])
		shade := byte(255 * x / max(width-1, 1))
		p.ramp[3*x], p.ramp[3*x+1], p.ramp[3*x+2] = shade, shade, shade
	}
	p.marker, p.marked = gridOf(width, height)
	p.number = newFace(min(width/(glyphWidth*9), height/(glyphHeight*5)))
	p.clock = newFace(min(width/(glyphWidth*26), height/(glyphHeight*10)))
	return p
}

// paint draws picture n, made at that time, into tightly packed BGR pixels.
func (p *painter) paint(pix []byte, n uint64, at time.Time) {
	stride := 3 * p.width
	for y := range p.height {
		row := p.bars
		if y >= p.height*3/4 {
			row = p.ramp
		}
		copy(pix[y*stride:], row)
	}

	// The square goes to and fro, a 120th of the width at a time.
	x := 0
	if span := uint64(p.width - p.box); span > 0 {
		at := n * uint64(max(p.width/120, 1)) % (2 * span)
		x = int(min(at, 2*span-at))
	}
	y := p.height*3/4 - p.box
	for row := range p.box {
		line := pix[(y+row)*stride+3*x:][:3*p.box]
		for i := range line {
			line[i] = byte(255 * ((row / 2) & 1)) // stripes, which show torn and interlaced pictures
		}
	}
	p.text = appendNumber(p.text[:0], n)
	p.number.write(pix, p.width, max(p.height*3/8, p.marker.rows*p.marker.cell), p.text)
	p.text = at.AppendFormat(p.text[:0], "2006-01-02 15:04:05.000")
	p.clock.write(pix, p.width, p.height*3/4+p.height/16, p.text)
	if p.marked {
		p.marker.draw(pix, stride, Marker{Seq: n, Captured: at})
	}
}

// appendNumber writes n with at least six digits.
func appendNumber(text []byte, n uint64) []byte {
	for limit := uint64(100_000); n < limit && limit >= 10; limit /= 10 {
		text = append(text, '0')
	}
	return strconv.AppendUint(text, n, 10)
}

// The glyphs are those of basicfont, which are 7 by 13 pixels with their space.
const (
	glyphWidth, glyphHeight = 7, 13
	letters                 = "0123456789-:. "
)

// face holds the letters enlarged, white on black, as BGR pixels one after the other. It is empty where
// the picture has no room for them.
type face struct {
	width, height int // of one letter in pixels
	pix           []byte
}

func newFace(scale int) face {
	if scale < 1 {
		return face{}
	}
	f := face{width: glyphWidth * scale, height: glyphHeight * scale}
	f.pix = make([]byte, 3*f.width*f.height*len(letters))
	source := basicfont.Face7x13
	mask := source.Mask.(*image.Alpha)
	for i, letter := range letters {
		_, _, at, _, _ := source.Glyph(fixed.Point26_6{}, letter)
		for y := range f.height {
			for x := range source.Width * scale {
				v := mask.AlphaAt(at.X+x/scale, at.Y+y/scale).A
				p := f.pix[3*((i*f.height+y)*f.width+x):]
				p[0], p[1], p[2] = v, v, v
			}
		}
	}
	return f
}

// write puts text in the middle of a row of the picture, y pixels from its top; what is too wide is left out.
func (f face) write(pix []byte, width, y int, text []byte) {
	if f.width == 0 || len(text)*f.width > width {
		return
	}
	x := (width - len(text)*f.width) / 2
	row := 3 * f.width
	for i, letter := range text {
		glyph := f.pix[letterIndex(letter)*row*f.height:]
		for line := range f.height {
			copy(pix[3*((y+line)*width+x+i*f.width):][:row], glyph[line*row:])
		}
	}
}

// letterIndex finds a letter's place in letters.
func letterIndex(letter byte) int {
	switch letter {
	case '-':
		return 10
	case ':':
		return 11
	case '.':
		return 12
	case ' ':
		return 13
	}
	return int(letter - '0')
}
