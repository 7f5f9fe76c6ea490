package pipelinetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
)

// fields of a config with the fault of their name.
type (
	noDoc struct {
		A int `yaml:"a"`
	}
	noName struct {
		A int `doc:"a number"`
	}
	upperName struct {
		A int `yaml:"BitRate" doc:"a number"`
	}
	upperDoc struct {
		A int `yaml:"a" doc:"A number"`
	}
	fullStop struct {
		A int `yaml:"a" doc:"a number."`
	}
	twoLines struct {
		A int `yaml:"a" doc:"a\nnumber"`
	}
	twice struct {
		A int `yaml:"a" doc:"a number"`
		B int `yaml:"a" doc:"another"`
	}
	badEnum struct {
		A string `yaml:"a" doc:"a word" enum:"yes,no"`
	}
	nested struct {
		Inner []noDoc `yaml:"inner" doc:"more"`
	}
	embedded struct {
		noDoc `yaml:",inline"`
	}
	faultless struct {
		A      string        `yaml:"a" doc:"a word" enum:"yes,no"`
		B      time.Duration `yaml:"b" doc:"JPEG is one word, this is a time..."`
		Hidden int           `yaml:"-"`
		inside int
	}
)

func TestFieldsAreDocumented(t *testing.T) {
	for _, c := range []struct {
		cfg  any
		want string
	}{
		{&faultless{A: "yes", inside: 1}, ""},
		{&noDoc{}, "a: doc: there is no text"},
		{&noName{}, `the yaml name "" of a int`},
		{&upperName{}, `the yaml name "BitRate"`},
		{&upperDoc{}, `"A number" does not begin in lower case`},
		{&fullStop{}, "ends in a full stop"},
		{&twoLines{}, "is not one line"},
		{&twice{}, "two fields have this name"},
		{&badEnum{A: "maybe"}, `the default "maybe" is none of yes,no`},
		{&nested{}, "inner.a: doc: there is no text"},
		{&embedded{}, "a: doc: there is no text"},
	} {
		err := errors.Join(undocumented(c.cfg)...)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%T: %v", c.cfg, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%T: got %v, want %q", c.cfg, err, c.want)
		}
	}
}

// judged is a config whose Validate gives what the test says.
type judged struct {
	Path  string `yaml:"path" doc:"a path"`
	Level int    `yaml:"level" doc:"a number"`
	err   error
}

func (j *judged) Validate() error { return j.err }

func TestDefaultsAreValid(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{pipeline.FieldErrorf("path", "", "it is needed"), ""},
		{pipeline.FieldErrorf("", "", "give a path"), ""},
		{errors.Join(pipeline.FieldErrorf("path", "", "it is needed"), pipeline.FieldErrorf("level", "", "80 is too much")), "the default of level is not valid"},
		{pipeline.FieldErrorf("quality", "", "80 is too much"), `not a field: "quality"`},
		{errors.New("too much"), "is no FieldError"},
	} {
		err := errors.Join(badDefaults(&judged{Level: 80, err: c.err})...)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%v: %v", c.err, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%v: got %v, want %q", c.err, err, c.want)
		}
	}
}

func TestSpecRulesSeeFaults(t *testing.T) {
	type shared struct {
		Names map[string]int `yaml:"names" doc:"what they say"`
	}
	one := &judged{}
	good := pipeline.Spec{Kind: pipeline.KindSink, Name: "good", Summary: "does good", Config: func() any { return new(judged) }}
	mustPass(t, specRules(good, pipeline.KindSink))
	for _, c := range []struct {
		rule, says string
		change     func(*pipeline.Spec)
	}{
		{"the description is complete", `the kind is "source"`, func(s *pipeline.Spec) { s.Kind = pipeline.KindSource }},
		{"the description is complete", `"Very Good" is not one lower-case word`, func(s *pipeline.Spec) { s.Name = "Very Good" }},
		{"the description is complete", "there is no text", func(s *pipeline.Spec) { s.Summary = "" }},
		{"every field is documented", "a: doc", func(s *pipeline.Spec) { s.Config = func() any { return new(noDoc) } }},
		{"the defaults are valid", "no FieldError", func(s *pipeline.Spec) {
			s.Config = func() any { return &judged{err: errors.New("bad")} }
		}},
		{"each config is a new one", "the same struct twice", func(s *pipeline.Spec) { s.Config = func() any { return one } }},
		{"each config is a new one", "names: the default is a map", func(s *pipeline.Spec) {
			s.Config = pipeline.SinkSpec[shared]{Defaults: shared{Names: map[string]int{}}}.Spec().Config
		}},
		{"Gives and Accepts leave the config alone", "the config changed", func(s *pipeline.Spec) {
			*s = pipeline.SinkSpec[judged]{Accepts: func(cfg *judged) []pipeline.Format { cfg.Level = 3; return nil }}.Spec()
		}},
	} {
		spec := good
		c.change(&spec)
		mustFail(t, specRules(spec, pipeline.KindSink), brief, c.rule, c.says)
	}
}

// TestMissingPlugin has suites check no more than the description where a build lacks the plugin.
func TestMissingPlugin(t *testing.T) {
	c := SourceCase{Spec: pipeline.SourceSpec[judged]{
		Name: "camera", Summary: "a camera", Missing: "needs OpenCV: build with `make build`",
	}.Spec()}
	Source(t, c)
	if n, want := len(sourceRules(c)), len(specRules(c.Spec)); n != want {
		t.Errorf("%d rules, want the %d about the description", n, want)
	}
}
