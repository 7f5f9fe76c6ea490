package config

import (
	"fmt"
	"reflect"
	"strconv"
)

// decoder fills in the structs of one plugin's node. Fields are named by their dotted path within the
// node: "size", "queue.max_age", "regions.0.name".
type decoder struct {
	where  string // in front of every problem: "sinks.0 file"
	plugin string // kind and name, for hints: "sink file"
	path   string // of the node, as --set writes it: "sinks.0"
	lookup func(string) (string, bool)
	faults *collector

	written map[string]pos  // where each field's value stands
	bad     map[string]bool // fields of which a fault was told
	meant   map[string]bool // fields that a misspelt one seems to be
}

func newDecoder(where, path string, lookup func(string) (string, bool), faults *collector) *decoder {
	return &decoder{where, "", path, lookup, faults, make(map[string]pos), make(map[string]bool), make(map[string]bool)}
}

// fault tells a problem of a field, or of the node itself where the field is "".
func (d *decoder) fault(at pos, field, hint, format string, args ...any) {
	if field != "" {
		d.bad[field] = true
	}
	d.tell(at, field, hint, format, args...)
}

// tell is fault without doubt in the field's other contents.
func (d *decoder) tell(at pos, field, hint, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	path := d.path
	if field != "" {
		problem = field + ": " + problem
		path = join(d.path, field)
	}
	if d.where != "" {
		problem = d.where + ": " + problem
	}
	d.faults.add(at, path, hint, problem)
}

// join makes a dotted path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// once gives the entries of a mapping without those whose key came before, which are faults.
func (d *decoder) once(n *node, path string) []entry {
	first := make(map[string]pos, len(n.entries))
	out := make([]entry, 0, len(n.entries))
	for _, e := range n.entries {
		if at, twice := first[e.key]; twice {
			d.tell(e.at, path, "the first is at "+at.String(), "%s is there twice", quote(e.key))
			continue
		}
		first[e.key] = e.at
		out = append(out, e)
	}
	return out
}

// value decodes n into v. enum lists the only words allowed, or is nil.
func (d *decoder) value(n *node, v reflect.Value, path string, enum []string) {
	d.written[path] = n.at
	switch {
	case n.kind == broken:
		d.bad[path] = true
	case v.Kind() == reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			fresh.Elem().Set(v.Elem())
		}
		d.value(n, fresh.Elem(), path, enum)
		v.Set(fresh)
	case n.kind == null && n.text != "":
		d.fault(n.at, path, "put it in quotes where the word is meant, or leave the line out", "%s means no value", n.text)
	case n.kind == null:
		d.fault(n.at, path, "leave the line out to get the default", "has no value")
	case !isContainer(v.Type()):
		d.scalar(n, v, path, enum)
	case v.Kind() == reflect.Slice:
		d.slice(n, v, path, enum)
	case v.Kind() == reflect.Map:
		d.dictionary(n, v, path, enum)
	default:
		d.structure(n, v, path)
	}
}

func (d *decoder) slice(n *node, v reflect.Value, path string, enum []string) {
	if n.kind != list {
		hint := ""
		if n.kind == scalar {
			hint = "write [" + cut(n.text) + "]"
		}
		d.fault(n.at, path, hint, "wants a list, not %s", n.kind)
		return
	}
	fresh := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		d.value(item, fresh.Index(i), join(path, strconv.Itoa(i)), enum)
	}
	v.Set(fresh)
}

func (d *decoder) dictionary(n *node, v reflect.Value, path string, enum []string) {
	if n.kind != mapping {
		d.fault(n.at, path, "", "wants a map, not %s", n.kind)
		return
	}
	fresh := reflect.MakeMap(v.Type())
	for _, e := range d.once(n, path) {
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(e.value, value, join(path, e.key), enum)
		fresh.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), value)
	}
	v.Set(fresh)
}

func (d *decoder) structure(n *node, v reflect.Value, path string) {
	if n.kind != mapping {
		known := names(fieldsOf(v.Type()))
		d.fault(n.at, path, didYouMean("", "write {FIELD: …}; the fields are ", known, d.otherwise()), "wants a map, not %s", n.kind)
		return
	}
	d.fields(d.once(n, path), v, path, nil)
}

// fields decodes the entries of a mapping into a struct. extra names keys that are allowed there and
// decoded elsewhere.
func (d *decoder) fields(entries []entry, v reflect.Value, path string, extra []string) {
	known := fieldsOf(v.Type())
next:
	for _, e := range entries {
		for _, f := range known {
			if f.name == e.key {
				d.value(e.value, v.FieldByIndex(f.index), join(path, f.name), f.enum)
				continue next
			}
		}
		words := append(names(known), extra...)
		d.unknown(e, path, words)
	}
}

// otherwise is the hint where there are too many fields to name.
func (d *decoder) otherwise() string {
	if d.plugin == "" {
		return ""
	}
	return "`framewire list " + d.plugin + "` shows the fields"
}

// unknown tells of a key that no field has.
func (d *decoder) unknown(e entry, path string, known []string) {
	if near := nearest(e.key, known); near != "" {
		d.meant[join(path, near)] = true
	}
	d.tell(e.at, path, didYouMean(e.key, "the fields are ", known, d.otherwise()), "unknown field %s", quote(e.key))
}
