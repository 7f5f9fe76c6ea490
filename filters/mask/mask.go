// Package mask is the filter that makes parts of each picture unrecognisable, for privacy.
package mask

import (
	"context"
	"errors"
	"image"

	"github.com/hashicorp/go-hclog"

	"framewire/filters/internal/area"
	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/config"
)

// Fill says what a region is covered with.
type Fill string

// The ways to cover a region.
const (
	Black    Fill = "black"
	Pixelate Fill = "pixelate" // squares of one colour each
	Blur     Fill = "blur"     // the same squares, with soft passages between them
)

// leastCell is the smallest side of a cell, in pixels; smaller ones hide nothing.
const leastCell = 8

// Config is what a user can set.
type Config struct {
	Regions []area.Area `yaml:"regions" doc:"the parts to cover"`
	Fill    Fill        `yaml:"fill" enum:"black,pixelate,blur" doc:"black leaves nothing of what was there; pixelate and blur leave one colour for each cell"`
	Cell    area.Length `yaml:"cell" doc:"side of the cells of pixelate and blur, in pixels or percent of the picture's shorter side, at least 8 pixels"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	if len(c.Regions) == 0 {
		faults = append(faults, pipeline.FieldErrorf("regions",
			"write a list such as [{x: 10%, y: 0, width: 25%, height: 120}]", "is missing"))
	}
	if !c.Cell.Percent && c.Cell.Value < leastCell {
		faults = append(faults, pipeline.FieldErrorf("cell", "", "%s is below %d pixels, which hides nothing", c.Cell, leastCell))
	}
	return errors.Join(faults...)
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "mask",
		Summary: "makes parts of each picture unrecognisable",
		Doc: "For windows, screens and pavements that a camera sees and nobody may. Pixels that a region touches only in part are covered too. " +
			"In a picture that is to be turned when it is shown, places are counted as it is seen. What stands in front in `filters` " +
			"counts: regions after a `crop` or `resize` are those of its pictures. One that lies outside of a picture covers nothing, " +
			"which is logged; percent suit pictures of every size. `black` is the only fill from which nothing can be " +
			"guessed.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: mask\n    regions:\n      - {x: 0, y: 0, width: 30%, height: 25%}\n" +
			"      - {x: 80%, y: 40%, width: 20%, height: 200}\n```",
		Defaults: Config{Fill: Black, Cell: area.Length{Value: 4, Percent: true}},
		New: func(cfg *Config, env pipeline.Env) (pipeline.Filter, error) {
			return &filter{cfg: *cfg, log: env.Log}, nil
		},
	}.Spec()
}

type filter struct {
	cfg  Config
	log  hclog.Logger
	grid grid
	told int // most regions that were told to lie outside of a picture
}

var _ pipeline.Filter = (*filter)(nil)

// Apply takes raw frames of any layout and keeps the layout.
func (x *filter) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	out, err := raster.Copy(f)
	if err != nil {
		return nil, err
	}
	w, h := f.Format.Width, f.Format.Height
	seenW, seenH := raster.Seen(w, h, f.Meta.Rotation)
	shorter := min(w, h)
	cell := max(min(int(x.cfg.Cell.Pixels(shorter)), shorter), leastCell)
	picture := raster.Of(out.Data, out.Format)
	outside := 0
	for _, region := range x.cfg.Regions {
		r := raster.Stored(region.Rect(seenW, seenH), w, h, f.Meta.Rotation)
		if r.Empty() {
			outside++
			continue
		}
		for i, plane := range picture.Planes() {
			if i == 0 {
				x.cover(&plane, r, cell, 0)
				continue
			}
			half := image.Rect(r.Min.X/2, r.Min.Y/2, (r.Max.X+1)/2, (r.Max.Y+1)/2)
			x.cover(&plane, half, cell/2, 128)
		}
	}
	if outside > x.told {
		x.told = outside
		x.log.Warn("regions lie outside of the picture and cover nothing", "count", outside, "picture", config.Size{Width: seenW, Height: seenH})
	}
	return out, nil
}

// cover makes a part of a plane unrecognisable; black is the value of no light or no colour there.
func (x *filter) cover(p *raster.Plane, r image.Rectangle, cell int, black byte) {
	if x.cfg.Fill == Black {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			row := p.Pix[y*p.Stride+r.Min.X*p.Samples:][:r.Dx()*p.Samples]
			for i := range row {
				row[i] = black
			}
		}
		return
	}
	x.grid.measure(p, r, cell)
	if x.cfg.Fill == Pixelate {
		x.grid.squares(p)
	} else {
		x.grid.soft(p)
	}
}

// Close does nothing.
func (x *filter) Close() error { return nil }
