package jpeg

import "bytes"

// A cell is a run of whole rows of MCUs that begins with the picture or behind a restart marker, and so can be decoded
// without what stands before it (T.81, E.1.4 and F.2.1.3.1).
type cells struct {
	starts []int // offset of each cell's first byte
	ends   []int // and of the marker behind it
	rows   int   // rows of MCUs in each, but maybe the last
	marks  int   // restart markers to each
	pixels int   // in each, as many as libjpeg decodes
}

// find looks for the cells of a picture. It reports false where the picture has none, and where its markers are
// not exactly those that its size and interval ask for: then it is decoded as a whole, by the rules for faulty ones.
func (c *cells) find(data []byte, h Header) bool {
	c.starts, c.ends = c.starts[:0], c.ends[:0]
	if h.restart == 0 || h.multiple {
		return false
	}
	across, down := h.units()
	switch {
	case h.restart%across == 0:
		c.rows, c.marks = h.restart/across, 1
	case across%h.restart == 0:
		c.rows, c.marks = 1, across/h.restart
	default:
		return false
	}
	c.pixels = c.rows * across * 64 * h.across * h.down
	want := (across*down - 1) / h.restart // markers
	seen := 0
	c.starts = append(c.starts, h.data)
	for i := h.data; ; {
		skip := bytes.IndexByte(data[i:], 0xFF)
		if skip < 0 || i+skip+1 >= len(data) {
			return false
		}
		i += skip
		switch code := data[i+1]; {
		case code == 0:
			i += 2
		case code == 0xFF:
			i++
		case code >= mRST0 && code < mSOI:
			if seen == want || int(code-mRST0) != seen%8 {
				return false
			}
			seen++
			i += 2
			if seen%c.marks == 0 {
				c.ends = append(c.ends, i-2)
				c.starts = append(c.starts, i)
			}
		case code == mEOI:
			c.ends = append(c.ends, i)
			return seen == want
		default:
			return false
		}
	}
}

// cost is what a cell takes to decode, in bytes of JPEG: a byte as long as some twenty pixels that are all alike.
func (c *cells) cost(i int) int { return c.ends[i] - c.starts[i] + c.pixels/20 }

// units is the size of a picture in MCUs: of one component these are blocks, else as large as the sampling factors
// say (T.81, A.2).
func (h Header) units() (across, down int) {
	w, ht := 8*h.across, 8*h.down
	return (h.Width + w - 1) / w, (h.Height + ht - 1) / ht
}
