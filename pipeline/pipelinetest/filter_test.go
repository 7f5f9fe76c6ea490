package pipelinetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"testing"

	"framewire/pipeline"
)

// fakeFilter inverts grey pixels, or decodes JPEG to them, with the fault of that name.
type fakeFilter struct {
	env     pipeline.Env
	kind    pipeline.Kind
	fault   string
	scratch []byte
	stop    chan struct{}
	seen    int
}

var _ pipeline.Filter = (*fakeFilter)(nil)

var gray = pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray}

func newFakeFilter(kind pipeline.Kind, fault string, made func(*fakeFilter)) FilterCase {
	accepts := gray
	if kind == pipeline.KindDecoder {
		accepts = pipeline.AnyJPEG
	}
	spec := pipeline.FilterSpec[fakeConfig]{
		Kind: kind, Name: "fake", Summary: "made for tests",
		Gives:   func(*fakeConfig) []pipeline.Format { return []pipeline.Format{gray} },
		Accepts: func(*fakeConfig) []pipeline.Format { return []pipeline.Format{accepts} },
		New: func(_ *fakeConfig, env pipeline.Env) (pipeline.Filter, error) {
			f := &fakeFilter{env: env, kind: kind, fault: fault, stop: make(chan struct{})}
			if made != nil {
				made(f)
			}
			return f, nil
		},
	}.Spec()
	c := FilterCase{Spec: spec, Configure: setPath}
	if kind == pipeline.KindDecoder {
		c.Want = []pipeline.Format{gray}
		c.Allocs = -1 // the standard library's decoder allocates
	}
	return c
}

func (f *fakeFilter) Apply(ctx context.Context, in *pipeline.Frame) (*pipeline.Frame, error) {
	if f.fault == "blocks" && ctx.Err() != nil {
		<-f.stop
	}
	f.seen++
	if f.fault == "skips all" || f.fault == passesFew && f.seen%31 != 0 {
		return nil, pipeline.ErrSkip
	}
	out, err := f.make(in)
	if err != nil {
		return nil, err
	}
	switch f.fault {
	case "edits its input":
		in.Data[0] ^= 1
	case "renames its input":
		in.Meta.Name = "other"
	case "takes its input":
		in.Release()
	case "forgets the time":
		out.PTS++
	case "forgets the name":
		out.Meta = pipeline.Meta{}
	case "gives colour":
		colour := out.Derive(3 * len(out.Data))
		colour.Format = pipeline.Raw(pipeline.LayoutBGR, out.Format.Width, out.Format.Height)
		out.Release()
		out = colour
	case "leaks its output":
		out.Retain()
	case "leaves rows out":
		out.Data = out.Data[:len(out.Data)/2]
	case "shares its input":
		out.Data = in.Data
	case "shares its scratch":
		f.scratch = append(f.scratch[:0], out.Data...)
		f.scratch = f.scratch[:cap(f.scratch)]
		out.Data = f.scratch[:len(out.Data)]
	case "shrinks too much", "forgets the whole":
		if w, _ := f.env.View(); w == 1 && f.fault == "forgets the whole" || w > 1 && f.fault == "shrinks too much" {
			out.Format = pipeline.Raw(pipeline.LayoutGray, 1, 1)
			out.Resize(1)
		}
	case "allocates":
		for range 100 {
			f.env.Counters = new(pipeline.Counters)
		}
	}
	return out, nil
}

func (f *fakeFilter) make(in *pipeline.Frame) (*pipeline.Frame, error) {
	if f.kind == pipeline.KindDecoder {
		return f.decode(in)
	}
	if err := in.Format.Check(len(in.Data)); err != nil {
		if f.fault == "trusts" {
			return nil, errors.New(string(in.Data[len(in.Data)+1])) // what an unchecked index does
		}
		return nil, err
	}
	out := in.Derive(len(in.Data))
	for i, b := range in.Data {
		out.Data[i] = ^b
	}
	return out, nil
}

func (f *fakeFilter) decode(in *pipeline.Frame) (*pipeline.Frame, error) {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(in.Data))
	if n := cfg.Width * cfg.Height; err == nil && (n == 0 || n > 1_000_000) {
		err = fmt.Errorf("%dx%d is not a size to decode", cfg.Width, cfg.Height)
	}
	var out *pipeline.Frame
	if err == nil {
		out, err = f.pixels(in)
	}
	switch {
	case err == nil:
		return out, nil
	case f.fault == "stops on garbage":
		return nil, err
	case f.fault == "hides garbage":
		return nil, pipeline.ErrSkip
	case f.fault == "makes up pictures":
		out = in.Derive(in.Format.Width * in.Format.Height)
		out.Format = pipeline.Raw(pipeline.LayoutGray, in.Format.Width, in.Format.Height)
		return out, nil
	}
	return nil, fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
}

func (f *fakeFilter) pixels(in *pipeline.Frame) (*pipeline.Frame, error) {
	img, err := jpeg.Decode(bytes.NewReader(in.Data))
	if err != nil {
		return nil, err
	}
	size := img.Bounds().Size()
	out := in.Derive(size.X * size.Y)
	out.Format = pipeline.Raw(pipeline.LayoutGray, size.X, size.Y)
	for i := range out.Data {
		y, _, _, _ := img.At(i%size.X, i/size.X).RGBA()
		out.Data[i] = byte(y >> 8)
	}
	return out, nil
}

func (f *fakeFilter) Close() error { return nil }

func TestFilterSuitePasses(t *testing.T) {
	Filter(t, newFakeFilter(pipeline.KindFilter, "", nil))
	Filter(t, newFakeFilter(pipeline.KindDecoder, "", nil))
	mustPass(t, filterRules(newFakeFilter(pipeline.KindFilter, "", nil)))
}

// passesFew is no fault: the filter drops most frames by design.
const passesFew = "passes few"

func TestFilterSuitePassesAFilterThatDrops(t *testing.T) {
	c := newFakeFilter(pipeline.KindFilter, passesFew, nil)
	mustPass(t, filterRules(c))
	c.Inputs = func(p *pipeline.Pool) []*pipeline.Frame {
		return []*pipeline.Frame{Frame(p, pipeline.Raw(pipeline.LayoutGray, 16, 16), 0)}
	}
	mustPass(t, filterRules(c))
}

func TestFilterSuiteSeesFaults(t *testing.T) {
	const (
		valid    = "frames come out that are valid and match what was asked for"
		survive  = "Stream, Seq, Captured, PTS, Key, Lossless and Meta survive"
		input    = "Apply keeps its input untouched"
		outlives = "what came out outlives what went in"
		stays    = "what came out stays as it was"
		garbage  = "a garbage frame gives ErrSkip or an error, never a panic"
		view     = "a smaller picture for a view is not smaller than that, and keeps the whole one"
	)
	for _, c := range []struct {
		kind              pipeline.Kind
		fault, rule, says string
	}{
		{pipeline.KindFilter, "gives colour", valid, "which is none of [raw gray]"},
		{pipeline.KindFilter, "leaves rows out", valid, "bytes, wants"},
		{pipeline.KindFilter, "skips all", valid, "no frame came out"},
		{pipeline.KindFilter, "leaks its output", valid, "the pool misses"},
		{pipeline.KindFilter, "forgets the time", survive, "PTS was"},
		{pipeline.KindFilter, "forgets the name", survive, "Meta was"},
		{pipeline.KindFilter, "edits its input", input, "its data changed"},
		{pipeline.KindFilter, "renames its input", input, "Meta was"},
		{pipeline.KindFilter, "takes its input", input, "Format was"},
		{pipeline.KindFilter, "shares its input", outlives, "its data changed"},
		{pipeline.KindFilter, "shares its scratch", stays, "its data changed"},
		{pipeline.KindFilter, "blocks", "a done context does not hold Apply up", "does not return"},
		{pipeline.KindFilter, "trusts", garbage, "index out of range"},
		{pipeline.KindDecoder, "stops on garbage", garbage, "does not wrap ErrSkip"},
		{pipeline.KindDecoder, "hides garbage", garbage, "a bare ErrSkip"},
		{pipeline.KindDecoder, "makes up pictures", garbage, "noise instead of a JPEG: a frame of raw gray"},
		{pipeline.KindDecoder, "shrinks too much", view, "it gives raw gray 1x1"},
		{pipeline.KindDecoder, "forgets the whole", view, "does not keep the frame that it was made of"},
		{pipeline.KindFilter, "allocates", allocsRule(0), "allocations"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			if raceEnabled && c.fault == "allocates" {
				t.Skip("not measured under the race detector")
			}
			mustFail(t, filterRules(newFakeFilter(c.kind, c.fault, func(f *fakeFilter) {
				t.Cleanup(func() { close(f.stop) })
			})), brief, c.rule, c.says)
		})
	}
}
