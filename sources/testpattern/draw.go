package testpattern

import (
	"image"
	"strconv"
	"time"

	"framewire/codecs/pixel"
	"framewire/pipeline"

	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// bars are the colours from left to right in BGR, bright to dark: white, yellow, cyan, green, magenta, red, blue, black.
var bars = [8][3]byte{
	{255, 255, 255}, {0, 255, 255}, {255, 255, 0}, {0, 255, 0}, {255, 0, 255}, {0, 0, 255}, {255, 0, 0}, {0, 0, 0},
}

// painter makes the pictures of one size and layout, BGR or I420. The background has only two kinds of row,
// which are made once and stay in the processor's cache: a picture costs writing it, not reading another.
type painter struct {
	format        pipeline.Format
	bars, ramp    backdrop // the colours, and the shades below them
	marker        grid
	marked        bool
	box           int // side of the moving square, in pixels
	number, clock face
	text          []byte
}

func newPainter(layout pipeline.Layout, width, height int) *painter {
	p := &painter{format: pipeline.Raw(layout, width, height), box: max(min(width, height)/8, 2)}
	colours, shades := make([]byte, 3*width), make([]byte, 3*width)
	for x := range width {
		copy(colours[3*x:], bars[8*x/width][:])
		shade := byte(255 * x / max(width-1, 1))
		copy(shades[3*x:], []byte{shade, shade, shade})
	}
	p.bars, p.ramp = newBackdrop(layout, colours), newBackdrop(layout, shades)
	p.marker, p.marked = gridOf(width, height)
	samples := samplesOf(layout)
	p.number = newFace(min(width/(glyphWidth*9), height/(glyphHeight*5)), samples)
	p.clock = newFace(min(width/(glyphWidth*26), height/(glyphHeight*10)), samples)
	return p
}

// samplesOf gives the bytes of a pixel in the plane that everything black and white is drawn in.
func samplesOf(layout pipeline.Layout) int {
	if layout == pipeline.LayoutBGR {
		return 3
	}
	return 1
}

// backdrop is a row of the background: its BGR pixels, or luma with half as much of each chroma.
type backdrop struct{ row, cb, cr []byte }

func newBackdrop(layout pipeline.Layout, row []byte) backdrop {
	if layout == pipeline.LayoutBGR {
		return backdrop{row: row}
	}
	from, to := pipeline.Raw(pipeline.LayoutBGR, len(row)/3, 1), pipeline.Raw(layout, len(row)/3, 1)
	data := make([]byte, to.Bytes())
	pixel.Convert(data, layout, row, from)
	planes := pixel.PlanesOf(data, to)
	return backdrop{planes.Y, planes.Cb, planes.Cr}
}

// canvas is a picture that is being painted. What is black and white goes into pix, with samples bytes a pixel;
// cb and cr are empty where pix has the colours too.
type canvas struct {
	pix, cb, cr     []byte
	stride, cstride int // bytes a row
	samples         int
	gray            backdrop // has no colour anywhere
}

func (p *painter) canvas(data []byte) canvas {
	if p.format.Layout == pipeline.LayoutBGR {
		return canvas{pix: data, stride: p.format.Stride, samples: 3}
	}
	planes := pixel.PlanesOf(data, p.format)
	return canvas{pix: planes.Y, cb: planes.Cb, cr: planes.Cr, stride: planes.Stride, cstride: planes.CStride, samples: 1, gray: p.ramp}
}

// fill paints the background in a rectangle.
func (c canvas) fill(b backdrop, x, y, width, height int) {
	from, to := c.samples*x, c.samples*(x+width)
	for row := y; row < y+height; row++ {
		copy(c.pix[row*c.stride+from:], b.row[from:to])
	}
	c.tint(b, x, y, width, height)
}

// tint gives a rectangle the background's colours, where they lie apart: all samples that any of its pixels has.
func (c canvas) tint(b backdrop, x, y, width, height int) {
	if c.cb == nil || width == 0 || height == 0 {
		return
	}
	from, to := x/2, (x+width+1)/2
	for row := y / 2; row < (y+height+1)/2; row++ {
		copy(c.cb[row*c.cstride+from:], b.cb[from:to])
		copy(c.cr[row*c.cstride+from:], b.cr[from:to])
	}
}

// blank takes the colour out of a rectangle in which something black and white is drawn.
func (c canvas) blank(x, y, width, height int) { c.tint(c.gray, x, y, width, height) }

// paint draws picture n, all but its time, into tightly packed pixels of the painter's format.
func (p *painter) paint(data []byte, n uint64) {
	width, height := p.format.Width, p.format.Height
	c := p.canvas(data)
	c.fill(p.ramp, 0, height*3/4, width, height-height*3/4)
	c.fill(p.bars, 0, 0, width, height*3/4) // last: a row of colour samples that both have is that of the bars
	p.draw(c, n)
}

// repaint is paint for data that hold picture before: it leaves what stays the same.
func (p *painter) repaint(data []byte, before, n uint64) {
	if digits(before) != digits(n) {
		p.paint(data, n)
		return
	}
	c := p.canvas(data)
	x, y := p.place(before)
	c.fill(p.bars, x, y, p.box, p.box)
	p.draw(c, n)
}

// draw paints what changes from picture to picture.
func (p *painter) draw(c canvas, n uint64) {
	p.square(c, n)
	p.text = appendNumber(p.text[:0], n)
	p.number.write(c, p.format.Width, max(p.format.Height*3/8, p.marker.rows*p.marker.cell), p.text)
}

// stamp writes into picture n when it was made.
func (p *painter) stamp(data []byte, n uint64, at time.Time) {
	width, height := p.format.Width, p.format.Height
	c := p.canvas(data)
	p.text = at.AppendFormat(p.text[:0], "2006-01-02 15:04:05.000")
	p.clock.write(c, width, height*3/4+height/16, p.text)
	if p.marked {
		p.marker.draw(c, Marker{Seq: n, Captured: at})
	}
}

// place is where the square of picture n has its upper left corner. It goes to and fro, a 120th of the width at a
// time.
func (p *painter) place(n uint64) (x, y int) {
	if span := uint64(p.format.Width - p.box); span > 0 {
		at := n * uint64(max(p.format.Width/120, 1)) % (2 * span)
		x = int(min(at, 2*span-at))
	}
	return x, p.format.Height*3/4 - p.box
}

// square paints the square. Its stripes show torn and interlaced pictures.
func (p *painter) square(c canvas, n uint64) {
	x, y := p.place(n)
	for row := range p.box {
		line := c.pix[(y+row)*c.stride+c.samples*x:][:c.samples*p.box]
		for i := range line {
			line[i] = byte(255 * ((row / 2) & 1))
		}
	}
	c.blank(x, y, p.box, p.box)
}

// digits counts the figures of a number as appendNumber writes it.
func digits(n uint64) int {
	count := 6
	for n /= 1_000_000; n > 0; n /= 10 {
		count++
	}
	return count
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

// face holds the letters enlarged, white on black, one after the other, with so many bytes a pixel. It is
// empty where the picture has no room for them.
type face struct {
	width, height int // of one letter in pixels
	samples       int
	pix           []byte
}

func newFace(scale, samples int) face {
	if scale < 1 {
		return face{}
	}
	f := face{width: glyphWidth * scale, height: glyphHeight * scale, samples: samples}
	f.pix = make([]byte, samples*f.width*f.height*len(letters))
	source := basicfont.Face7x13
	mask := source.Mask.(*image.Alpha)
	for i, letter := range letters {
		_, _, at, _, _ := source.Glyph(fixed.Point26_6{}, letter)
		for y := range f.height {
			for x := range source.Width * scale {
				v := mask.AlphaAt(at.X+x/scale, at.Y+y/scale).A
				p := f.pix[samples*((i*f.height+y)*f.width+x):][:samples]
				for k := range p {
					p[k] = v
				}
			}
		}
	}
	return f
}

// write puts text in the middle of a row of the picture, y pixels from its top; what is too wide is left out.
func (f face) write(c canvas, width, y int, text []byte) {
	if f.width == 0 || len(text)*f.width > width {
		return
	}
	x := (width - len(text)*f.width) / 2
	row := f.samples * f.width
	for i, letter := range text {
		glyph := f.pix[letterIndex(letter)*row*f.height:]
		for line := range f.height {
			copy(c.pix[(y+line)*c.stride+f.samples*(x+i*f.width):][:row], glyph[line*row:])
		}
	}
	c.blank(x, y, len(text)*f.width, f.height)
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
