package raster

import "image"

// Seen gives the size, in pixels, at which a stored picture is seen by a viewer who turns it clockwise by that
// many degrees. It is its own inverse.
func Seen(width, height, degrees int) (int, int) {
	if degrees%180 != 0 {
		return height, width
	}
	return width, height
}

// Stored gives where a part of the picture as it is seen lies in the picture as it is stored, which has that
// width and height and which a viewer turns clockwise by that many degrees.
func Stored(seen image.Rectangle, width, height, degrees int) image.Rectangle {
	switch degrees {
	case 90:
		return image.Rect(seen.Min.Y, height-seen.Max.X, seen.Max.Y, height-seen.Min.X)
	case 180:
		return image.Rect(width-seen.Max.X, height-seen.Max.Y, width-seen.Min.X, height-seen.Min.Y)
	case 270:
		return image.Rect(width-seen.Max.Y, seen.Min.X, width-seen.Min.Y, seen.Max.X)
	}
	return seen
}
