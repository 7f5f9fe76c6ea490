// Package crop is the filter that cuts a part out of each picture.
package crop

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/hashicorp/go-hclog"

	"framewire/codecs/pixel"
	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/config"
)

// Config is what a user can set.
type Config struct {
	X    int         `yaml:"x" doc:"distance of the part from the left edge of the picture as it is seen, in pixels"`
	Y    int         `yaml:"y" doc:"distance of the part from the top edge of the picture as it is seen, in pixels"`
	Size config.Size `yaml:"size" doc:"width and height of the part, in pixels"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	for _, f := range []struct {
		name  string
		value int
	}{{"x", c.X}, {"y", c.Y}} {
		if f.value < 0 {
			faults = append(faults, pipeline.FieldErrorf(f.name, "count from the top left corner", "%d is below zero", f.value))
		} else if f.value > pipeline.MaxPixels {
			faults = append(faults, pipeline.FieldErrorf(f.name, "", "%d is too large", f.value))
		}
	}
	if c.Size == (config.Size{}) {
		faults = append(faults, pipeline.FieldErrorf("size", "write WIDTHxHEIGHT, such as 640x480", "is missing"))
	}
	return errors.Join(faults...)
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "crop",
		Summary: "cuts a part out of each picture",
		Doc: "The part may lie anywhere, at odd positions too. What of it lies outside a picture is left out, which is logged " +
			"once; a picture that it misses altogether is skipped. In a picture that is to be turned when it is shown, places are " +
			"counted as it is seen.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: crop\n    x: 320\n    y: 180\n    size: 1280x720\n```",
		New: func(cfg *Config, env pipeline.Env) (pipeline.Filter, error) {
			at := image.Pt(cfg.X, cfg.Y)
			return &filter{part: image.Rectangle{Min: at, Max: at.Add(image.Pt(cfg.Size.Width, cfg.Size.Height))}, log: env.Log}, nil
		},
	}.Spec()
}

type filter struct {
	part image.Rectangle // of the picture as it is seen
	log  hclog.Logger
	told bool // that the part does not lie within the picture
}

var _ pipeline.Filter = (*filter)(nil)

// Apply takes raw frames of any layout and keeps the layout.
func (x *filter) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if err := pixel.Check(f); err != nil {
		return nil, err
	}
	w, h := raster.Seen(f.Format.Width, f.Format.Height, f.Meta.Rotation)
	whole := image.Rect(0, 0, w, h)
	part := x.part.Intersect(whole)
	switch {
	case part.Empty():
		return nil, fmt.Errorf("%w: the part at %d,%d lies outside the picture of %dx%d",
			pipeline.ErrSkip, x.part.Min.X, x.part.Min.Y, w, h)
	case part == whole:
		return f.Retain(), nil
	case part != x.part && !x.told:
		x.told = true
		x.log.Warn("the part reaches beyond the picture and is cut to it",
			"picture", config.Size{Width: w, Height: h}, "part", config.Size{Width: part.Dx(), Height: part.Dy()})
	}
	part = raster.Stored(part, f.Format.Width, f.Format.Height, f.Meta.Rotation)
	out := raster.Derive(f, part.Dx(), part.Dy())
	raster.Crop(raster.Of(out.Data, out.Format), raster.Of(f.Data, f.Format), part)
	return out, nil
}

// Close does nothing.
func (x *filter) Close() error { return nil }
