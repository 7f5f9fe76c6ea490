package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"framewire/pipeline"
)

const (
	// A stripe is a multiple of eight rows of MCUs, each closed by a restart marker: as the markers count from 0
	// to 7 and then again, stripes that were encoded apart fit together as they are.
	stripeUnits = 8
	// stripePixels is the least of a picture that one more core is worth, in pixels: about half a millisecond's work.
	stripePixels = 1 << 18
)

// stripe is a picture's rows from to to, encoded as a picture of its own.
type stripe struct {
	compressor *compressor
	from, to   int
	data       []byte
	err        error
}

// stripes is what the stripes of a picture have in common.
type stripes struct {
	frame   *pipeline.Frame
	quality int
	restart bool
}

// prepare makes compressors for so many stripes.
func (e *encoder) prepare(n int) error {
	for len(e.stripes) < n {
		c, err := newCompressor(e.subsampling)
		if err != nil {
			return fmt.Errorf("start the JPEG encoder: %w", err)
		}
		e.stripes = append(e.stripes, stripe{compressor: c})
	}
	return nil
}

// encode gives the JPEG of a checked raw frame. A live one that is large enough is encoded in stripes when cores are
// idle. It has a restart marker behind each row of MCUs and is the same in however many stripes it was encoded, so
// that the other end can divide it among its own cores.
func (e *encoder) encode(f *pipeline.Frame, quality int) (*pipeline.Frame, error) {
	w, h := f.Format.Width, f.Format.Height
	unit := e.stripes[0].compressor.unitRows(f.Format.Layout)
	most := min(w*h/e.least, h/(stripeUnits*unit))
	if f.Lossless {
		most = 1
	}
	e.job = stripes{frame: f, quality: quality, restart: most > 1}
	defer func() { e.job = stripes{} }()
	n := e.cores.claim(min(most, e.workers))
	defer e.cores.release(n)
	rows := (h + unit - 1) / unit
	e.ends = shares(e.ends, (rows+stripeUnits-1)/stripeUnits, n, fine, alike)
	if err := e.prepare(len(e.ends)); err != nil {
		return nil, err
	}
	all := e.stripes[:len(e.ends)]
	from := 0
	for i, end := range e.ends {
		all[i].from, all[i].to = from, min(end*stripeUnits*unit, h)
		from = all[i].to
	}
	e.crew.do(n, len(all))
	return join(f, all)
}

// alike is the cost of rows of which nothing is known yet.
func alike(int) int { return 1 }

func (e *encoder) encodeStripe(i int) {
	s := &e.stripes[i]
	s.data, s.err = s.compressor.compress(e.job.frame, s.from, s.to, e.job.quality, e.job.restart)
}

var errStripe = errors.New("the encoder wrote something that is no JPEG")

// join makes one picture of its stripes: the header of the first with the height of all, then the data of each with
// the restart marker that is due in between (T.81, B.2.1 and E.1.4).
func join(f *pipeline.Frame, all []stripe) (*pipeline.Frame, error) {
	size := 0
	for _, s := range all {
		if s.err != nil {
			return nil, s.err
		}
		size += len(s.data)
	}
	out := f.Derive(size)
	if len(all) == 1 {
		copy(out.Data, all[0].data)
		return out, nil
	}
	at := 0
	for i, s := range all {
		h, err := ParseHeader(s.data)
		if err != nil || !bytes.HasSuffix(s.data, []byte{0xFF, mEOI}) {
			out.Release()
			return nil, errStripe
		}
		if i == 0 {
			at = copy(out.Data, s.data)
			binary.BigEndian.PutUint16(out.Data[h.size:], uint16(f.Format.Height))
			continue
		}
		out.Data[at-1] = mRST0 + stripeUnits - 1
		at += copy(out.Data[at:], s.data[h.data:])
	}
	out.Resize(at)
	return out, nil
}
