package raster

import (
	"context"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// filter turns each picture from how it is seen.
type filter struct {
	turn   Turn
	turner Turner
}

var _ pipeline.Filter = (*filter)(nil)

// NewFilter gives a filter that turns raw frames of any layout, as they are seen, and keeps the layout.
func NewFilter(t Turn) pipeline.Filter { return &filter{turn: t} }

// Apply gives a turned copy.
func (x *filter) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if err := pixel.Check(f); err != nil {
		return nil, err
	}
	t := x.turn.Within(f.Meta.Rotation)
	w, h := t.Size(f.Format.Width, f.Format.Height)
	out := Derive(f, w, h)
	x.turner.Turn(Of(out.Data, out.Format), Of(f.Data, f.Format), t)
	return out, nil
}

// Close does nothing.
func (x *filter) Close() error { return nil }
