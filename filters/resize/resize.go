// Package resize is the filter that makes pictures smaller, or brings them to one size.
package resize

import (
	"context"
	"fmt"

	"framewire/codecs/pixel"
	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/config"
)

// Fit says how a picture is brought to a size.
type Fit string

// The ways to fit.
const (
	Inside Fit = "inside" // as large as fits, with its own proportions, and never enlarged
	Exact  Fit = "exact"  // stretched or squeezed to just that size
)

// Config is what a user can set.
type Config struct {
	Size config.Size `yaml:"size" doc:"width and height in pixels, of the picture as it is seen"`
	Fit  Fit         `yaml:"fit" enum:"inside,exact" doc:"inside keeps the proportions, fits the picture into the size and never enlarges it; exact brings it to just that size, whatever its proportions"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	if c.Size == (config.Size{}) {
		return pipeline.FieldErrorf("size", "write WIDTHxHEIGHT, such as 1280x720", "is missing")
	}
	return nil
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "resize",
		Summary: "makes pictures smaller, or brings them to one size",
		Doc: "Every pixel of a smaller picture is the mean of the area that it stands for, so that nothing flickers; enlarging " +
			"is bilinear. Pictures that have the size already pass untouched. A picture that is to be turned when it is shown " +
			"(`rotation`) is measured as it is seen, so that a portrait photo fits too.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: resize\n    size: 1280x720\n```",
		Defaults: Config{Fit: Inside},
		Workers:  func(*Config) int { return 0 },
		New: func(cfg *Config, _ pipeline.Env) (pipeline.Filter, error) {
			return &filter{size: cfg.Size, fit: cfg.Fit}, nil
		},
	}.Spec()
}

type filter struct {
	size   config.Size
	fit    Fit
	scaler scaler
}

var _ pipeline.Filter = (*filter)(nil)

// Apply takes raw frames of any layout and keeps the layout.
func (x *filter) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if err := pixel.Check(f); err != nil {
		return nil, err
	}
	w, h := x.target(raster.Seen(f.Format.Width, f.Format.Height, f.Meta.Rotation))
	w, h = raster.Seen(w, h, f.Meta.Rotation)
	if w == f.Format.Width && h == f.Format.Height {
		return f.Retain(), nil
	}
	out := raster.Derive(f, w, h)
	if err := x.scaler.scale(raster.Of(out.Data, out.Format), raster.Of(f.Data, f.Format)); err != nil {
		out.Release()
		return nil, fmt.Errorf("%w: resize to %dx%d: %w", pipeline.ErrSkip, w, h, err)
	}
	return out, nil
}

// target gives the size for a picture that is seen at that size.
func (x *filter) target(w, h int) (int, int) {
	limit := x.size
	switch {
	case x.fit == Exact:
		return limit.Width, limit.Height
	case w <= limit.Width && h <= limit.Height:
		return w, h
	case int64(w)*int64(limit.Height) >= int64(h)*int64(limit.Width):
		return limit.Width, scaled(h, limit.Width, w)
	}
	return scaled(w, limit.Height, h), limit.Height
}

// scaled gives a length times to/from, rounded; a picture has one pixel at least.
func scaled(length, to, from int) int {
	return max(int((int64(length)*int64(to)+int64(from)/2)/int64(from)), 1)
}

// Close does nothing.
func (x *filter) Close() error { return nil }
