package jpeg

import (
	"context"
	"fmt"
	"strconv"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// maxSide is the largest width or height that libjpeg writes, in pixels.
const maxSide = 65500

// Subsampling says how much of the colour's resolution is kept.
type Subsampling string

// The subsamplings, by their common names.
const (
	Sub420 Subsampling = "420" // halved both ways: the usual choice for video
	Sub422 Subsampling = "422" // halved across
	Sub444 Subsampling = "444" // all of it: red text on black stays sharp
)

// UnmarshalText accepts the names that a config may use.
func (s *Subsampling) UnmarshalText(text []byte) error {
	switch v := Subsampling(text); v {
	case Sub420, Sub422, Sub444:
		*s = v
		return nil
	}
	return fmt.Errorf("%q is none of 420, 422, 444", text)
}

// Config is the configuration of the encoder.
type Config struct {
	Quality     int         `yaml:"quality" doc:"from 1, smallest, to 100, best"`
	Subsampling Subsampling `yaml:"subsampling" enum:"420,422,444" doc:"resolution of colour: 420 halves it both ways, 422 across only, 444 keeps all of it"`
	Workers     int         `yaml:"workers" doc:"pictures, or stripes of a live one, encoded side by side; 0 means one per core"`
}

func defaults() Config { return Config{Quality: 80, Subsampling: Sub420} }

// Validate reports settings that make no sense, and those that this build cannot do.
func (c *Config) Validate() error {
	switch {
	case c.Quality < 1 || c.Quality > 100:
		return pipeline.FieldErrorf("quality", "80 is a good start", "%d is not between 1 and 100", c.Quality)
	case c.Workers < 0 || c.Workers > 256:
		return pipeline.FieldErrorf("workers", "0 means one per core", "%d is not between 0 and 256", c.Workers)
	}
	return c.validateBuild()
}

// EncoderSpec describes the encoder.
func EncoderSpec() pipeline.Spec { return encoderSpec(newCores()) }

func encoderSpec(cores *cores) pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Kind: pipeline.KindEncoder, Name: "jpeg",
		Summary: "JPEG pictures, each on its own",
		Doc: "Frames that already are JPEG pass untouched, whatever their quality. Pictures are baseline with the " +
			"standard Huffman tables, which every reader knows. An output on a narrow link may bring `quality` down " +
			"for a while, to 10 at least, for all outputs that share the encoder. Without OpenCV the standard library encodes, " +
			"which takes about ten times as long and knows only `subsampling: 420`.",
		Defaults: defaults(),
		Gives:    func(*Config) []pipeline.Format { return []pipeline.Format{pipeline.AnyJPEG} },
		Accepts:  accepts,
		Workers:  func(c *Config) int { return c.Workers },
		New: func(cfg *Config, env pipeline.Env) (pipeline.Filter, error) {
			return newEncoder(cores, cfg, env)
		},
	}.Spec()
}

// accepts names the layout first that loses nothing on the way into the JPEG and takes the least work: I420
// has the colour of 420 already, and less than the other subsamplings keep.
func accepts(c *Config) []pipeline.Format {
	best := pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}
	if c.Subsampling == Sub420 {
		best.Layout = pipeline.LayoutI420
	}
	return []pipeline.Format{pipeline.AnyJPEG, best, pipeline.AnyRaw}
}

// encoder turns raw frames into JPEG. Its scratch memory grows to the largest picture seen.
type encoder struct {
	subsampling int
	quality     int                    // that the user set
	advice      func() pipeline.Advice // of the outputs
	workers     int                    // at most so many cores are used for one picture
	cores       *cores
	least       int // pixels to a core

	crew    crew
	stripes []stripe
	ends    []int   // of the stripes, in groups of stripeUnits rows of MCUs
	job     stripes // the picture at work
}

var _ pipeline.Filter = (*encoder)(nil)

func newEncoder(cores *cores, cfg *Config, env pipeline.Env) (pipeline.Filter, error) {
	sub, err := strconv.Atoi(string(cfg.Subsampling))
	if err != nil {
		return nil, fmt.Errorf("subsampling %q is none of 420, 422, 444", cfg.Subsampling)
	}
	e := &encoder{subsampling: sub, quality: cfg.Quality, advice: env.Advice, workers: cfg.Workers, cores: cores, least: stripePixels}
	if e.workers == 0 {
		e.workers = int(cores.all)
	}
	e.crew.work = e.encodeStripe
	return e, e.prepare(1)
}

// Apply encodes a raw frame and passes a JPEG one.
func (e *encoder) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if f.Format.Codec == pipeline.CodecJPEG {
		return f.Retain(), nil
	}
	if err := pixel.Check(f); err != nil {
		return nil, err
	}
	if f.Format.Width > maxSide || f.Format.Height > maxSide {
		return nil, fmt.Errorf("%w: a JPEG has at most %d pixels a side, the frame is %dx%d",
			pipeline.ErrSkip, maxSide, f.Format.Width, f.Format.Height)
	}
	quality := e.quality
	if e.advice != nil && !f.Lossless { // which takes its time instead
		quality = adapted(e.quality, e.advice().Quality)
	}
	out, err := e.encode(f, quality)
	if err != nil {
		return nil, fmt.Errorf("%w: encode %s: %w", pipeline.ErrSkip, f.Format, err)
	}
	out.Format = pipeline.JPEG(f.Format.Width, f.Format.Height)
	out.Key = true
	return out, nil
}

// Close gives the encoder's memory back.
func (e *encoder) Close() error {
	for _, s := range e.stripes {
		s.compressor.close()
	}
	return nil
}
