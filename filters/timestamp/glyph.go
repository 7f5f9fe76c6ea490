package timestamp

import (
	"image"

	"golang.org/x/image/font/inconsolata"
	"golang.org/x/image/math/fixed"
)

// The letters are those of a face whose cells are 8 by 16 pixels, with shades.
const faceWidth, faceHeight = 8, 16

// glyphs holds letters of one height. They are made when they are first needed.
type glyphs struct {
	advance, edge int // from letter to letter, and how wide their edge is, in pixels
	width, height int // of a letter with its edge, in pixels
	made          map[rune]glyph
}

// glyph says how much of each pixel a letter covers, and how much it does with its edge, from 0 to 255.
type glyph struct{ inner, outer []byte }

func newGlyphs(height int) glyphs {
	g := glyphs{advance: max(height*faceWidth/faceHeight, 1), edge: max(height/16, 1), made: make(map[rune]glyph)}
	g.width, g.height = g.advance+2*g.edge, height+2*g.edge
	return g
}

// of gives a letter; those that the face lacks are shown as a question mark.
func (g *glyphs) of(letter rune) glyph {
	if made, ok := g.made[letter]; ok {
		return made
	}
	_, mask, at, _, ok := inconsolata.Bold8x16.Glyph(fixed.Point26_6{}, letter)
	if !ok {
		return g.of('?')
	}
	inner := g.scale(mask.(*image.Alpha), at)
	made := glyph{inner, g.widen(inner)}
	g.made[letter] = made
	return made
}

// scale brings a letter of the face to the height, interpolated between the face's pixels, and steepens
// its edges, which would be soft.
func (g *glyphs) scale(mask *image.Alpha, at image.Point) []byte {
	value := func(x, y int) float64 {
		if x < 0 || y < 0 || x >= faceWidth || y >= faceHeight {
			return 0
		}
		return float64(mask.AlphaAt(at.X+x, at.Y+y).A)
	}
	height := g.height - 2*g.edge
	steep := max(float64(height)/faceHeight, 1)
	pix := make([]byte, g.width*g.height)
	for y := range height {
		y0, dy := source(y, height, faceHeight)
		row := pix[(g.edge+y)*g.width+g.edge:]
		for x := range g.advance {
			x0, dx := source(x, g.advance, faceWidth)
			top := value(x0, y0)*(1-dx) + value(x0+1, y0)*dx
			bottom := value(x0, y0+1)*(1-dx) + value(x0+1, y0+1)*dx
			v := (top*(1-dy)+bottom*dy-128)*steep + 128
			row[x] = byte(min(max(v, 0), 255))
		}
	}
	return pix
}

// source gives between which two of the face's pixels pixel i of n lies, and how far it is from the first.
func source(i, n, face int) (int, float64) {
	at := (float64(i)+0.5)*float64(face)/float64(n) + 0.5 // one more, so that it is above zero
	return int(at) - 1, at - float64(int(at))
}

// widen gives each pixel the most that the letter has within the edge's width of it.
func (g *glyphs) widen(inner []byte) []byte {
	outer := make([]byte, len(inner))
	for y := range g.height {
		for x := range g.width {
			for j := max(y-g.edge, 0); j <= min(y+g.edge, g.height-1); j++ {
				for _, v := range inner[j*g.width+max(x-g.edge, 0) : j*g.width+min(x+g.edge, g.width-1)+1] {
					outer[y*g.width+x] = max(outer[y*g.width+x], v)
				}
			}
		}
	}
	return outer
}
