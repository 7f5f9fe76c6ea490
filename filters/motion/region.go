package motion

import (
	"image"

	"framewire/filters/internal/area"
	"framewire/filters/internal/raster"
)

// watched tells for each pixel of a thumbnail whether a region touches it, and how many are touched: none when all
// regions lie outside of the picture. size is that of the whole picture as it is stored, and rotation that by which it
// is turned when it is seen (Meta.Rotation).
func watched(regions []area.Area, size image.Point, rotation, width, height int) (mask []bool, n int) {
	mask = make([]bool, width*height)
	parts := []image.Rectangle{{Max: size}}
	if len(regions) > 0 {
		parts = nil
		w, h := raster.Seen(size.X, size.Y, rotation)
		for _, region := range regions {
			parts = append(parts, raster.Stored(region.Rect(w, h), size.X, size.Y, rotation))
		}
	}
	for _, r := range parts {
		if r.Empty() {
			continue
		}
		for y := r.Min.Y * height / size.Y; y < (r.Max.Y*height+size.Y-1)/size.Y; y++ {
			for x := r.Min.X * width / size.X; x < (r.Max.X*width+size.X-1)/size.X; x++ {
				mask[y*width+x] = true
			}
		}
	}
	for _, yes := range mask {
		if yes {
			n++
		}
	}
	return mask, n
}
