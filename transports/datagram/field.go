package datagram

// field has logarithms and powers in GF(2^8) with the polynomial x^8+x^4+x^3+x^2+1 (0x11D) and the generator
// 2, the field of most Reed-Solomon codes.
type field struct {
	log [256]uint8  // of 1 to 255
	exp [1024]uint8 // long enough for a sum of four logarithms
}

var gf = newField()

func newField() *field {
	f := new(field)
	x := 1
	for i := range 255 {
		f.exp[i], f.log[x] = uint8(x), uint8(i)
		if x <<= 1; x > 255 {
			x ^= 0x11D
		}
	}
	for i := 255; i < len(f.exp); i++ {
		f.exp[i] = f.exp[i-255]
	}
	return f
}

// weights gives, for each of n points 0 to n-1, the logarithm of the inverse of the product of its
// differences to all the others: what Lagrange's interpolation divides by.
func (f *field) weights(n int) []uint8 {
	w := make([]uint8, n)
	for i := range w {
		sum := 0
		for j := range n {
			if j != i {
				sum += int(f.log[i^j])
			}
		}
		w[i] = uint8((255 - sum%255) % 255)
	}
	return w
}

// row fills in the coefficients by which n data shards make one parity shard. The data are the values of
// a polynomial of degree below n at the points 0 to n-1, and parity shard j is its value at the point n+j.
// weights are those of n.
func (f *field) row(dst []uint8, weights []uint8, parity int) {
	point, sum := len(weights)+parity, 0
	for i := range weights {
		sum += int(f.log[point^i])
	}
	sum %= 255
	for i := range dst {
		dst[i] = f.exp[sum+int(weights[i])+255-int(f.log[point^i])]
	}
}

// mul gives the product.
func (f *field) mul(a, b uint8) uint8 {
	if a == 0 || b == 0 {
		return 0
	}
	return f.exp[int(f.log[a])+int(f.log[b])]
}

// inv gives the inverse of what is not 0.
func (f *field) inv(a uint8) uint8 { return f.exp[255-int(f.log[a])] }
