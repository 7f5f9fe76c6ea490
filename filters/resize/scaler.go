//go:build !opencv

package resize

import (
	"slices"

	"framewire/filters/internal/raster"
)

// scaler brings planes to another size: each row that is needed first across, then rows are mixed. It keeps
// its kernels and its memory from frame to frame.
type scaler struct {
	planes [3]planeScaler
}

// scale writes src into dst, whatever their sizes; they have the same layout.
func (s *scaler) scale(dst, src raster.Picture) error {
	from := src.Planes()
	for i, to := range dst.Planes() {
		s.planes[i].scale(to, from[i])
	}
	return nil
}

type planeScaler struct {
	across, down kernel
	rows         [2][]uint16 // the rows used last, scaled across, 8 bits after the point
	held         [2]int      // which rows those are
	sum          []uint32    // of the new row, 24 bits after the point
}

func (s *planeScaler) scale(to, from raster.Plane) {
	s.across.set(from.Width, to.Width)
	s.down.set(from.Height, to.Height)
	n := to.Width * to.Samples
	for i := range s.rows {
		s.rows[i], s.held[i] = slices.Grow(s.rows[i][:0], n)[:n], -1
	}
	s.sum = slices.Grow(s.sum[:0], n)[:n]

	weights := s.down.weights
	for y := range to.Height {
		first, count := s.down.first[y], s.down.count[y]
		out := to.Pix[y*to.Stride:][:n]
		if count == 2 {
			mix(out, s.row(&from, first), s.row(&from, first+1), weights[0], weights[1])
		} else {
			clear(s.sum)
			for i, w := range weights[:count] {
				add(s.sum, s.row(&from, first+i), w)
			}
			for x, v := range s.sum {
				out[x] = byte((v + half) >> 24)
			}
		}
		weights = weights[count:]
	}
}

// half is one half with 24 bits after the point.
const half = 1 << 23

// row gives a row scaled across. The last two stay: neighbours share them.
func (s *planeScaler) row(from *raster.Plane, y int) []uint16 {
	if s.held[y%2] != y {
		s.held[y%2] = y
		pix := from.Pix[y*from.Stride:][:from.Width*from.Samples]
		if from.Samples == 3 {
			s.across.apply3(s.rows[y%2], pix)
		} else {
			s.across.apply1(s.rows[y%2], pix)
		}
	}
	return s.rows[y%2]
}

func (k *kernel) apply1(out []uint16, pix []byte) {
	weights := k.weights
	for i := range out {
		first, count := k.first[i], k.count[i]
		w, p := weights[:count], pix[first:first+count]
		weights = weights[count:]
		v := w[0] * uint32(p[0])
		for j := 1; j < len(w) && j < len(p); j++ {
			v += w[j] * uint32(p[j])
		}
		out[i] = uint16(v >> 8)
	}
}

func (k *kernel) apply3(out []uint16, pix []byte) {
	weights := k.weights
	for i := 0; i+2 < len(out); i += 3 {
		first, count := k.first[i/3], k.count[i/3]
		var a, b, c uint32
		p := pix[3*first : 3*(first+count)]
		for j, w := range weights[:count] {
			q := p[3*j : 3*j+3 : 3*j+3]
			a += w * uint32(q[0])
			b += w * uint32(q[1])
			c += w * uint32(q[2])
		}
		weights = weights[count:]
		out[i], out[i+1], out[i+2] = uint16(a>>8), uint16(b>>8), uint16(c>>8)
	}
}

// mix makes a new row of two.
func mix(out []byte, a, b []uint16, wa, wb uint32) {
	a, b = a[:len(out)], b[:len(out)]
	for x := range out {
		out[x] = byte((wa*uint32(a[x]) + wb*uint32(b[x]) + half) >> 24)
	}
}

func add(sum []uint32, row []uint16, w uint32) {
	for x, v := range row[:len(sum)] {
		sum[x] += w * uint32(v)
	}
}
