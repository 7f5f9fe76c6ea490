package pixel

import (
	"image"
	"image/color"
)

// FromImage writes img into dst as tightly packed BGR of the image's size. Transparent pixels are laid
// over white, as browsers and printers do; 16-bit samples are cut to 8.
func FromImage(dst []byte, img image.Image) {
	bounds := img.Bounds()
	w := bounds.Dx()
	for y := range bounds.Dy() {
		row := dst[3*y*w : 3*(y+1)*w]
		switch img := img.(type) {
		case *image.YCbCr:
			ycbcrRow(row, img, bounds.Min.X, bounds.Min.Y+y)
		case *image.NRGBA:
			nrgbaRow(row, img.Pix[img.PixOffset(bounds.Min.X, bounds.Min.Y+y):])
		case *image.RGBA:
			rgbaRow(row, img.Pix[img.PixOffset(bounds.Min.X, bounds.Min.Y+y):])
		case *image.Gray:
			i := img.PixOffset(bounds.Min.X, bounds.Min.Y+y)
			grayToBGR(row, img.Pix[i:i+w], w, w, 1)
		case *image.CMYK:
			cmykRow(row, img.Pix[img.PixOffset(bounds.Min.X, bounds.Min.Y+y):])
		case *image.Paletted:
			palettedRow(row, img, bounds.Min.X, bounds.Min.Y+y)
		case image.RGBA64Image:
			for x := range w {
				put(row[3*x:], img.RGBA64At(bounds.Min.X+x, bounds.Min.Y+y))
			}
		default:
			for x := range w {
				r, g, b, a := img.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
				put(row[3*x:], color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(b), A: uint16(a)})
			}
		}
	}
}

// put lays one alpha-premultiplied colour over white.
func put(p []byte, c color.RGBA64) {
	white := 0xFFFF - c.A
	p[0], p[1], p[2] = byte((c.B+white)>>8), byte((c.G+white)>>8), byte((c.R+white)>>8)
}

func ycbcrRow(row []byte, img *image.YCbCr, x0, y int) {
	for x := range len(row) / 3 {
		i, j := img.YOffset(x0+x, y), img.COffset(x0+x, y)
		b, g, r := colour(img.Cb[j], img.Cr[j])
		v := int32(img.Y[i]) << 16
		p := row[3*x : 3*x+3 : 3*x+3]
		p[0], p[1], p[2] = clamp(v+b), clamp(v+g), clamp(v+r)
	}
}

func nrgbaRow(row, pix []byte) {
	for x := range len(row) / 3 {
		s := pix[4*x : 4*x+4 : 4*x+4]
		p := row[3*x : 3*x+3 : 3*x+3]
		if s[3] == 255 {
			p[0], p[1], p[2] = s[2], s[1], s[0]
			continue
		}
		p[0], p[1], p[2] = over(s[2], s[3]), over(s[1], s[3]), over(s[0], s[3])
	}
}

// over lays one sample with alpha a over white.
func over(v, a byte) byte {
	return byte((uint32(v)*uint32(a) + 255*(255-uint32(a)) + 127) / 255)
}

func rgbaRow(row, pix []byte) {
	for x := range len(row) / 3 {
		s := pix[4*x : 4*x+4 : 4*x+4]
		p := row[3*x : 3*x+3 : 3*x+3]
		white := 255 - s[3]
		p[0], p[1], p[2] = s[2]+white, s[1]+white, s[0]+white
	}
}

// cmykRow takes ink amounts: 255 is full ink.
func cmykRow(row, pix []byte) {
	for x := range len(row) / 3 {
		s := pix[4*x : 4*x+4 : 4*x+4]
		p := row[3*x : 3*x+3 : 3*x+3]
		p[0], p[1], p[2] = Ink(s[2], s[3]), Ink(s[1], s[3]), Ink(s[0], s[3])
	}
}

// Ink gives the light that one ink and black leave over, each from 0 (none) to 255 (full).
func Ink(ink, black byte) byte {
	return byte(((255-uint32(ink))*(255-uint32(black)) + 127) / 255)
}

func palettedRow(row []byte, img *image.Paletted, x0, y int) {
	i := img.PixOffset(x0, y)
	var last byte
	var seen bool
	var p [3]byte
	for x, index := range img.Pix[i : i+len(row)/3] {
		if !seen || index != last {
			c := color.RGBA64{} // an index beyond the palette shows as transparent
			if int(index) < len(img.Palette) {
				r, g, b, a := img.Palette[index].RGBA()
				c = color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(b), A: uint16(a)}
			}
			put(p[:], c)
			last, seen = index, true
		}
		copy(row[3*x:3*x+3], p[:])
	}
}
