package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
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

// mixed gives a source of JPEG images with a file after each.
func (r *rig) mixed(n int) {
	r.src.count(n, JPEG(4, 4), true)
	read := r.src.read
	r.src.read = func(ctx context.Context) (*Frame, error) {
		f, err := read(ctx)
		if err == nil && number(f)%2 == 1 {
			f.Format = AnyFile
		}
		return f, err
	}
}

// unableEncoder fails on whatever it is given.
func (r *rig) unableEncoder() {
	r.encode(2, func() *fakeFilter {
		return &fakeFilter{apply: func(_ context.Context, in, _ *Frame) error {
			return fmt.Errorf("was asked to encode %s", in.Format)
		}}
	})
}

func TestEncoderLetsFilesPass(t *testing.T) {
	r := newRig(t)
	r.source(AnyFile, AnyJPEG)
	r.mixed(20)
	r.unableEncoder()
	sink := r.sink(Queue{})
	run, err := r.run()
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, sink.numbers, 20)
	for i, format := range sink.formats {
		if want := []Format{JPEG(4, 4), AnyFile}[i%2]; format != want {
			t.Fatalf("frame %d arrives as %s, want %s", i, format, want)
		}
	}
	for _, s := range run.Report().Stages {
		if s.Kind == KindDecoder || s.FramesOut != 20 {
			t.Errorf("stage %+v", s)
		}
	}
}

// An output that takes no files has a converter in front, behind an encoder as without one.
func TestFilesBehindAnEncoderAreConverted(t *testing.T) {
	bgr := Format{Codec: CodecRaw, Layout: LayoutBGR}
	for _, c := range []struct {
		name  string
		gives []Format
		want  []string // the stages as printed
	}{
		{"files alone", []Format{AnyFile}, []string{"source", "encoder", "sink", "decoder", "sink"}},
		{"files and images", []Format{AnyJPEG, AnyFile}, []string{"source", "encoder", "sink", "decoder", "sink"}},
	} {
		r := newRig(t)
		r.reg = mustRegistry(t, r.codec(KindDecoder, "jpeg"), r.codec(KindDecoder, "file"))
		r.source(c.gives...)
		r.unableEncoder()
		r.sink(Queue{}, AnyJPEG, AnyFile)
		r.sink(Queue{}, bgr)
		plan, err := NewPlan(r.chain, r.reg)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var out strings.Builder
		plan.Print(&out)
		var kinds []string
		for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
			kinds = append(kinds, strings.Fields(line)[0])
		}
		if !slices.Equal(kinds, c.want) {
			t.Errorf("%s: the stages are %v, want %v:\n%s", c.name, kinds, c.want, &out)
		}
	}
	// What takes only JPEG must not be given the files that pass the encoder.
	r := newRig(t)
	r.source(AnyJPEG, AnyFile)
	r.mixed(10)
	r.unableEncoder()
	sink := r.sink(Queue{}, AnyJPEG)
	r.reg = mustRegistry(t, FilterSpec[noConfig]{
		Kind: KindEncoder, Name: "jpeg",
		Gives: func(*noConfig) []Format { return []Format{AnyJPEG} },
		New: func(*noConfig, Env) (Filter, error) {
			return &fakeFilter{apply: func(_ context.Context, in, _ *Frame) error {
				return fmt.Errorf("%s cannot be encoded: %w", in.Format, ErrSkip)
			}}, nil
		},
	}.Spec())
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 2, 4, 6, 8}; !slices.Equal(sink.numbers, want) {
		t.Errorf("frames %v, want %v", sink.numbers, want)
	}
}

func TestFilesThatNobodyHereReads(t *testing.T) {
	r := newRig(t)
	r.source(AnyFile)
	r.sink(Queue{}, Format{Codec: CodecRaw, Layout: LayoutBGR})
	_, err := NewPlan(r.chain, r.reg)
	if want := "pipeline test: sink fake takes raw bgr, and nothing here turns file into that: set another encoder"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
