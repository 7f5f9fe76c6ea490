// Package timestamp is the filter that writes into each picture when it was taken.
package timestamp

import (
	"context"
	"errors"
	"image"

	"framewire/filters/internal/area"
	"framewire/filters/internal/raster"
	"framewire/pipeline"
)

// Position is the place of the text in the picture as it is seen.
type Position string

// The places, each a little away from the edge.
const (
	TopLeft     Position = "top-left"
	Top         Position = "top"
	TopRight    Position = "top-right"
	BottomLeft  Position = "bottom-left"
	Bottom      Position = "bottom"
	BottomRight Position = "bottom-right"
)

// Zone says whose clock is shown.
type Zone string

// The zones.
const (
	Local Zone = "local" // of this machine
	UTC   Zone = "utc"
)

// leastHeight is the smallest text that can be read, in pixels.
const leastHeight = 8

// Config is what a user can set.
type Config struct {
	Format   string      `yaml:"format" doc:"what is written: {date} and {time} of the capture, {ms} its milliseconds, {zone} its distance from UTC, {seq} the number of the picture, {name} that of a photo, and any text"`
	Position Position    `yaml:"position" enum:"top-left,top,top-right,bottom-left,bottom,bottom-right" doc:"where, in the picture as it is seen"`
	Size     area.Length `yaml:"size" doc:"height of the letters, in pixels or percent of the picture's height, at least 8 pixels; a text that is too wide is made smaller"`
	Zone     Zone        `yaml:"zone" enum:"local,utc" doc:"time zone: that of this machine, or UTC"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	if _, err := parse(c.Format); err != nil {
		faults = append(faults, err)
	}
	if !c.Size.Percent && c.Size.Value < leastHeight || c.Size.Value == 0 {
		faults = append(faults, pipeline.FieldErrorf("size", "write pixels, such as 32, or a part of the picture's height, such as 4%",
			"%s is below %d pixels, which nobody can read", c.Size, leastHeight))
	}
	return errors.Join(faults...)
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "timestamp",
		Summary: "writes into each picture when it was taken",
		Doc: "White letters with a black edge, which can be read on any ground. The time is that at which the source got the picture; what was " +
			"received from another machine is brought to this one's clock. A picture that is to be turned when it is shown gets the " +
			"text as it is seen. Letters of the European languages in Latin script can be shown.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: timestamp\n    format: \"Garden {date} {time}\"\n    position: bottom-right\n```",
		Defaults: Config{Format: "{date} {time}", Position: TopLeft, Size: area.Length{Value: 4, Percent: true}, Zone: Local},
		New: func(cfg *Config, _ pipeline.Env) (pipeline.Filter, error) {
			text, err := parse(cfg.Format)
			return &filter{cfg: *cfg, text: text}, err
		},
	}.Spec()
}

type filter struct {
	cfg   Config
	text  template
	buf   []byte
	label label
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
	x.buf = x.text.write(x.buf[:0], f, x.cfg.Zone)
	x.label.set(x.buf, min(int(x.cfg.Size.Pixels(seenH)), seenH), seenW, f.Meta.Rotation)
	at := raster.Stored(x.place(seenW, seenH), w, h, f.Meta.Rotation)
	x.label.draw(raster.Of(out.Data, out.Format), at.Min)
	return out, nil
}

// place gives where the label lies in a picture that is seen at that size; it may stand out of a small one.
func (x *filter) place(w, h int) image.Rectangle {
	lw, lh := x.label.size()
	margin := lh / 4 &^ 1
	left, top := margin, margin
	switch x.cfg.Position {
	case Top, Bottom:
		left = (w - lw) / 2
	case TopRight, BottomRight:
		left = w - lw - margin
	}
	switch x.cfg.Position {
	case BottomLeft, Bottom, BottomRight:
		top = h - lh - margin
	}
	return image.Rect(left, top, left+lw, top+lh)
}

// Close does nothing.
func (x *filter) Close() error { return nil }
