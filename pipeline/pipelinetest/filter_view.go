package pipelinetest

import "framewire/pipeline"

// viewIsHonoured gives a filter views of several sizes: whatever it makes of them, it takes nothing away that would
// be shown, and what it has made smaller leads to all of the picture.
func (c FilterCase) viewIsHonoured(tr *trial) {
	cfg := tr.config(c.Spec, c.Configure)
	for _, view := range [][2]int{{0, 0}, {1, 1}, {16, 12}, {1 << 20, 1 << 20}} {
		env := Env(tr, tr.pool)
		env.Want = c.want(cfg)
		env.View = func() (int, int) { return view[0], view[1] }
		full := c.with(tr, cfg)
		ft := newFilterTrial(tr, c.Spec, cfg, env)
		for i, in := range c.inputs(tr) {
			a, b := full.apply(tr.ctx, in), ft.apply(tr.ctx, in)
			if a != nil && b != nil {
				if what := reducedWrongly(in, a, b, view); what != "" {
					tr.Errorf("input %d of %s, shown as %dx%d: %s", i, in.Format, view[0], view[1], what)
				}
			}
			for _, out := range []*pipeline.Frame{a, b} {
				if out != nil {
					out.Release()
				}
			}
		}
		full.close()
		ft.close()
	}
}

// reducedWrongly says what is wrong with out, made for a view, where full is what the filter makes without.
func reducedWrongly(in, full, out *pipeline.Frame, view [2]int) string {
	if out.Format == full.Format {
		if out.Whole() != nil && full.Whole() == nil {
			return "a picture of full size says that there is a larger one"
		}
		return ""
	}
	w, h := view[0], view[1]
	if in.Meta.Rotation%180 != 0 {
		w, h = h, w
	}
	switch {
	case w == 0 || h == 0 || out.Format.Width < w || out.Format.Height < h:
		return "it gives " + out.Format.String()
	case out.Whole() != in:
		return "the smaller picture does not keep the frame that it was made of"
	}
	return ""
}
