package testpattern

import (
	"encoding/binary"
	"time"

	"framewire/pipeline"
)

// easel gives painted pictures. Their buffers go round in a pool of its own, so that nobody else writes into them and
// only what has changed since a buffer's last picture is painted: a tenth of it.
type easel struct {
	painter *painter
	own     *pipeline.Pool
}

// Behind its picture a buffer says which one that is: painted, and the number. New buffers are all zeros.
const (
	painted  = 0x7041_494e_5445_4421
	tailSize = 16
)

func newEasel(layout pipeline.Layout, width, height int) *easel {
	return &easel{painter: newPainter(layout, width, height), own: pipeline.NewPool()}
}

// picture gives picture n as a frame of pool. It was made when all but its time was painted; now says when that is.
func (e *easel) picture(pool *pipeline.Pool, n uint64, now func() time.Time) *pipeline.Frame {
	format := e.painter.format
	size := format.Bytes()
	own := e.own.Get(size + tailSize)
	data, tail := own.Data[:size:size], own.Data[size:]
	if binary.NativeEndian.Uint64(tail) == painted {
		e.painter.repaint(data, binary.NativeEndian.Uint64(tail[8:]), n)
	} else {
		e.painter.paint(data, n)
	}
	binary.NativeEndian.PutUint64(tail, painted)
	binary.NativeEndian.PutUint64(tail[8:], n)
	at := now()
	e.painter.stamp(data, n, at)
	own.Data, own.Format, own.Captured = data, format, at
	f := pool.Share(own)
	own.Release()
	return f
}
