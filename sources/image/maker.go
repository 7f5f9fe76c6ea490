package image

import (
	"context"
	"errors"
	"fmt"

	"framewire/codecs/jpeg"
	"framewire/codecs/still"
	"framewire/filters/resize"
	"framewire/pipeline"
	"framewire/pipeline/config"
)

// resizedQuality is that of pictures which resize makes smaller, where the user sets none: no difference
// can be seen.
const resizedQuality = 90

// maker turns a file's bytes into the frame that the chain gets.
type maker struct {
	original bool // as they are, whatever they are
	keep     bool // the chain takes JPEG
	resize   config.Size
	quality  int // of JPEG that is made here; 0 where none is

	still   still.Decoder
	shrink  pipeline.Filter // nil until needed
	encoder pipeline.Filter // nil until needed
}

func newMaker(cfg *Config, env pipeline.Env) maker {
	return maker{original: cfg.Original, keep: takesJPEG(env.Want), resize: cfg.Resize, quality: cfg.Quality}
}

// takesJPEG reports whether a chain that wants these formats takes JPEG files as they are.
func takesJPEG(want []pipeline.Format) bool {
	for _, w := range want {
		if w.Codec == "" || w.Codec == pipeline.CodecJPEG {
			return true
		}
	}
	return len(want) == 0
}

// make gives the frame for a file's bytes, which it takes over. The warning is about one that is handed on although it
// is cut off.
func (m *maker) make(data *pipeline.Frame) (f *pipeline.Frame, warning, err error) {
	if m.original {
		data.Format = pipeline.AnyFile
		return data, cutOff(data.Data), nil
	}
	if m.keep && m.quality == 0 && still.IsJPEG(data.Data) {
		header, err := jpeg.ParseHeader(data.Data)
		if err != nil {
			data.Release()
			return nil, nil, err
		}
		o := still.OrientationOf(data.Data)
		if m.fits(o.Size(header.Width, header.Height)) {
			data.Format = pipeline.JPEG(header.Width, header.Height)
			data.Meta.Rotation = o.Degrees()
			return data, header.CheckData(data.Data), nil
		}
	}
	defer data.Release()
	f, err = m.anew(data)
	return f, nil, err
}

// cutOff looks whether a file that is handed on unseen is a JPEG that is not whole.
func cutOff(data []byte) error {
	if !still.IsJPEG(data) {
		return nil
	}
	header, err := jpeg.ParseHeader(data)
	if err != nil {
		return err
	}
	return header.CheckData(data)
}

// fits reports whether a picture of that size is left as large as it is.
func (m *maker) fits(w, h int) bool {
	return m.resize == config.Size{} || w <= m.resize.Width && h <= m.resize.Height
}

// anew decodes a picture, makes it smaller and encodes it, as far as that is asked for.
func (m *maker) anew(data *pipeline.Frame) (*pipeline.Frame, error) {
	f, err := m.still.Decode(context.Background(), data)
	if errors.Is(err, still.ErrUnread) {
		err = fmt.Errorf("%w, or send files as they are with `original: true`", err)
	}
	if err == nil && !m.fits(f.Format.Width, f.Format.Height) {
		f, err = m.apply(&m.shrink, resize.Spec(), &resize.Config{Size: m.resize, Fit: resize.Inside}, f)
	}
	if err == nil && m.keep && (m.quality != 0 || m.resize != config.Size{}) {
		spec := jpeg.EncoderSpec()
		cfg := spec.Config().(*jpeg.Config)
		cfg.Quality = m.quality
		if m.quality == 0 {
			cfg.Quality = resizedQuality
		}
		f, err = m.apply(&m.encoder, spec, cfg, f)
	}
	return f, err
}

// apply passes a frame, which it takes over, through a filter that is made the first time.
func (m *maker) apply(x *pipeline.Filter, spec pipeline.Spec, cfg any, f *pipeline.Frame) (*pipeline.Frame, error) {
	defer f.Release()
	if *x == nil {
		var err error
		if *x, err = spec.NewFilter(cfg, pipeline.Env{}); err != nil {
			return nil, err
		}
	}
	return (*x).Apply(context.Background(), f)
}

func (m *maker) close() error {
	err := m.still.Close()
	for _, x := range []*pipeline.Filter{&m.shrink, &m.encoder} {
		if *x != nil {
			err = errors.Join(err, (*x).Close())
			*x = nil
		}
	}
	return err
}
