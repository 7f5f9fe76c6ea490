package pipeline

import "fmt"

// Kind is the place in a chain that a plugin can take.
type Kind string

// The kinds of plugin, in the order of a chain. The names appear in configs, reports and messages.
const (
	KindSource  Kind = "source"
	KindReceive Kind = "receive"
	KindFilter  Kind = "filter"
	KindEncoder Kind = "encoder"
	KindDecoder Kind = "decoder" // put in by the chain, never configured
	KindSend    Kind = "send"
	KindSink    Kind = "sink"
)

// Kinds lists the kinds that a user can configure, in the order of a chain.
func Kinds() []Kind {
	return []Kind{KindSource, KindReceive, KindFilter, KindEncoder, KindSend, KindSink}
}

// Spec describes one plugin to the engine, to the config loader and to the manual. Plugins make theirs
// with SourceSpec, FilterSpec or SinkSpec, which keep the config's type.
type Spec struct {
	Kind    Kind
	Name    string // what `type:` says
	Summary string // one line, lower case, no full stop
	Doc     string // more for the manual, in Markdown; may be empty
	// Missing is set in a build that lacks the plugin and says how to get it, for example "needs OpenCV:
	// build with `make build`". Name, fields and docs are known all the same.
	Missing string

	// Config gives a pointer to a new config struct that holds the defaults. Its fields carry `yaml` and
	// `doc` tags, and `enum:"a,b"` where only some words are allowed. If the pointer has a method
	// Validate() error, the loader calls it; see FieldErrorf.
	Config func() any

	gives   func(cfg any) []Format
	accepts func(cfg any) []Format
	handsOn bool // a filter gives the frames that it takes
	queue   func(cfg any) Queue
	workers func(cfg any) int
	confirm func(cfg any) bool
	follows func(cfg any) (filter, field string)

	newSource func(cfg any, env Env) (Source, error)
	newFilter func(cfg any, env Env) (Filter, error)
	newSink   func(cfg any, env Env) (Sink, error)
}

// SourceSpec describes a source or a transport's receiving end; C is its config struct.
type SourceSpec[C any] struct {
	Kind                        Kind // KindSource (the default) or KindReceive
	Name, Summary, Doc, Missing string
	Defaults                    C
	// Gives lists the formats it can make with this config, best first; nil means that only the running
	// stream tells. Of several raw layouts it makes the one that LayoutFor chooses.
	Gives func(cfg *C) []Format
	// New makes the source. It does no I/O. It is nil in a build where Missing is set.
	New func(cfg *C, env Env) (Source, error)
}

// Spec gives the description without the type parameter.
func (s SourceSpec[C]) Spec() Spec {
	kind := s.Kind
	if kind == "" {
		kind = KindSource
	}
	spec := Spec{
		Kind: kind, Name: s.Name, Summary: s.Summary, Doc: s.Doc, Missing: s.Missing,
		Config: configOf(s.Defaults),
		gives:  typed(s.Gives),
	}
	if s.New != nil {
		spec.newSource = func(cfg any, env Env) (Source, error) { return s.New(cfg.(*C), env) }
	}
	return spec
}

// FilterSpec describes a filter, an encoder or a decoder; C is its config struct.
type FilterSpec[C any] struct {
	Kind                        Kind // KindFilter (the default), KindEncoder or KindDecoder
	Name, Summary, Doc, Missing string
	Defaults                    C
	// Gives lists what comes out: for an encoder one pattern. Accepts lists what goes in; nil means pixels
	// in any layout. For a decoder Accepts is the codec that it reads, and the pattern to produce is in
	// Env.Want.
	Gives   func(cfg *C) []Format
	Accepts func(cfg *C) []Format
	// HandsOn says that a filter changes no picture: what it gives, in whatever format, is what it takes, or
	// less. Gives then stays nil.
	HandsOn bool
	// Workers is how many run side by side (frames keep their order): 0 means one per core, nil one.
	Workers func(cfg *C) int
	New     func(cfg *C, env Env) (Filter, error)
}

// Spec gives the description without the type parameter.
func (s FilterSpec[C]) Spec() Spec {
	kind := s.Kind
	if kind == "" {
		kind = KindFilter
	}
	spec := Spec{
		Kind: kind, Name: s.Name, Summary: s.Summary, Doc: s.Doc, Missing: s.Missing,
		Config:  configOf(s.Defaults),
		gives:   typed(s.Gives),
		accepts: typed(s.Accepts),
	}
	if s.HandsOn {
		spec.handsOn, spec.gives = true, spec.accepts
	}
	if s.New != nil {
		spec.newFilter = func(cfg any, env Env) (Filter, error) { return s.New(cfg.(*C), env) }
	}
	if s.Workers != nil {
		spec.workers = func(cfg any) int { return s.Workers(cfg.(*C)) }
	}
	return spec
}

// SinkSpec describes a sink or a transport's sending end; C is its config struct.
type SinkSpec[C any] struct {
	Kind                        Kind // KindSink (the default) or KindSend
	Name, Summary, Doc, Missing string
	Defaults                    C
	// Accepts lists the formats it takes, best first; nil takes anything.
	Accepts func(cfg *C) []Format
	// Queue gives the edge in front of it where the user says nothing; nil means two frames and Auto.
	Queue func(cfg *C) Queue
	// Confirms reports whether the other end of a transport confirms frames that ask for it (Frame.Confirm):
	// then Write takes a Frame.Hold of each. nil means that it does not.
	Confirms func(cfg *C) bool
	// Follows names a filter without whose marks it does nothing, and the setting that makes it so; nil or two
	// empty names mean none. A chain with a source that lacks the filter is a config error; frames that are
	// received may carry the marks.
	Follows func(cfg *C) (filter, field string)
	New     func(cfg *C, env Env) (Sink, error)
}

// Spec gives the description without the type parameter.
func (s SinkSpec[C]) Spec() Spec {
	kind := s.Kind
	if kind == "" {
		kind = KindSink
	}
	spec := Spec{
		Kind: kind, Name: s.Name, Summary: s.Summary, Doc: s.Doc, Missing: s.Missing,
		Config:  configOf(s.Defaults),
		accepts: typed(s.Accepts),
	}
	if s.New != nil {
		spec.newSink = func(cfg any, env Env) (Sink, error) { return s.New(cfg.(*C), env) }
	}
	if s.Confirms != nil {
		spec.confirm = func(cfg any) bool { return s.Confirms(cfg.(*C)) }
	}
	if s.Follows != nil {
		spec.follows = func(cfg any) (string, string) { return s.Follows(cfg.(*C)) }
	}
	if s.Queue != nil {
		spec.queue = func(cfg any) Queue { return s.Queue(cfg.(*C)) }
	}
	return spec
}

// Gives lists the formats that the plugin can make with this config, best first; nil is unknown.
func (s Spec) Gives(cfg any) []Format {
	if s.gives == nil {
		return nil
	}
	return s.gives(cfg)
}

// Accepts lists the formats that the plugin takes with this config, best first; nil takes anything.
func (s Spec) Accepts(cfg any) []Format {
	if s.accepts == nil {
		return nil
	}
	return s.accepts(cfg)
}

// Follows names a filter without whose marks the plugin does nothing, and the setting that makes it so.
func (s Spec) Follows(cfg any) (filter, field string) {
	if s.follows == nil {
		return "", ""
	}
	return s.follows(cfg)
}

// Confirms reports whether the other end of a transport confirms frames that ask for it.
func (s Spec) Confirms(cfg any) bool { return s.confirm != nil && s.confirm(cfg) }

// NewSource makes the source or the receiving end that the spec describes.
func (s Spec) NewSource(cfg any, env Env) (Source, error) {
	if s.newSource == nil {
		return nil, s.unavailable("a source")
	}
	return s.newSource(cfg, env)
}

// NewFilter makes the filter, encoder or decoder that the spec describes.
func (s Spec) NewFilter(cfg any, env Env) (Filter, error) {
	if s.newFilter == nil {
		return nil, s.unavailable("a filter")
	}
	return s.newFilter(cfg, env)
}

// NewSink makes the sink or the sending end that the spec describes.
func (s Spec) NewSink(cfg any, env Env) (Sink, error) {
	if s.newSink == nil {
		return nil, s.unavailable("a sink")
	}
	return s.newSink(cfg, env)
}

// unavailable says why the plugin cannot be made.
func (s Spec) unavailable(as string) error {
	if s.Missing != "" {
		return fmt.Errorf("%s %s: %s", s.Kind, s.Name, s.Missing)
	}
	return fmt.Errorf("%s %s cannot be made as %s", s.Kind, s.Name, as)
}

func configOf[C any](defaults C) func() any {
	return func() any {
		cfg := defaults
		return &cfg
	}
}

func typed[C any](fn func(*C) []Format) func(any) []Format {
	if fn == nil {
		return nil
	}
	return func(cfg any) []Format { return fn(cfg.(*C)) }
}

// FieldError is a fault in one field of a config. The loader finds the field's place in the file.
type FieldError struct {
	Field   string // the yaml name; empty for the plugin as a whole
	Problem string // lower case, the user's own word quoted
	Hint    string // what to do about it; may be empty
}

// Error gives the field, the problem and the hint in one line.
func (e *FieldError) Error() string {
	text := e.Problem
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// FieldErrorf makes a FieldError. Validate methods join several with errors.Join.
func FieldErrorf(field, hint, format string, args ...any) error {
	return &FieldError{Field: field, Hint: hint, Problem: fmt.Sprintf(format, args...)}
}
