package pipeline

import (
	"slices"
	"testing"
)

// What the encoder makes passes untouched and is asked for first; then what it takes, best first; then any
// pixels, which the chain can bring to it.
func TestSourceIsAskedForWhatTheEncoderTakes(t *testing.T) {
	i420 := Format{Codec: CodecRaw, Layout: LayoutI420}
	for _, c := range []struct{ accepts, want []Format }{
		{nil, []Format{AnyJPEG, AnyRaw}},
		{[]Format{i420}, []Format{AnyJPEG, i420, AnyRaw}},
		{[]Format{AnyJPEG, i420, AnyRaw}, []Format{AnyJPEG, i420, AnyRaw}},
	} {
		spec := FilterSpec[noConfig]{
			Kind: KindEncoder, Name: "fake",
			Gives:   func(*noConfig) []Format { return []Format{AnyJPEG} },
			Accepts: func(*noConfig) []Format { return c.accepts },
		}.Spec()
		got := wanted(Chain{Encoder: &Node{Spec: spec, Config: &noConfig{}}})
		if !slices.Equal(got, c.want) {
			t.Errorf("an encoder that takes %v: the source is asked for %v, want %v", c.accepts, got, c.want)
		}
	}
}
