package motion

import "framewire/pipeline"

// side is the longer side of a thumbnail in pixels, and taps the rows and columns of samples that make one of
// its pixels: enough for most of the noise to go, at a cost that does not grow with the picture.
const (
	side = 160
	taps = 4
)

// thumbnail makes small gray pictures of raw ones of one format.
type thumbnail struct {
	from          pipeline.Format
	width, height int
	columns, rows []int // of the samples: byte offsets in a row, and in the picture
	pix           []byte
}

// newThumbnail prepares for raw pictures of a format that fits their data.
func newThumbnail(from pipeline.Format) *thumbnail {
	longest := max(from.Width, from.Height, side)
	t := &thumbnail{
		from:  from,
		width: max(from.Width*side/longest, 1), height: max(from.Height*side/longest, 1),
	}
	pixel := 1
	if from.Layout == pipeline.LayoutBGR {
		pixel = 3
	}
	t.columns = samples(from.Width, t.width, pixel)
	t.rows = samples(from.Height, t.height, from.Stride)
	t.pix = make([]byte, t.width*t.height)
	return t
}

// samples spreads taps samples over each of n parts of a length, and gives their offsets.
func samples(length, n, step int) []int {
	at := make([]int, n*taps)
	for i := range at {
		at[i] = (2*i + 1) * length / (2 * len(at)) * step
	}
	return at
}

// fill makes the thumbnail of a picture.
func (t *thumbnail) fill(data []byte) {
	colour := t.from.Layout == pipeline.LayoutBGR
	for y := range t.height {
		line := t.pix[y*t.width:][:t.width]
		for x := range line {
			columns := t.columns[x*taps:][:taps]
			sum := 0
			for _, row := range t.rows[y*taps:][:taps] {
				row := data[row:]
				if colour {
					for _, c := range columns {
						p := row[c:][:3]
						sum += (29*int(p[0]) + 150*int(p[1]) + 77*int(p[2])) >> 8
					}
					continue
				}
				for _, c := range columns {
					sum += int(row[c])
				}
			}
			line[x] = byte(sum / (taps * taps))
		}
	}
}
