package timestamp

import (
	"bytes"
	"image"
	"unicode/utf8"

	"framewire/filters/internal/raster"
)

// label is a line of text as it is laid over pictures, made when text, size or rotation change.
type label struct {
	text     []byte
	height   int // of the letters, in pixels
	rotation int // of the pictures, in degrees
	glyphs   glyphs

	seen   layer // as a viewer sees it
	turned layer // as the picture is stored
	turner raster.Turner
}

// layer says of each pixel how much of the picture is kept there, and how much white is laid over it, from 0 to
// 255. Its sides are even, so that it covers whole chroma samples.
type layer struct {
	width, height int
	keep, white   []byte
}

// set makes the label for pictures that are seen at that width; a text that would be wider gets smaller
// letters, down to leastHeight.
func (l *label) set(text []byte, height, width, rotation int) {
	letters := max(utf8.RuneCount(text), 1)
	height = max(min(height, 2*width/(letters+2)), leastHeight)
	if l.height == height && l.rotation == rotation && bytes.Equal(l.text, text) {
		return
	}
	if l.height != height {
		l.glyphs = newGlyphs(height)
	}
	l.text, l.height, l.rotation = append(l.text[:0], text...), height, rotation
	l.compose(letters)
	t := raster.Turn{Degrees: (360 - rotation) % 360}
	l.turned.width, l.turned.height = t.Size(l.seen.width, l.seen.height)
	l.turned.keep = l.turn(l.turned.keep, l.seen.keep, t)
	l.turned.white = l.turn(l.turned.white, l.seen.white, t)
}

// size gives the label's width and height as it is seen.
func (l *label) size() (int, int) { return l.seen.width, l.seen.height }

// compose writes the letters.
func (l *label) compose(letters int) {
	s, g := &l.seen, &l.glyphs
	s.width = (letters*g.advance + 2*g.edge + 1) &^ 1
	s.height = (g.height + 1) &^ 1
	n := s.width * s.height
	s.white, s.keep = zeroed(s.white, n), zeroed(s.keep, n)
	left := 0
	for rest := l.text; len(rest) > 0; left += g.advance {
		letter, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		pix := g.of(letter)
		for y := range g.height {
			at, from := y*s.width+left, y*g.width
			most(s.white[at:], pix.inner[from:from+g.width])
			most(s.keep[at:], pix.outer[from:from+g.width]) // what is covered, for now
		}
	}
	for i, white := range s.white {
		s.keep[i] = byte((255 - int(s.keep[i])) * (255 - int(white)) / 255)
	}
}

// most raises the bytes of dst to those of src; the edges of neighbouring letters overlap.
func most(dst, src []byte) {
	for i, v := range src {
		dst[i] = max(dst[i], v)
	}
}

func (l *label) turn(dst, src []byte, t raster.Turn) []byte {
	dst = zeroed(dst, len(src))
	to := raster.GrayOf(dst, l.turned.width, l.turned.height)
	l.turner.Turn(to, raster.GrayOf(src, l.seen.width, l.seen.height), t)
	return dst
}

// zeroed gives n zero bytes, in the memory of buf where it is enough.
func zeroed(buf []byte, n int) []byte {
	if cap(buf) < n {
		return make([]byte, n)
	}
	buf = buf[:n]
	clear(buf)
	return buf
}

// draw lays the label over a stored picture, at that place or up to one pixel left of and above it, where chroma samples
// begin. What stands out of the picture is left out.
func (l *label) draw(p raster.Picture, at image.Point) {
	at = image.Pt(at.X&^1, at.Y&^1)
	for i, plane := range p.Planes() {
		if i == 0 {
			l.turned.luma(&plane, at)
		} else {
			l.turned.chroma(&plane, at.Div(2))
		}
	}
}

// luma draws into a plane of brightness, or of all colours.
func (l *layer) luma(p *raster.Plane, at image.Point) {
	r := image.Rect(0, 0, l.width, l.height).Intersect(image.Rect(0, 0, p.Width, p.Height).Sub(at))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := p.Pix[(at.Y+y)*p.Stride+(at.X+r.Min.X)*p.Samples:]
		for x := r.Min.X; x < r.Max.X; x++ {
			keep, white := int(l.keep[y*l.width+x]), int(l.white[y*l.width+x])
			if keep != 255 {
				for s := range row[:p.Samples] {
					row[s] = byte((int(row[s])*keep+127)/255 + white)
				}
			}
			row = row[p.Samples:]
		}
	}
}

// chroma takes colour away where the label covers it; one sample stands for two by two pixels.
func (l *layer) chroma(p *raster.Plane, at image.Point) {
	r := image.Rect(0, 0, l.width/2, l.height/2).Intersect(image.Rect(0, 0, p.Width, p.Height).Sub(at))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := p.Pix[(at.Y+y)*p.Stride+at.X:]
		for x := r.Min.X; x < r.Max.X; x++ {
			i := 2*y*l.width + 2*x
			keep := int(l.keep[i]) + int(l.keep[i+1]) + int(l.keep[i+l.width]) + int(l.keep[i+l.width+1])
			if keep != 4*255 {
				row[x] = byte(128 + (int(row[x])-128)*keep/(4*255))
			}
		}
	}
}
