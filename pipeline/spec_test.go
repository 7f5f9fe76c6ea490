package pipeline

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// specConfig is the config of the specs here.
type specConfig struct{ Level int }

type specFilter struct{ level int }

func (specFilter) Apply(context.Context, *Frame) (*Frame, error) { return nil, ErrSkip }
func (specFilter) Close() error                                  { return nil }

func levelFilter() FilterSpec[specConfig] {
	return FilterSpec[specConfig]{
		Name: "level", Defaults: specConfig{Level: 3},
		Gives: func(cfg *specConfig) []Format { return []Format{JPEG(cfg.Level, cfg.Level)} },
		New:   func(cfg *specConfig, _ Env) (Filter, error) { return specFilter{cfg.Level}, nil },
	}
}

func TestSpecKeepsTheConfigsType(t *testing.T) {
	spec := levelFilter().Spec()
	cfg := spec.Config()
	cfg.(*specConfig).Level = 7
	if got := spec.Gives(cfg); !slices.Equal(got, []Format{JPEG(7, 7)}) {
		t.Errorf("Gives does not see the config: %v", got)
	}
	filter, err := spec.NewFilter(cfg, Env{})
	if err != nil || filter != (specFilter{7}) {
		t.Errorf("New does not see the config: %v, %v", filter, err)
	}
	if got := spec.Config().(*specConfig).Level; got != 3 {
		t.Errorf("a new config has level %d and not the default", got)
	}
	if got := spec.Accepts(cfg); got != nil {
		t.Errorf("Accepts is %v where the plugin says nothing", got)
	}
}

func TestSpecKinds(t *testing.T) {
	for _, c := range []struct {
		spec Spec
		want Kind
	}{
		{SourceSpec[specConfig]{}.Spec(), KindSource},
		{SourceSpec[specConfig]{Kind: KindReceive}.Spec(), KindReceive},
		{FilterSpec[specConfig]{}.Spec(), KindFilter},
		{FilterSpec[specConfig]{Kind: KindDecoder}.Spec(), KindDecoder},
		{SinkSpec[specConfig]{}.Spec(), KindSink},
		{SinkSpec[specConfig]{Kind: KindSend}.Spec(), KindSend},
	} {
		if c.spec.Kind != c.want {
			t.Errorf("the kind is %s, want %s", c.spec.Kind, c.want)
		}
	}
}

// TestSpecWithoutConstructor makes plugins that this build lacks, and plugins of the wrong kind.
func TestSpecWithoutConstructor(t *testing.T) {
	const missing = "needs OpenCV: build with `make build`"
	source := SourceSpec[specConfig]{Name: "camera", Missing: missing}.Spec()
	filter := FilterSpec[specConfig]{Kind: KindEncoder, Name: "turbo", Missing: missing}.Spec()
	sink := SinkSpec[specConfig]{Name: "window", Missing: missing}.Spec()
	for _, c := range []struct {
		make func() (any, error)
		want string
	}{
		{func() (any, error) { return source.NewSource(source.Config(), Env{}) }, "source camera: " + missing},
		{func() (any, error) { return filter.NewFilter(filter.Config(), Env{}) }, "encoder turbo: " + missing},
		{func() (any, error) { return sink.NewSink(sink.Config(), Env{}) }, "sink window: " + missing},
		{func() (any, error) { s := levelFilter().Spec(); return s.NewSource(s.Config(), Env{}) }, "filter level cannot be made as a source"},
		{func() (any, error) { s := levelFilter().Spec(); return s.NewSink(s.Config(), Env{}) }, "filter level cannot be made as a sink"},
		{func() (any, error) {
			s := SinkSpec[specConfig]{Name: "x"}.Spec()
			return s.NewFilter(s.Config(), Env{})
		}, "sink x cannot be made as a filter"},
	} {
		if _, err := c.make(); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	if source.Config() == nil {
		t.Error("a plugin that is missing has no config to describe")
	}
}

func TestRegistry(t *testing.T) {
	named := func(kind Kind, name string) Spec {
		return Spec{Kind: kind, Name: name, Config: func() any { return new(specConfig) }}
	}
	reg, err := NewRegistry(named(KindSink, "b"), named(KindSink, "a"), named(KindSource, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if spec, ok := reg.Lookup(KindSource, "a"); !ok || spec.Kind != KindSource {
		t.Errorf("source a: %v, %t", spec, ok)
	}
	if _, ok := reg.Lookup(KindSource, "b"); ok {
		t.Error("there is a source b")
	}
	var names []string
	for _, spec := range reg.List(KindSink) {
		names = append(names, spec.Name)
	}
	if !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("the sinks are %v", names)
	}
	if list := reg.List(KindSend); len(list) != 0 {
		t.Errorf("there are senders: %v", list)
	}

	for _, c := range []struct {
		specs []Spec
		want  string
	}{
		{[]Spec{named(KindSink, "a"), named(KindSink, "a")}, `register sink "a": the name is taken`},
		{[]Spec{named(KindSink, "")}, `register sink "": kind, name and config are needed`},
		{[]Spec{named("", "a")}, `register  "a": kind, name and config are needed`},
		{[]Spec{{Kind: KindSink, Name: "a"}}, `register sink "a": kind, name and config are needed`},
	} {
		if _, err := NewRegistry(c.specs...); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestKindsCanBeConfigured(t *testing.T) {
	if slices.Contains(Kinds(), KindDecoder) || len(Kinds()) != 6 {
		t.Errorf("the kinds that a user may configure are %v", Kinds())
	}
}

func TestFieldError(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{FieldErrorf("size", "write 1280x720", "%q is not a size", "big"), `size: "big" is not a size (write 1280x720)`},
		{FieldErrorf("size", "", "is needed"), "size: is needed"},
		{FieldErrorf("", "", "nothing is set"), "nothing is set"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	var fault *FieldError
	if err := errors.Join(errors.New("other"), FieldErrorf("a", "", "b")); !errors.As(err, &fault) || fault.Field != "a" {
		t.Error("a FieldError is not found among joined errors")
	}
}
