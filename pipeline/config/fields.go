package config

import (
	"encoding"
	"reflect"
	"strings"
	"time"
)

// field is one setting of a config struct, as its tags describe it.
type field struct {
	name  string // the yaml tag
	doc   string
	enum  []string // the only words allowed; nil for any
	index []int    // for reflect.Value.FieldByIndex
	typ   reflect.Type
}

// fieldsOf lists the settings of a struct type in the order of the source, those of embedded structs
// among them. A field without a yaml tag is not a setting.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Type.Kind() == reflect.Struct && (options == "inline" || f.Anonymous && name == "") {
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				out = append(out, inner)
			}
			continue
		}
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		var enum []string
		if words := f.Tag.Get("enum"); words != "" {
			enum = strings.Split(words, ",")
		}
		out = append(out, field{name, f.Tag.Get("doc"), enum, f.Index, f.Type})
	}
	return out
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	sizeType     = reflect.TypeFor[Size]()
	byteSizeType = reflect.TypeFor[ByteSize]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// readsText reports whether values of the type read themselves from text.
func readsText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textType) }

// isContainer reports whether a value of the type is written as a map or a list.
func isContainer(t reflect.Type) bool {
	if readsText(t) {
		return false
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Map || t.Kind() == reflect.Slice
}

// names gives the fields' names.
func names(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}
