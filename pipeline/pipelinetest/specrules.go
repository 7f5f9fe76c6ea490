package pipelinetest

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"framewire/pipeline"
)

var pluginName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// specRules are the rules about a plugin's description, which hold in every build.
func specRules(spec pipeline.Spec, kinds ...pipeline.Kind) []rule {
	return []rule{
		{"the description is complete", func(tr *trial) {
			if !slices.Contains(kinds, spec.Kind) {
				tr.Errorf("the kind is %q; this suite is for %v", spec.Kind, kinds)
			}
			if !pluginName.MatchString(spec.Name) {
				tr.Errorf("the name %q is not one lower-case word", spec.Name)
			}
			if err := phrase(spec.Summary); err != nil {
				tr.Errorf("Summary: %v", err)
			}
		}},
		{"every field is documented", func(tr *trial) {
			for _, err := range undocumented(spec.Config()) {
				tr.Errorf("%v", err)
			}
		}},
		{"the defaults are valid", func(tr *trial) {
			for _, err := range badDefaults(spec.Config()) {
				tr.Errorf("%v", err)
			}
		}},
		{"each config is a new one", func(tr *trial) {
			a, b := spec.Config(), spec.Config()
			if !reflect.DeepEqual(a, b) {
				tr.Errorf("two configs with the defaults differ: %+v and %+v", a, b)
			}
			if reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer() && reflect.TypeOf(a).Elem().Size() > 0 {
				tr.Errorf("Config gives the same struct twice")
			}
			for _, f := range fieldsOf(reflect.ValueOf(a).Elem()) {
				if k := f.value.Kind(); (k == reflect.Map || k == reflect.Pointer) && !f.value.IsNil() {
					tr.Errorf("%s: the default is a %s, which all configs share", f.name, k)
				}
			}
		}},
		{"Gives and Accepts leave the config alone", func(tr *trial) {
			cfg := spec.Config()
			tr.call("Gives", func() { spec.Gives(cfg) })
			tr.call("Accepts", func() { spec.Accepts(cfg) })
			if !reflect.DeepEqual(cfg, spec.Config()) {
				tr.Errorf("the config changed from %+v to %+v", spec.Config(), cfg)
			}
		}},
	}
}

// constructorRule checks that nothing is touched before Open. prepare sets up what the plugin's config
// points to, and gives the function that makes the plugin.
func constructorRule(what string, prepare func(tr *trial) (construct func())) rule {
	return rule{what + " does no I/O", func(tr *trial) {
		construct := prepare(tr)
		openFiles() // has the runtime open what it needs for itself
		files, running := openFiles(), goroutines()
		construct()
		if err := newlyOpen(files, openFiles()); err != nil {
			tr.Errorf("%v before Open", err)
		}
		if err := running.gone(0); err != nil {
			tr.Errorf("goroutines were started before Open: %v", err)
		}
		if n := tr.pool.Outstanding(); n != 0 {
			tr.Errorf("%d frames were taken from the pool before Open", n)
		}
	}}
}

// badDefaults asks the config's Validate method. It may complain about fields that the user must set, and
// only in words that the loader can place.
func badDefaults(cfg any) []error {
	v, ok := cfg.(interface{ Validate() error })
	if !ok {
		return nil
	}
	fields := make(map[string]field)
	for _, f := range fieldsOf(reflect.ValueOf(cfg).Elem()) {
		fields[f.name] = f
	}
	var bad []error
	for _, err := range flatten(v.Validate()) {
		var fault *pipeline.FieldError
		if !errors.As(err, &fault) {
			bad = append(bad, fmt.Errorf("what Validate gives is no FieldError: %q", err))
			continue
		}
		if fault.Field == "" {
			continue // about the plugin as a whole: that something is missing, we hope
		}
		f, ok := fields[fault.Field]
		switch {
		case !ok && !strings.Contains(fault.Field, "."):
			bad = append(bad, fmt.Errorf("what Validate names is not a field: %q: %w", fault.Field, err))
		case ok && !f.value.IsZero():
			bad = append(bad, fmt.Errorf("the default of %s is not valid: %w", fault.Field, err))
		}
	}
	return bad
}

// flatten takes errors.Join apart.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, flatten(e)...)
	}
	return list
}
