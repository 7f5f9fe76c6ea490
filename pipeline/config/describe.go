package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"framewire/pipeline"
)

// Field describes one setting of a plugin, from its config struct's tags and defaults.
type Field struct {
	Name     string   // as in the file; settings of a nested map with dots: "tls.cert"
	Type     string   // text, number, whole number, true or false, duration, size, bytes, list of …, map of …
	Default  string   // as it would be written; empty where there is none
	Required bool     // there is no default, and nothing works without it
	Doc      string   // meaning and unit, lower case, no full stop
	Enum     []string // the only words allowed; nil for any
}

// missing is the problem by which Validate says that a field must be set.
const missing = "is missing"

// Kind names what to write: the type, or the words to choose from.
func (f Field) Kind() string {
	if f.Enum == nil {
		return f.Type
	}
	if strings.HasPrefix(f.Type, "list of ") {
		return "list of " + strings.Join(f.Enum, ", ")
	}
	return strings.Join(f.Enum, ", ")
}

// Describe lists a plugin's settings in the order of its config struct, without `type` and `queue`.
func Describe(spec pipeline.Spec) []Field {
	cfg := spec.Config()
	fields := describeStruct(reflect.ValueOf(cfg).Elem(), "")
	if v, ok := cfg.(validator); ok {
		require(fields, v.Validate())
	}
	return fields
}

// require marks the fields that a config with nothing set is said to miss.
func require(fields []Field, err error) {
	for _, leaf := range flatten(err) {
		var detail *pipeline.FieldError
		if !errors.As(leaf, &detail) || detail.Problem != missing {
			continue
		}
		for i := range fields {
			if fields[i].Name == detail.Field && fields[i].Default == "" {
				fields[i].Required = true
			}
		}
	}
}

// DescribeQueue lists the settings of the queue that a sink and a send may have.
func DescribeQueue() []Field {
	return describeStruct(reflect.ValueOf(pipeline.Queue{}), "queue.")
}

func describeStruct(v reflect.Value, prefix string) []Field {
	var out []Field
	for _, f := range fieldsOf(v.Type()) {
		value := v.FieldByIndex(f.index)
		if inner, name := innerStruct(value, f.name); inner.IsValid() {
			out = append(out, describeStruct(inner, prefix+name+".")...)
			continue
		}
		standard := written(value)
		if saysDefault(f.doc) {
			standard = ""
		}
		out = append(out, Field{
			Name: prefix + f.name, Type: typeName(f.typ), Default: standard, Doc: f.doc, Enum: f.enum,
		})
	}
	return out
}

// saysDefault reports whether a field's meaning tells the default in words, so that the zero value of its
// struct would mislead.
func saysDefault(doc string) bool { return strings.Contains(doc, "defaults to") }

// innerStruct finds the struct whose settings stand for a field, and the name of its place: the field
// itself, "N" in a list or "NAME" in a map.
func innerStruct(v reflect.Value, name string) (reflect.Value, string) {
	t := v.Type()
	switch {
	case readsText(t):
		return reflect.Value{}, ""
	case t.Kind() == reflect.Struct:
		return v, name
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			v = reflect.New(t.Elem())
		}
		return innerStruct(v.Elem(), name)
	case t.Kind() == reflect.Slice:
		return innerStruct(reflect.New(t.Elem()).Elem(), name+".N")
	case t.Kind() == reflect.Map:
		return innerStruct(reflect.New(t.Elem()).Elem(), name+".NAME")
	}
	return reflect.Value{}, ""
}

// typeName says in a user's words what to write.
func typeName(t reflect.Type) string {
	switch t {
	case durationType:
		return "duration"
	case sizeType:
		return "size"
	case byteSizeType:
		return "bytes"
	}
	if readsText(t) {
		return "text"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "map of " + typeName(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.String:
		return "text"
	}
	return "whole number"
}

// written gives a value as a config would write it, or "" for one that a config cannot hold.
func written(v reflect.Value) string {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return ""
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		return writtenDuration(value)
	case encoding.TextMarshaler:
		text, err := value.MarshalText()
		if err != nil {
			return ""
		}
		return string(text)
	case fmt.Stringer:
		return value.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return written(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			return ""
		}
		items := make([]string, v.Len())
		for i := range items {
			items[i] = written(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Map:
		return ""
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits())
	}
	return fmt.Sprint(v.Interface())
}
