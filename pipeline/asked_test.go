package pipeline

import (
	"slices"
	"testing"
)

// A source that can make several layouts makes the one that it is asked for first, and nothing is put in to
// convert the others.
func TestSourceIsAskedForOneLayout(t *testing.T) {
	raw := func(l Layout) Format { return Format{Codec: CodecRaw, Layout: l} }
	bgr, i420 := raw(LayoutBGR), raw(LayoutI420)
	for _, c := range []struct{ gives, want, left []Format }{
		{[]Format{bgr, i420}, nil, []Format{bgr, i420}},
		{[]Format{bgr, i420}, []Format{AnyRaw}, []Format{bgr, i420}},
		{[]Format{bgr, i420}, []Format{AnyJPEG, i420, AnyRaw}, []Format{i420}},
		{[]Format{bgr, i420}, []Format{raw(LayoutGray), bgr}, []Format{bgr}},
		{[]Format{AnyJPEG, bgr}, []Format{AnyJPEG, i420, AnyRaw}, []Format{AnyJPEG, bgr}},
		{[]Format{AnyJPEG, bgr, i420}, []Format{AnyJPEG, i420}, []Format{AnyJPEG, i420}},
		{[]Format{bgr, i420}, []Format{AnyJPEG, AnyFile, i420}, []Format{i420}},
		{[]Format{bgr, i420}, []Format{raw(LayoutGray), i420}, []Format{i420}},
		{nil, []Format{i420}, nil},
	} {
		got := asked(c.gives, c.want)
		if !slices.Equal(got, c.left) {
			t.Errorf("of %v, asked for %v: %v, want %v", c.gives, c.want, got, c.left)
		}
		var can []Layout
		for _, f := range c.gives {
			if isRaw(f) {
				can = append(can, f.Layout)
			}
		}
		if len(can) == 0 {
			continue
		}
		if made := raw(LayoutFor(c.want, can...)); !slices.Contains(got, made) {
			t.Errorf("of %v, asked for %v: it makes %v, and %v is expected", c.gives, c.want, made, got)
		}
	}
}
