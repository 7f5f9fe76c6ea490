package datagram

import "github.com/klauspost/reedsolomon"

// repairer computes missing data shards. It inverts only what the missing ones make of the code's matrix,
// not the whole block's as the library does, and keeps its scratch memory: what is lost differs each time.
type repairer struct {
	low     reedsolomon.LowLevel
	weights [MaxBlock + 1][]uint8 // by the number of data shards; filled in when first wanted
	row     [MaxBlock]uint8
	square  []uint8 // missing x missing coefficients, then the same of the inverse
}

// repair fills in the missing data shards of a block from as many parity shards, whose numbers are in
// which and whose content is used up. All shards have the same size.
func (r *repairer) repair(data [][]byte, missing []int, parity [][]byte, which []int) {
	n := len(missing)
	if r.weights[len(data)] == nil {
		r.weights[len(data)] = gf.weights(len(data))
	}
	if cap(r.square) < 2*n*n {
		r.square = make([]uint8, 2*n*n)
	}
	square, inverse := r.square[:n*n], r.square[n*n:2*n*n]
	row := r.row[:len(data)]
	for i, number := range which {
		gf.row(row, r.weights[len(data)], number)
		column := 0
		for j, shard := range data {
			if column < n && missing[column] == j {
				square[i*n+column] = row[j]
				column++
			} else {
				r.low.GalMulSliceXor(row[j], shard, parity[i])
			}
		}
	}
	gf.invert(square, inverse, n)
	for i, j := range missing {
		for k, shard := range parity {
			if k == 0 {
				r.low.GalMulSlice(inverse[i*n], shard, data[j])
			} else {
				r.low.GalMulSliceXor(inverse[i*n+k], shard, data[j])
			}
		}
	}
}

// invert puts the inverse of an n x n matrix into inverse and uses the matrix up (Gauss-Jordan). Those of
// this code always have one.
func (f *field) invert(square, inverse []uint8, n int) {
	clear(inverse)
	for i := range n {
		inverse[i*n+i] = 1
	}
	for column := range n {
		pivot := column
		for square[pivot*n+column] == 0 {
			pivot++
		}
		for _, m := range [...][]uint8{square, inverse} {
			if pivot != column {
				for k := range n {
					m[pivot*n+k], m[column*n+k] = m[column*n+k], m[pivot*n+k]
				}
			}
		}
		scale := f.inv(square[column*n+column])
		f.scale(square[column*n:column*n+n], scale)
		f.scale(inverse[column*n:column*n+n], scale)
		for i := range n {
			if factor := square[i*n+column]; i != column && factor != 0 {
				f.add(square[i*n:i*n+n], square[column*n:column*n+n], factor)
				f.add(inverse[i*n:i*n+n], inverse[column*n:column*n+n], factor)
			}
		}
	}
}

// scale multiplies a row.
func (f *field) scale(row []uint8, factor uint8) {
	for i, x := range row {
		row[i] = f.mul(x, factor)
	}
}

// add adds a multiple of a row to another.
func (f *field) add(row, other []uint8, factor uint8) {
	for i, x := range other {
		row[i] ^= f.mul(x, factor)
	}
}
