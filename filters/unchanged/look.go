package unchanged

import (
	"context"
	"slices"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
)

// part is the side of the squares over which brightness is averaged, in pixels.
const part = 16

// look compares how bright the parts of two pictures are.
type look struct {
	decoder   pipeline.Filter // to gray, from JPEG and from any layout
	threshold int32           // in 1/256 of a level
	now, last view
	sums      []uint32 // of a row of parts
}

// view is a picture made small.
type view struct {
	width, height, rotation int     // of the picture, in pixels and degrees
	means                   []int32 // of each part, in 1/256 of a level
}

func newLook(percent float64, env pipeline.Env) (*look, error) {
	spec := jpeg.DecoderSpec()
	env.Want = []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray}}
	decoder, err := spec.NewFilter(spec.Config(), env)
	return &look{decoder: decoder, threshold: int32(percent / 100 * 255 * 256)}, err
}

// differs reports whether some part of the picture is brighter or darker by the threshold than it was in the last
// one that was remembered.
func (l *look) differs(ctx context.Context, f *pipeline.Frame) (bool, error) {
	gray, err := l.decoder.Apply(ctx, f)
	if err != nil {
		return false, err
	}
	defer gray.Release()
	l.measure(gray)
	a, b := &l.now, &l.last
	if a.width != b.width || a.height != b.height || a.rotation != b.rotation {
		return true, nil
	}
	for i, v := range a.means {
		if d := v - b.means[i]; d >= l.threshold || -d >= l.threshold {
			return true, nil
		}
	}
	return false, nil
}

// remember makes the picture that was measured the one to compare with.
func (l *look) remember() { l.now, l.last = l.last, l.now }

// forget leaves nothing to compare with.
func (l *look) forget() { l.last.width = 0 }

// measure takes the means of a gray frame's parts; those at the right and lower edge may be smaller.
func (l *look) measure(f *pipeline.Frame) {
	w, h := f.Format.Width, f.Format.Height
	l.now.width, l.now.height, l.now.rotation = w, h, f.Meta.Rotation
	l.now.means = l.now.means[:0]
	columns := (w + part - 1) / part
	l.sums = slices.Grow(l.sums[:0], columns)[:columns]
	for y0 := 0; y0 < h; y0 += part {
		rows := min(part, h-y0)
		clear(l.sums)
		for y := y0; y < y0+rows; y++ {
			row := f.Data[y*f.Format.Stride:][:w]
			for i := range l.sums {
				l.sums[i] += total(row[i*part : min((i+1)*part, w)])
			}
		}
		for i, sum := range l.sums {
			n := rows * min(part, w-i*part)
			l.now.means = append(l.now.means, int32(int(sum)*256/n))
		}
	}
}

func total(pix []byte) (sum uint32) {
	for _, v := range pix {
		sum += uint32(v)
	}
	return sum
}
