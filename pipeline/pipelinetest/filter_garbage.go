package pipelinetest

import (
	"errors"

	"framewire/pipeline"
)

// garbage puts frames in whose bytes are not what their format says. A decoder, which gets bytes from
// strangers, must skip them and say why, so that the pipeline goes on; a filter that reads pixels may also
// fail. One that does not look at them may hand them on, or drop them as it does with others. Good frames
// still pass afterwards.
func (c FilterCase) garbage(tr *trial) {
	ft := c.make(tr)
	for _, pattern := range c.accepts(tr.config(c.Spec, c.Configure)) {
		for _, g := range garbageFor(pattern) {
			in := tr.pool.Get(len(g.data))
			copy(in.Data, g.data)
			in.Format, in.Key = g.format, true
			out, err := ft.try(tr.ctx, in)
			switch {
			case err == nil && out == in:
			case err == nil && c.Spec.Kind == pipeline.KindDecoder && !g.readable:
				tr.Errorf("%s: a frame of %s came out", g.name, out.Format)
			case err == nil:
				if bad := valid(out); bad != nil {
					tr.Errorf("%s: what came out is not valid either: %v", g.name, bad)
				}
			case c.Spec.Kind == pipeline.KindDecoder && !errors.Is(err, pipeline.ErrSkip):
				tr.Errorf("%s: the error %q does not wrap ErrSkip and would stop the pipeline", g.name, err)
			case c.Spec.Kind == pipeline.KindDecoder && err == pipeline.ErrSkip:
				tr.Errorf("%s: a bare ErrSkip, which nobody is told of", g.name)
			}
			if err == nil {
				out.Release()
			}
			in.Release()
		}
	}
	c.untilGiven(tr, ft, func(int, *pipeline.Frame, *pipeline.Frame) {})
	ft.close()
}

type garbage struct {
	name     string
	format   pipeline.Format
	data     []byte
	readable bool // there is a picture in it all the same, which a decoder may give
}

// garbageFor makes broken frames that fit the pattern by their format.
func garbageFor(pattern pipeline.Format) []garbage {
	formats := examples(pattern)
	switch {
	case len(formats) == 0:
		return nil
	case formats[0].Codec == pipeline.CodecJPEG:
		return garbageJPEG(formats[0])
	}
	return garbageRaw(formats[0])
}

func garbageJPEG(format pipeline.Format) []garbage {
	good := encodeJPEG(format.Width, format.Height, 1)
	noise := make([]byte, 2048)
	paint(noise, len(noise), 7)
	return []garbage{
		{"noise instead of a JPEG", format, noise, false},
		{"no data", format, nil, false},
		{"two bytes of a JPEG", format, good[:2], false},
		{"a JPEG cut off in its header", format, good[:100], false},
		{"a JPEG cut off in its picture", format, good[:len(good)*3/4], false},
		{"a JPEG that says 65535x65535", format, resized(good, 65535, 65535), false},
		{"a JPEG of another size than the frame", format, encodeJPEG(format.Width+8, format.Height, 1), true},
		{"a JPEG of no pixels", format, resized(good, 0, 0), false},
	}
}

func garbageRaw(format pipeline.Format) []garbage {
	good := make([]byte, format.Bytes())
	with := func(change func(*pipeline.Format)) pipeline.Format {
		f := format
		change(&f)
		return f
	}
	return []garbage{
		{"raw data one byte short", format, good[:len(good)-1], false},
		{"raw data of no bytes", format, nil, false},
		{"an unknown layout", with(func(f *pipeline.Format) { f.Layout = 200 }), good, false},
		{"a raw frame of 65535x65535", with(func(f *pipeline.Format) { f.Width, f.Height = 65535, 65535 }), good, false},
		{"a raw frame of no pixels", with(func(f *pipeline.Format) { f.Width = 0 }), good, false},
		{"a stride below the row", with(func(f *pipeline.Format) { f.Stride = 1 }), good, false},
		{"a stride below zero", with(func(f *pipeline.Format) { f.Stride = -f.Stride }), good, false},
	}
}

// resized gives a copy of a baseline JPEG that claims another size in its frame header (ITU-T T.81,
// B.2.2).
func resized(data []byte, width, height int) []byte {
	data = append([]byte(nil), data...)
	for i := 2; i+9 < len(data) && data[i] == 0xFF; {
		if data[i+1] == 0xC0 {
			data[i+5], data[i+6] = byte(height>>8), byte(height)
			data[i+7], data[i+8] = byte(width>>8), byte(width)
			return data
		}
		i += 2 + int(data[i+2])<<8 + int(data[i+3])
	}
	panic("pipelinetest: a JPEG without a baseline frame header")
}
