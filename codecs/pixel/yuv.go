package pixel

// The coefficients of JFIF, times 65536. Each luma row adds up to 65536, each chroma row to zero, so that
// white, grays and black stay exactly what they are.
const (
	yR, yG, yB    = 19595, 38470, 7471
	cbR, cbG, cbB = -11058, -21710, 32768
	crR, crG, crB = 32768, -27439, -5329

	rCr, gCb, gCr, bCb = 91881, -22554, -46802, 116130

	half = 1 << 15
)

func luma(b, g, r int32) byte { return byte((yB*b + yG*g + yR*r + half) >> 16) }

// clamp brings a value with 16 bits after the point to a byte.
func clamp(v int32) byte {
	if uint32(v)&0xFF000000 == 0 {
		return byte(v >> 16)
	}
	return byte(^(v >> 31)) // below zero gives 0, above 255 gives 255
}

func bgrToGray(dst, src []byte, stride, w, h int) {
	for y := range h {
		row := src[y*stride : y*stride+3*w]
		out := dst[y*w : y*w+w]
		for x := range out {
			p := row[3*x : 3*x+3 : 3*x+3]
			out[x] = luma(int32(p[0]), int32(p[1]), int32(p[2]))
		}
	}
}

func grayToBGR(dst, src []byte, stride, w, h int) {
	for y := range h {
		row := src[y*stride : y*stride+w]
		out := dst[3*y*w : 3*(y+1)*w]
		for x, v := range row {
			p := out[3*x : 3*x+3 : 3*x+3]
			p[0], p[1], p[2] = v, v, v
		}
	}
}

// bgrToI420 takes each chroma sample from the mean of its two by two pixels; at an odd edge the last row
// or column counts twice.
func bgrToI420(dst Planes, src []byte, stride, w, h int) {
	for y := 0; y < h; y += 2 {
		below := min(y+1, h-1)
		top := src[y*stride : y*stride+3*w]
		bot := src[below*stride : below*stride+3*w]
		ytop := dst.Y[y*dst.Stride : y*dst.Stride+w]
		ybot := dst.Y[below*dst.Stride : below*dst.Stride+w]
		cb := dst.Cb[y/2*dst.CStride : y/2*dst.CStride+(w+1)/2]
		cr := dst.Cr[y/2*dst.CStride : y/2*dst.CStride+(w+1)/2]
		for x := 0; x+1 < w; x += 2 {
			p := top[3*x : 3*x+6 : 3*x+6]
			q := bot[3*x : 3*x+6 : 3*x+6]
			b0, g0, r0 := int32(p[0]), int32(p[1]), int32(p[2])
			b1, g1, r1 := int32(p[3]), int32(p[4]), int32(p[5])
			b2, g2, r2 := int32(q[0]), int32(q[1]), int32(q[2])
			b3, g3, r3 := int32(q[3]), int32(q[4]), int32(q[5])
			yt := ytop[x : x+2 : x+2]
			yb := ybot[x : x+2 : x+2]
			yt[0], yt[1] = luma(b0, g0, r0), luma(b1, g1, r1)
			yb[0], yb[1] = luma(b2, g2, r2), luma(b3, g3, r3)
			cb[x/2], cr[x/2] = chroma(b0+b1+b2+b3, g0+g1+g2+g3, r0+r1+r2+r3)
		}
		if w%2 == 1 {
			p, q := top[3*(w-1):], bot[3*(w-1):]
			b0, g0, r0 := int32(p[0]), int32(p[1]), int32(p[2])
			b1, g1, r1 := int32(q[0]), int32(q[1]), int32(q[2])
			ytop[w-1], ybot[w-1] = luma(b0, g0, r0), luma(b1, g1, r1)
			cb[w/2], cr[w/2] = chroma(2*(b0+b1), 2*(g0+g1), 2*(r0+r1))
		}
	}
}

// chroma gives Cb and Cr of the sum of four pixels.
func chroma(b, g, r int32) (cb, cr byte) {
	const middle = 4 * (128<<16 + half)
	return clamp((cbB*b + cbG*g + cbR*r + middle) >> 2), clamp((crB*b + crG*g + crR*r + middle) >> 2)
}

// PlanesToBGR writes an I420 picture as tightly packed BGR. Each pixel gets the chroma sample of its two by
// two block, without interpolation.
func PlanesToBGR(dst []byte, src Planes, w, h int) {
	for y := range h {
		ys := src.Y[y*src.Stride : y*src.Stride+w]
		cb := src.Cb[y/2*src.CStride : y/2*src.CStride+(w+1)/2]
		cr := src.Cr[y/2*src.CStride : y/2*src.CStride+(w+1)/2]
		out := dst[3*y*w : 3*(y+1)*w]
		for x := 0; x+1 < w; x += 2 {
			b, g, r := colour(cb[x/2], cr[x/2])
			p := out[3*x : 3*x+6 : 3*x+6]
			y0, y1 := int32(ys[x])<<16, int32(ys[x+1])<<16
			p[0], p[1], p[2] = clamp(y0+b), clamp(y0+g), clamp(y0+r)
			p[3], p[4], p[5] = clamp(y1+b), clamp(y1+g), clamp(y1+r)
		}
		if w%2 == 1 {
			b, g, r := colour(cb[w/2], cr[w/2])
			v := int32(ys[w-1]) << 16
			p := out[3*(w-1):]
			p[0], p[1], p[2] = clamp(v+b), clamp(v+g), clamp(v+r)
		}
	}
}

// colour gives what a chroma sample adds to the luma of blue, green and red, rounding included.
func colour(cb, cr byte) (b, g, r int32) {
	u, v := int32(cb)-128, int32(cr)-128
	return bCb*u + half, gCb*u + gCr*v + half, rCr*v + half
}
