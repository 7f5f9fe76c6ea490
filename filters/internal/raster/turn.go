package raster

import "slices"

// Turn is one of the eight ways in which a picture can be laid down: turned clockwise, then mirrored.
type Turn struct {
	Degrees int  // 0, 90, 180 or 270
	Mirror  bool // left and right change places, after the turning
}

// Mirror says which sides of a picture change places. The empty Mirror is neither.
type Mirror string

// The ways to mirror.
const (
	Horizontal Mirror = "horizontal" // left and right
	Vertical   Mirror = "vertical"   // top and bottom
)

// Turn gives the turn that mirrors.
func (m Mirror) Turn() Turn {
	switch m {
	case Horizontal:
		return Turn{Mirror: true}
	case Vertical:
		return Turn{Degrees: 180, Mirror: true}
	}
	return Turn{}
}

// Then gives the turn that has the effect of t and next after it.
func (t Turn) Then(next Turn) Turn {
	if t.Mirror { // turning a mirrored picture one way is turning it the other way before
		return Turn{Degrees: (t.Degrees - next.Degrees + 360) % 360, Mirror: !next.Mirror}
	}
	return Turn{Degrees: (t.Degrees + next.Degrees) % 360, Mirror: next.Mirror}
}

// Within gives what has to be done to a stored picture, which its viewer turns clockwise by that many degrees,
// so that the viewer sees the effect of t.
func (t Turn) Within(degrees int) Turn {
	return Turn{Degrees: degrees}.Then(t).Then(Turn{Degrees: (360 - degrees) % 360})
}

// Size gives the size of a picture of that size after the turn.
func (t Turn) Size(width, height int) (int, int) { return Seen(width, height, t.Degrees) }

// source gives the pixel of a plane of that size that comes to lie at x, y.
func (t Turn) source(x, y, width, height int) (int, int) {
	if w, _ := t.Size(width, height); t.Mirror {
		x = w - 1 - x
	}
	switch t.Degrees {
	case 90:
		return y, height - 1 - x
	case 180:
		return width - 1 - x, height - 1 - y
	case 270:
		return width - 1 - y, x
	}
	return x, y
}

// Turner turns pictures. It keeps memory for chroma that has to be moved by half a sample.
type Turner struct{ scratch []byte }

// Turn writes src, turned, into dst, which has the turned size and src's layout.
func (r *Turner) Turn(dst, src Picture, t Turn) {
	for i := range src.n {
		from := src.planes[i]
		if i > 0 {
			from = r.centred(from, src.planes[0].Width, src.planes[0].Height, t)
		}
		turn(&dst.planes[i], &from, t)
	}
}

// centred gives a chroma plane as it has to be before it is turned. Where an axis of odd length is reversed, other pixels
// share a sample than before: each new one is the mean of two old ones.
func (r *Turner) centred(p Plane, width, height int, t Turn) Plane {
	x0, y0 := t.source(0, 0, 3, 3)
	x1, y1 := t.source(2, 2, 3, 3)
	backX, backY := 0, 0
	if x1 < x0 {
		backX = width % 2
	}
	if y1 < y0 {
		backY = height % 2
	}
	if backX == 0 && backY == 0 {
		return p
	}
	r.scratch = slices.Grow(r.scratch[:0], p.Width*p.Height)[:p.Width*p.Height]
	to := Plane{Pix: r.scratch, Width: p.Width, Height: p.Height, Stride: p.Width, Samples: 1}
	for y := range p.Height {
		out := to.Pix[y*to.Stride:][:p.Width]
		top := p.Pix[max(y-backY, 0)*p.Stride:][:p.Width]
		bottom := p.Pix[y*p.Stride:][:p.Width]
		for x := range out {
			a := max(x-backX, 0)
			out[x] = mean(top[a], top[x], bottom[a], bottom[x])
		}
	}
	return to
}

// tile is the side of the squares in which a plane is turned, so that the rows that are read stay in the
// processor's cache although each is left after one pixel.
const tile = 64

func turn(to, from *Plane, t Turn) {
	at := func(x, y int) int {
		x, y = t.source(x, y, from.Width, from.Height)
		return y*from.Stride + x*from.Samples
	}
	first := at(0, 0)
	right, down := at(1, 0)-first, at(0, 1)-first
	if right == from.Samples {
		for y := range to.Height {
			copy(to.Pix[y*to.Stride:][:to.Width*to.Samples], from.Pix[first+y*down:])
		}
		return
	}
	for y0 := 0; y0 < to.Height; y0 += tile {
		for x0 := 0; x0 < to.Width; x0 += tile {
			width := min(tile, to.Width-x0)
			for y := y0; y < min(y0+tile, to.Height); y++ {
				out := to.Pix[y*to.Stride+x0*to.Samples:][:width*to.Samples]
				if to.Samples == 3 {
					gather3(out, from.Pix, first+y*down+x0*right, right)
				} else {
					gather1(out, from.Pix, first+y*down+x0*right, right)
				}
			}
		}
	}
}

func gather1(out, pix []byte, at, step int) {
	for x := range out {
		out[x] = pix[at]
		at += step
	}
}

func gather3(out, pix []byte, at, step int) {
	for x := 0; x+2 < len(out); x += 3 {
		p := pix[at : at+3 : at+3]
		out[x], out[x+1], out[x+2] = p[0], p[1], p[2]
		at += step
	}
}
