package testpattern

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"framewire/pipeline"
)

// Marker is what the machine-readable rows of a picture say.
type Marker struct {
	Seq      uint64    // the picture's number in its source's run, modulo 2^32
	Captured time.Time // when it was made, by the source's clock
}

// The errors of ReadMarker.
var (
	ErrNoMarker      = errors.New("no marker in the picture")
	ErrDamagedMarker = errors.New("the marker is damaged")
)

// A marker has 16 bytes: two of markSync, the number (four bytes), Unix time in nanoseconds (eight) and the
// lower half of the CRC-32C of those twelve, all big-endian. Each bit is a square cell, white for one and
// black for zero, most significant bit first, in rows from the picture's top left corner.
const (
	markBytes = 16
	markSync  = 0xA59C
	maxCell   = 32 // pixels a side
	minCell   = 4  // below that JPEG at quality 30 washes bits out
)

// MinMarker is the smallest width and height of a picture that carries a marker, in pixels.
const MinMarker = 64

// grid is where a marker's cells lie in a picture of some size.
type grid struct{ cell, columns, rows int } // cell in pixels a side

// gridOf finds the widest grid that leaves half of the picture free. Cells of eight pixels and more are
// whole blocks of JPEG.
func gridOf(width, height int) (grid, bool) {
	for columns := 64; columns >= 16; columns /= 2 {
		rows := 8 * markBytes / columns
		cell := min(width/columns, height/2/rows, maxCell)
		if cell >= 8 {
			return grid{cell &^ 7, columns, rows}, true
		}
		if cell >= minCell {
			return grid{minCell, columns, rows}, true
		}
	}
	return grid{}, false
}

// bytes gives the marker as it is drawn.
func (m Marker) bytes() (code [markBytes]byte) {
	binary.BigEndian.PutUint16(code[0:], markSync)
	binary.BigEndian.PutUint32(code[2:], uint32(m.Seq))
	binary.BigEndian.PutUint64(code[6:], uint64(m.Captured.UnixNano()))
	binary.BigEndian.PutUint16(code[14:], checksum(code[2:14]))
	return code
}

func checksum(data []byte) uint16 {
	return uint16(crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
}

// draw writes the marker into a picture's top left corner.
func (g grid) draw(c canvas, m Marker) {
	code := m.bytes()
	width := c.samples * g.cell
	for row := range g.rows {
		first := c.pix[row*g.cell*c.stride:][:g.columns*width]
		for column := range g.columns {
			bit := row*g.columns + column
			value := byte(0)
			if code[bit/8]>>(7-bit%8)&1 == 1 {
				value = 255
			}
			cell := first[column*width:][:width]
			for i := range cell {
				cell[i] = value
			}
		}
		for y := 1; y < g.cell; y++ {
			copy(c.pix[(row*g.cell+y)*c.stride:], first)
		}
	}
	c.blank(0, 0, g.columns*g.cell, g.rows*g.cell)
}

// ReadMarker finds the marker in a raw frame of any layout. It reads what JPEG at quality 30 has left
// of it, in pictures that were neither scaled nor cropped. Errors are ErrNoMarker, also for pictures below
// MinMarker, ErrDamagedMarker, and those of a frame that is not raw or does not fit its format.
func ReadMarker(f *pipeline.Frame) (Marker, error) {
	if f.Format.Codec != pipeline.CodecRaw {
		return Marker{}, fmt.Errorf("a marker is read from pixels, the frame is %s", f.Format)
	}
	if err := f.Format.Check(len(f.Data)); err != nil {
		return Marker{}, err
	}
	g, ok := gridOf(f.Format.Width, f.Format.Height)
	if !ok {
		return Marker{}, ErrNoMarker
	}
	samples := samplesOf(f.Format.Layout)
	var code [markBytes]byte
	for bit := range 8 * markBytes {
		x, y := bit%g.columns*g.cell, bit/g.columns*g.cell
		if g.white(f.Data[y*f.Format.Stride+x*samples:], f.Format.Stride, samples) {
			code[bit/8] |= 1 << (7 - bit%8)
		}
	}
	if binary.BigEndian.Uint16(code[0:]) != markSync {
		return Marker{}, ErrNoMarker
	}
	if binary.BigEndian.Uint16(code[14:]) != checksum(code[2:14]) {
		return Marker{}, ErrDamagedMarker
	}
	return Marker{
		Seq:      uint64(binary.BigEndian.Uint32(code[2:])),
		Captured: time.Unix(0, int64(binary.BigEndian.Uint64(code[6:]))),
	}, nil
}

// white takes the mean over the inner half of a cell, which is cleaner than its edges.
func (g grid) white(pix []byte, stride, samples int) bool {
	sum, n := 0, 0
	for y := g.cell / 4; y < g.cell-g.cell/4; y++ {
		row := pix[y*stride+g.cell/4*samples:]
		for _, v := range row[:(g.cell-g.cell/4*2)*samples] {
			sum += int(v)
			n++
		}
	}
	return sum >= 128*n
}
