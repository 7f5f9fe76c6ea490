package area

import (
	"image"
	"math"
)

// Area is an upright rectangle in a picture, with its place counted from the top left corner.
type Area struct {
	X      Length `yaml:"x" doc:"distance from the left edge, in pixels or percent of the picture's width"`
	Y      Length `yaml:"y" doc:"distance from the top edge, in pixels or percent of the picture's height"`
	Width  Length `yaml:"width" doc:"width in pixels or percent of the picture's width; 0 reaches to the right edge"`
	Height Length `yaml:"height" doc:"height in pixels or percent of the picture's height; 0 reaches to the lower edge"`
}

// Rect gives the area in a picture of that size. Parts of pixels count as whole ones, and what lies outside
// the picture is cut off; it may be empty.
func (a Area) Rect(width, height int) image.Rectangle {
	var r image.Rectangle
	r.Min.X, r.Max.X = span(a.X, a.Width, width)
	r.Min.Y, r.Max.Y = span(a.Y, a.Height, height)
	return r.Intersect(image.Rect(0, 0, width, height))
}

// span gives where a stretch begins and ends in a picture that has so many pixels in that direction.
func span(at, length Length, whole int) (int, int) {
	const slack = 1e-6 // what the arithmetic of percents may add to a whole number
	from := at.Pixels(whole)
	if length.Value == 0 {
		return int(from + slack), whole
	}
	return int(from + slack), int(math.Ceil(from + length.Pixels(whole) - slack))
}
