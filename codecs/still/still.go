// Package still reads the still pictures that people have, whatever their format: PNG, GIF (the first
// picture), WebP, BMP and TIFF by Go's own packages, JPEG by package codecs/jpeg, HEIC and AVIF where the
// installed OpenCV does. What a file is, its bytes say. Pictures come out as BGR and upright: turned and
// mirrored as EXIF says that the camera was held.
//
// Files are strangers' bytes: sizes are checked before memory is taken for them, and a decoder that trips over
// one costs that picture only.
package still

import (
	"context"
	"errors"
	"fmt"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
)

// ErrUnread says that a file is a picture of a kind that this build, or the OpenCV that is installed, does
// not read. Errors that wrap it say which.
var ErrUnread = errors.New("convert it to JPEG or PNG")

// errUnknown is all that can be said of other bytes.
var errUnknown = errors.New("not a picture that is known here: JPEG, PNG, GIF, WebP, BMP, TIFF, HEIC and AVIF are")

// Decoder decodes still pictures. It is not for concurrent use. The zero Decoder is ready; Close gives back
// what it holds.
type Decoder struct {
	jpeg pipeline.Filter // nil until needed
}

// Decode gives the picture in f's data as a new frame: tightly packed BGR, upright, everything else as in
// f, whose format need not be set. Pictures of more than pipeline.MaxPixels are refused.
func (d *Decoder) Decode(ctx context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	out, err := d.decode(ctx, f)
	if err != nil {
		return nil, err
	}
	out.Key = true
	return upright(out, OrientationOf(f.Data)), nil
}

func (d *Decoder) decode(ctx context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if IsJPEG(f.Data) {
		return d.decodeJPEG(ctx, f)
	}
	for _, k := range kinds() {
		if begins(f.Data, k.magic) {
			return k.frame(f)
		}
	}
	if begins(f.Data, "????ftyp") {
		return decodeHEIF(f)
	}
	return nil, errUnknown
}

func (d *Decoder) decodeJPEG(ctx context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if d.jpeg == nil {
		spec := jpeg.DecoderSpec()
		bgr := pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}
		var err error
		if d.jpeg, err = spec.NewFilter(spec.Config(), pipeline.Env{Want: []pipeline.Format{bgr}}); err != nil {
			return nil, err
		}
	}
	w, h, err := jpeg.Size(f.Data)
	if err != nil {
		return nil, err
	}
	in := f.Share()
	defer in.Release()
	in.Format = pipeline.JPEG(w, h)
	out, err := d.jpeg.Apply(ctx, in)
	if err != nil && err != pipeline.ErrSkip {
		err = errors.New(pipeline.Cause(err))
	}
	return out, err
}

// Close gives back what decoding needed.
func (d *Decoder) Close() error {
	if d.jpeg == nil {
		return nil
	}
	err := d.jpeg.Close()
	d.jpeg = nil
	return err
}

// IsJPEG reports whether the bytes begin as JPEG does.
func IsJPEG(data []byte) bool { return begins(data, "\xFF\xD8\xFF") }

// checkSize refuses pictures that nothing here decodes.
func checkSize(w, h int) error {
	format := pipeline.Raw(pipeline.LayoutBGR, w, h)
	if format.Check(format.Bytes()) != nil {
		return fmt.Errorf("its header says %dx%d pixels, of which up to %d million are read", w, h, pipeline.MaxPixels/1_000_000)
	}
	return nil
}

// blank gives a BGR frame of that size, which has passed checkSize, to be filled.
func blank(f *pipeline.Frame, w, h int) *pipeline.Frame {
	format := pipeline.Raw(pipeline.LayoutBGR, w, h)
	out := f.Derive(format.Bytes())
	out.Format = format
	return out
}
