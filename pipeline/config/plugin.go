package config

import (
	"fmt"
	"reflect"
	"strings"

	"framewire/pipeline"
)

// node decodes one place of a chain: its type, its plugin's config and, in front of an output, its queue.
func (b *chainBuilder) node(kind pipeline.Kind, key string, n *node, at pos) pipeline.Node {
	out := pipeline.Node{Path: key, Pos: at.String()}
	path := join(b.path, key)
	d := newDecoder(b.where+key, path, b.opts.LookupEnv, b.faults)
	if !b.isMap(d, kind, n) {
		return out
	}
	spec, ok := b.spec(d, kind, n.get("type"), at)
	if !ok {
		return out
	}
	d = newDecoder(b.where+key+" "+spec.Name, path, b.opts.LookupEnv, b.faults)
	d.plugin = string(kind) + " " + spec.Name
	if spec.Missing != "" && !b.opts.AllowMissing {
		d.fault(n.get("type").value.at, "", "", "%s", spec.Missing)
	}
	out.Spec, out.Config = spec, spec.Config()

	extra := []string{"type"}
	var rest []entry
	for _, e := range d.once(n, "") {
		switch {
		case e.key == "type":
		case e.key == "queue" && hasQueue(kind):
			d.value(e.value, reflect.ValueOf(&out.Queue).Elem(), "queue", nil)
			d.validate(&out.Queue, "queue", e.at)
		case e.key == "queue" && !hasField(out.Config, "queue"):
			d.fault(e.at, "", "a queue stands in front of a sink or a send", `unknown field "queue"`)
		default:
			rest = append(rest, e)
		}
	}
	if hasQueue(kind) {
		extra = append(extra, "queue")
	}
	d.fields(rest, reflect.ValueOf(out.Config).Elem(), "", extra)
	if b.opts.Prepare != nil {
		b.opts.Prepare(out.Config)
	}
	d.validate(out.Config, "", at)
	b.follow(d, out, at)
	return out
}

// isMap tells what is wrong with a node that is not a map.
func (b *chainBuilder) isMap(d *decoder, kind pipeline.Kind, n *node) bool {
	switch n.kind {
	case mapping:
		return true
	case broken:
		return false
	}
	hint := oneOf("write {type: …} with ", kind, b.types(kind))
	if _, ok := b.reg.Lookup(kind, n.text); ok && n.kind == scalar {
		hint = "write {type: " + n.text + "}"
	}
	if n.kind == list {
		hint = "only send, sinks and filters take a list"
	}
	what := n.kind.String()
	if n.kind == scalar {
		what = quote(n.text)
	}
	d.fault(n.at, "", hint, "wants a map, not %s", what)
	return false
}

// spec finds the plugin that a node asks for.
func (b *chainBuilder) spec(d *decoder, kind pipeline.Kind, e *entry, at pos) (pipeline.Spec, bool) {
	types := b.types(kind)
	if e != nil && e.value.kind == null && e.value.text != "" {
		// YAML's null is a plugin's name here.
		e.value.kind = scalar
	}
	if e == nil || e.value.kind == null {
		d.fault(at, "", oneOf("add type: with ", kind, types), "has no type")
		return pipeline.Spec{}, false
	}
	if e.value.kind != scalar {
		if e.value.kind != broken {
			d.fault(e.value.at, "type", "", "wants one value, not %s", e.value.kind)
		}
		return pipeline.Spec{}, false
	}
	name, _, ok := d.text(e.value, "type")
	if !ok {
		return pipeline.Spec{}, false
	}
	spec, ok := b.reg.Lookup(kind, name)
	if !ok {
		hint := b.elsewhere(kind, name)
		if hint == "" {
			hint = didYouMean(name, "there are ", types, oneOf("write ", kind, types))
		}
		d.fault(e.value.at, "", hint, "unknown type %s", quote(name))
	}
	return spec, ok
}

func (b *chainBuilder) types(kind pipeline.Kind) []string {
	var out []string
	for _, spec := range b.reg.List(kind) {
		out = append(out, spec.Name)
	}
	return out
}

// oneOf names what a type can be, or where to look when that is long.
func oneOf(verb string, kind pipeline.Kind, types []string) string {
	switch {
	case len(types) == 0:
		return "there is no " + string(kind) + " yet"
	case len(types) > 12:
		return verb + "one of those that `framewire list " + string(kind) + "` shows"
	}
	return verb + "one of " + strings.Join(types, ", ")
}

// elsewhere tells of a plugin of that name in another place of the chain, the likeliest first.
func (b *chainBuilder) elsewhere(kind pipeline.Kind, name string) string {
	others := map[pipeline.Kind][]pipeline.Kind{
		pipeline.KindSource:  {pipeline.KindReceive},
		pipeline.KindReceive: {pipeline.KindSource},
		pipeline.KindSend:    {pipeline.KindSink},
		pipeline.KindSink:    {pipeline.KindSend},
		pipeline.KindFilter:  {pipeline.KindEncoder},
		pipeline.KindEncoder: {pipeline.KindFilter},
	}
	for _, other := range append(others[kind], pipeline.Kinds()...) {
		if _, ok := b.reg.Lookup(other, name); ok && other != kind {
			return fmt.Sprintf("%s is %s: put it under %s", name, described(other), keyOf(other))
		}
	}
	return ""
}

// described names a kind in a sentence.
func described(kind pipeline.Kind) string {
	switch kind {
	case pipeline.KindSend, pipeline.KindReceive:
		return "a transport"
	case pipeline.KindEncoder:
		return "an encoder"
	}
	return "a " + string(kind)
}

// keyOf gives the key of a pipeline under which plugins of the kind stand.
func keyOf(kind pipeline.Kind) string {
	switch kind {
	case pipeline.KindSink, pipeline.KindFilter:
		return string(kind) + "s"
	}
	return string(kind)
}

// hasQueue reports whether an edge with settings stands in front of the kind.
func hasQueue(kind pipeline.Kind) bool {
	return kind == pipeline.KindSend || kind == pipeline.KindSink
}

func hasField(cfg any, name string) bool {
	for _, f := range fieldsOf(reflect.TypeOf(cfg).Elem()) {
		if f.name == name {
			return true
		}
	}
	return false
}
