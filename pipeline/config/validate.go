package config

import (
	"errors"
	"strings"

	"framewire/pipeline"
)

// validator is a config that can judge itself.
type validator interface{ Validate() error }

// validate asks cfg to judge itself and finds the place of each fault. prefix is the path of cfg within
// the node ("" or "queue"), at the node's own place, which stands in for fields that were not written. A
// field of which a fault was told already is not judged again.
func (d *decoder) validate(cfg any, prefix string, at pos) {
	v, ok := cfg.(validator)
	if !ok {
		return
	}
	var found []*pipeline.FieldError
	for _, err := range flatten(v.Validate()) {
		var detail *pipeline.FieldError
		if !errors.As(err, &detail) {
			detail = &pipeline.FieldError{Problem: err.Error()}
		}
		name := prefix
		if detail.Field != "" {
			name = join(prefix, detail.Field)
		}
		if !d.isBad(name) {
			found = append(found, &pipeline.FieldError{Field: name, Problem: detail.Problem, Hint: detail.Hint})
		}
	}
	for _, f := range found {
		d.fault(d.placeOf(f.Field, at), f.Field, f.Hint, "%s", f.Problem)
	}
}

// flatten gives the leaves of a tree of joined errors.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if _, leaf := err.(*pipeline.FieldError); leaf || !errors.As(err, &joined) {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, flatten(e)...)
	}
	return out
}

// isBad reports whether a fault was told of the field, of what it stands in or of what stands in it, or that
// it was misspelt.
func (d *decoder) isBad(field string) bool {
	if _, written := d.written[field]; d.meant[field] && !written {
		return true
	}
	for bad := range d.bad {
		if bad == field || strings.HasPrefix(field, bad+".") || strings.HasPrefix(bad, field+".") && field != "" {
			return true
		}
	}
	return false
}

// placeOf gives where the field's value stands, or what it stands in.
func (d *decoder) placeOf(field string, otherwise pos) pos {
	for field != "" {
		if at, ok := d.written[field]; ok {
			return at
		}
		field = field[:max(0, strings.LastIndexByte(field, '.'))]
	}
	return otherwise
}
