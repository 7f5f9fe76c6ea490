package raster

import "image"

// Crop copies the part r of src into dst, which has r's size and src's layout. r lies within src.
func Crop(dst, src Picture, r image.Rectangle) {
	from, to := &src.planes[0], &dst.planes[0]
	row := from.Samples * r.Dx()
	for y := range r.Dy() {
		at := (r.Min.Y+y)*from.Stride + from.Samples*r.Min.X
		copy(to.Pix[y*to.Stride:][:row], from.Pix[at:])
	}
	for i := 1; i < src.n; i++ {
		cropChroma(&dst.planes[i], &src.planes[i], r)
	}
}

// cropChroma cuts a plane that has one sample for two by two pixels; r counts pixels.
func cropChroma(to, from *Plane, r image.Rectangle) {
	x0, lastX := r.Min.X/2, (r.Max.X-1)/2
	y0, lastY := r.Min.Y/2, (r.Max.Y-1)/2
	oddX, oddY := r.Min.X%2, r.Min.Y%2
	for y := range to.Height {
		out := to.Pix[y*to.Stride:][:to.Width]
		top := from.Pix[(y0+y)*from.Stride:][:lastX+1]
		if oddX == 0 && oddY == 0 {
			copy(out, top[x0:])
			continue
		}
		bottom := from.Pix[min(y0+y+oddY, lastY)*from.Stride:][:lastX+1]
		for x := range out {
			a, b := x0+x, min(x0+x+oddX, lastX)
			out[x] = mean(top[a], top[b], bottom[a], bottom[b])
		}
	}
}

func mean(a, b, c, d byte) byte { return byte((uint(a) + uint(b) + uint(c) + uint(d) + 2) >> 2) }
