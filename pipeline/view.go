package pipeline

import (
	"context"
	"slices"
)

// Viewer is a Sink that shows pictures, often in fewer pixels than they have. Where all outputs behind a decoder are
// Viewers, the decoder may give smaller pictures than it gets, never smaller than the largest View: decoding a
// quarter of each side takes a fraction of the time. View is called for each picture, from any goroutine.
type Viewer interface {
	// View is the size in pixels in which pictures are shown, upright; 0, 0 asks for all that they have.
	View() (width, height int)
}

// ReduceFrom notes that f, which must be new, is a smaller picture of from, an encoded frame that it then keeps.
func (f *Frame) ReduceFrom(from *Frame) { f.whole = from.Retain() }

// Whole is the encoded frame that f is a smaller picture of, for who wants all of it (Env.Decode), or nil. It is
// borrowed: it lives as long as f does.
func (f *Frame) Whole() *Frame { return f.whole }

// view is what the outputs of a converter show: 0, 0 as soon as one wants the whole picture.
func (fan *fanOut) view() (width, height int) {
	for _, o := range fan.outs {
		if o.closed.Load() {
			continue
		}
		viewer, ok := o.sink.(Viewer)
		if !ok {
			return 0, 0
		}
		w, h := 0, 0
		if err := o.guard(func() error { w, h = viewer.View(); return nil }); err != nil {
			o.failed(err)
		}
		if w <= 0 || h <= 0 {
			return 0, 0
		}
		width, height = max(width, w), max(height, h)
	}
	return width, height
}

// decode is Env.Decode of a sink that takes such pixels.
func (r *Runner) decode(env Env, accepts []Format) func(context.Context, *Frame) (*Frame, error) {
	env.Want = []Format{AnyRaw}
	if i := slices.IndexFunc(accepts, isRaw); i >= 0 {
		env.Want = accepts[i : i+1]
	}
	return func(ctx context.Context, f *Frame) (*Frame, error) {
		d := &decodeAny{reg: r.plan.reg, env: env}
		out, err := d.Apply(ctx, f)
		if closed := d.Close(); err == nil && closed != nil {
			out.Release()
			return nil, closed
		}
		return out, err
	}
}
