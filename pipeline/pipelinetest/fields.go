package pipelinetest

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// field is one setting of a config struct.
type field struct {
	name  string // as the user writes it
	tag   reflect.StructTag
	value reflect.Value
	typ   reflect.Type
}

// fieldsOf lists the settings of a struct, with those of embedded structs among them.
func fieldsOf(v reflect.Value) []field {
	var list []field
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case !f.IsExported() && !f.Anonymous || name == "-":
		case name == "" && f.Type.Kind() == reflect.Struct && (f.Anonymous || strings.Contains(options, "inline")):
			list = append(list, fieldsOf(v.Field(i))...)
		default:
			list = append(list, field{name: name, tag: f.Tag, value: v.Field(i), typ: f.Type})
		}
	}
	return list
}

// undocumented reports every setting below a config that the manual could not explain.
func undocumented(cfg any) []error {
	return undocumentedIn("", reflect.ValueOf(cfg).Elem())
}

func undocumentedIn(prefix string, v reflect.Value) []error {
	var faults []error
	seen := make(map[string]bool)
	for _, f := range fieldsOf(v) {
		path := prefix + f.name
		report := func(format string, args ...any) {
			faults = append(faults, fmt.Errorf("%s: %w", path, fmt.Errorf(format, args...)))
		}
		if !fieldName.MatchString(f.name) {
			report("the yaml name %q of a %s is not lower case with underscores", f.name, f.typ)
		}
		if seen[f.name] {
			report("two fields have this name")
		}
		seen[f.name] = true
		if err := phrase(f.tag.Get("doc")); err != nil {
			report("doc: %w", err)
		}
		if words := f.tag.Get("enum"); words != "" {
			allowed := strings.Split(words, ",")
			if f.typ.Kind() == reflect.String && !f.value.IsZero() && !slices.Contains(allowed, f.value.String()) {
				report("the default %q is none of %s", f.value, words)
			}
		}
		if inner, ok := settings(f.typ); ok {
			faults = append(faults, undocumentedIn(path+".", reflect.New(inner).Elem())...)
		}
	}
	return faults
}

// settings gives the struct whose fields the user sets below a field of that type.
func settings(t reflect.Type) (reflect.Type, bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	written := reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	return t, t.Kind() == reflect.Struct && !written
}

// phrase checks a text for the manual: one line that begins in lower case (unless with an acronym) and
// has no full stop.
func phrase(text string) error {
	first, size := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[min(size, len(text)):])
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("there is no text")
	case strings.TrimSpace(text) != text || strings.ContainsAny(text, "\r\n"):
		return fmt.Errorf("%q is not one line without blanks around it", text)
	case unicode.IsUpper(first) && (unicode.IsLower(second) || unicode.IsSpace(second)):
		return fmt.Errorf("%q does not begin in lower case", text)
	case strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "..."):
		return fmt.Errorf("%q ends in a full stop", text)
	}
	return nil
}
