package mask

import (
	"image"

	"framewire/filters/internal/raster"
)

// grid is a part of a plane, reduced to the means of its cells. Its memory is used again.
type grid struct {
	part          image.Rectangle
	cell          int // side in pixels; the last of a row or column may be smaller
	columns, rows int
	means         []byte  // of each cell and sample
	across        []node  // for each pixel of a row
	line          []int32 // the means at the height of a row of pixels, 8 bits after the point
}

// node is where a pixel lies between the centres of two neighbouring cells.
type node struct {
	first, second int   // cells
	weight        int32 // of the second, from 0 to 256
}

// measure takes the means of the part r of a plane.
func (g *grid) measure(p *raster.Plane, r image.Rectangle, cell int) {
	g.part, g.cell = r, cell
	g.columns, g.rows = (r.Dx()+cell-1)/cell, (r.Dy()+cell-1)/cell
	g.means = g.means[:0]
	for y := range g.rows {
		for x := range g.columns {
			at := g.part.Min.Add(image.Pt(x*cell, y*cell))
			square := image.Rectangle{Min: at, Max: at.Add(image.Pt(cell, cell))}.Intersect(r)
			var sums [3]int64
			for line := square.Min.Y; line < square.Max.Y; line++ {
				add(&sums, p.Pix[line*p.Stride+square.Min.X*p.Samples:][:square.Dx()*p.Samples], p.Samples)
			}
			n := int64(square.Dx() * square.Dy())
			for _, sum := range sums[:p.Samples] {
				g.means = append(g.means, byte((sum+n/2)/n))
			}
		}
	}
}

// add adds up the samples of a row.
func add(sums *[3]int64, row []byte, samples int) {
	var a, b, c int
	if samples == 1 {
		for _, v := range row {
			a += int(v)
		}
	} else {
		for i := 0; i+2 < len(row); i += 3 {
			a += int(row[i])
			b += int(row[i+1])
			c += int(row[i+2])
		}
	}
	sums[0] += int64(a)
	sums[1] += int64(b)
	sums[2] += int64(c)
}

// row gives the pixels of a row within the part, which is counted from the part's top.
func (g *grid) row(p *raster.Plane, y int) []byte {
	return p.Pix[(g.part.Min.Y+y)*p.Stride+g.part.Min.X*p.Samples:][:g.part.Dx()*p.Samples]
}

// squares paints each cell in its mean.
func (g *grid) squares(p *raster.Plane) {
	for y := range g.part.Dy() {
		row := g.row(p, y)
		if y%g.cell != 0 {
			copy(row, g.row(p, y-1))
			continue
		}
		means := g.means[y/g.cell*g.columns*p.Samples:]
		for x := range g.part.Dx() {
			copy(row[x*p.Samples:][:p.Samples], means[x/g.cell*p.Samples:])
		}
	}
}

// soft paints what lies between the cells' centres as if their means were only there.
func (g *grid) soft(p *raster.Plane) {
	g.across = g.across[:0]
	for x := range g.part.Dx() {
		n := g.node(x, g.columns)
		n.first, n.second = n.first*p.Samples, n.second*p.Samples
		g.across = append(g.across, n)
	}
	for y := range g.part.Dy() {
		down := g.node(y, g.rows)
		upper := g.means[down.first*g.columns*p.Samples:]
		lower := g.means[down.second*g.columns*p.Samples:]
		g.line = g.line[:0]
		for i := range g.columns * p.Samples {
			g.line = append(g.line, int32(upper[i])*(256-down.weight)+int32(lower[i])*down.weight)
		}
		row := g.row(p, y)
		for _, n := range g.across {
			a, b := g.line[n.first:], g.line[n.second:]
			for s := range row[:p.Samples] {
				row[s] = byte((a[s]*(256-n.weight) + b[s]*n.weight + 1<<15) >> 16)
			}
			row = row[p.Samples:]
		}
	}
}

// node places the pixel at i among the centres of n cells. The last cell counts as if it were whole.
func (g *grid) node(i, n int) node {
	at := 2*i + 1 - g.cell // in half pixels from the first centre
	if at <= 0 {
		return node{}
	}
	first := min(at/(2*g.cell), n-1)
	second := min(first+1, n-1)
	return node{first, second, int32((at - first*2*g.cell) * 256 / (2 * g.cell))}
}
