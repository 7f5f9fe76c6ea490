package jpeg

import "encoding/binary"

// A piece is a picture to decode, or a part of one that stands as a picture of its own. It lies in head and then
// in body, of which head may be empty.
type piece struct {
	head, body []byte
	open       bool // its end marker is missing
	first      int  // number of its first restart marker, 0 to 7; 0 unless it is open
	height     int  // in pixels
	scale      int  // it is decoded to one such part of its width and height: 1, 2, 4 or 8

	// Of the reduced picture the rows behind skip, so many of them, go to the frame's rows from on.
	skip, rows, from int
}

// reduced is a side of a picture at one such part of its size: rounded up.
func reduced(side, scale int) int { return (side + scale - 1) / scale }

// whole is the piece that is all of a picture. head is memory for its header, where that has to be changed.
func whole(head, data []byte, h Header, scale int) piece {
	p := piece{body: data, height: h.Height, scale: scale, rows: reduced(h.Height, scale)}
	if !h.Tables { // which libjpeg would take from the picture before
		p.head, p.body = append(append(head[:0], data[:h.scan]...), standardTables...), data[h.scan:]
	}
	return p
}

// headLimit is the most bytes that a header may have to be repeated for each part of a picture.
const headLimit = 64 << 10

// cut gives the piece that has cells from to to. With overlap it takes the cell above and below in, whose rows
// are left out again. The header is written to head.
func (c *cells) cut(head, data []byte, h Header, from, to, scale int, overlap bool) piece {
	unit := 8 * h.down
	first, last := from, to
	if overlap {
		first, last = max(from-1, 0), min(to+1, len(c.starts))
	}
	top := func(cell int) int { return min(cell*c.rows*unit, h.Height) } // a cell's first row of pixels
	p := piece{
		body: data[c.starts[first]:c.ends[last-1]], open: true, first: first * c.marks % 8,
		height: top(last) - top(first), scale: scale,
		skip: (top(from) - top(first)) / scale, from: top(from) / scale,
	}
	p.rows = reduced(top(to), scale) - p.from
	head = append(head[:0], data[:h.scan]...)
	if !h.Tables {
		head = append(head, standardTables...)
	}
	p.head = append(head, data[h.scan:h.data]...)
	binary.BigEndian.PutUint16(p.head[h.size:], uint16(p.height))
	return p
}
