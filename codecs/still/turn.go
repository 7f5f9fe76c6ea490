package still

import "framewire/pipeline"

// upright gives a tightly packed BGR frame as it is to be seen, and takes over the one that it gets.
func upright(f *pipeline.Frame, o Orientation) *pipeline.Frame {
	if o <= 1 {
		return f
	}
	defer f.Release()
	w, h := f.Format.Width, f.Format.Height
	out := f.Derive(len(f.Data))
	ow, oh := o.Size(w, h)
	out.Format = pipeline.Raw(pipeline.LayoutBGR, ow, oh)
	first, right, down := o.way(w, h)
	// In squares, so that of pictures that are turned by a quarter the rows stay in the cache.
	const side = 64
	for top := 0; top < oh; top += side {
		for left := 0; left < ow; left += side {
			for y := top; y < min(top+side, oh); y++ {
				from := 3 * (first + left*right + y*down)
				for to := 3 * (y*ow + left); to < 3*(y*ow+min(left+side, ow)); to += 3 {
					p, q := out.Data[to:to+3:to+3], f.Data[from:from+3:from+3]
					p[0], p[1], p[2] = q[0], q[1], q[2]
					from += 3 * right
				}
			}
		}
	}
	return out
}

// Size is that of a picture of w by h pixels when it is shown.
func (o Orientation) Size(w, h int) (int, int) {
	if o >= 5 {
		return h, w
	}
	return w, h
}

// way is the path through a picture of w by h pixels that shows it: the pixel that comes first, and the
// steps to the one that is right of it and the one below it.
func (o Orientation) way(w, h int) (first, right, down int) {
	switch o {
	case 2:
		return w - 1, -1, w
	case 3:
		return w*h - 1, -1, -w
	case 4:
		return w * (h - 1), 1, -w
	case 5:
		return 0, w, 1
	case 6:
		return w * (h - 1), -w, 1
	case 7:
		return w*h - 1, -w, -1
	case 8:
		return w - 1, w, -1
	}
	return 0, 1, w
}
