package config

import (
	"slices"
	"strconv"

	"framewire/pipeline"
)

// pipe is one pipeline of a file before its plugins are looked at.
type pipe struct {
	name  string
	at    pos // of its name, of its item in a list, or of the file's first key
	body  *node
	named bool // `name` is allowed in it: everywhere but under a key that is the name
}

// keys are what a pipeline may hold, in the order of a chain.
var keys = []string{"source", "receive", "filters", "encoder", "send", "sinks"}

// chainBuilder makes one pipeline's chain.
type chainBuilder struct {
	reg    *pipeline.Registry
	opts   Options
	faults *collector
	where  string // "pipeline cam: " where there are several
	path   string // "pipelines.cam" where there are several
	self   *decoder
	chain  pipeline.Chain
	input  bool     // a source or receive was written, if a faulty one
	output bool     // a send or sink was written
	last   []func() // checks that need the whole chain
}

// build makes the chain of p. alone says that no other pipeline is in the files.
func (l *loader) build(p pipe, alone bool) pipeline.Chain {
	b := &chainBuilder{reg: l.reg, opts: l.opts, faults: l.faults, chain: pipeline.Chain{Name: p.name}}
	name := ""
	if !alone {
		name = "pipeline " + p.name
		b.where, b.path = name+": ", "pipelines."+p.name
	}
	b.self = newDecoder(name, b.path, l.opts.LookupEnv, l.faults)
	switch p.body.kind {
	case mapping:
	case broken:
		return b.chain
	default:
		b.self.where = "pipeline " + p.name
		b.self.fault(p.body.at, "", "begin with source: or receive:", "wants a map, not %s", p.body.kind)
		return b.chain
	}
	for _, e := range b.self.once(p.body, "") {
		b.entry(e, p.named)
	}
	if !b.input {
		b.self.fault(p.at, "", "add source: or receive:", "has no input")
	}
	if !b.output {
		b.self.fault(p.at, "", "add sinks: or send:", "has no output")
	}
	for _, check := range b.last {
		check()
	}
	return b.chain
}

// follow has a node checked that does nothing without the marks of a filter. What is received may carry them.
func (b *chainBuilder) follow(d *decoder, n pipeline.Node, at pos) {
	filter, field := n.Spec.Follows(n.Config)
	if filter == "" || d.isBad(field) {
		return
	}
	b.last = append(b.last, func() {
		named := func(f pipeline.Node) bool { return f.Spec.Name == filter || f.Spec.Name == "" } // one with a fault may be it
		if b.chain.Input.Spec.Kind == pipeline.KindSource && !slices.ContainsFunc(b.chain.Filters, named) {
			d.fault(d.placeOf(field, at), field, "add filters: [{type: "+filter+"}]", "needs the filter %s", filter)
		}
	})
}

// entry takes one key of a pipeline.
func (b *chainBuilder) entry(e entry, named bool) {
	switch e.key {
	case "source":
		b.addInput(pipeline.KindSource, e)
	case "receive":
		b.addInput(pipeline.KindReceive, e)
	case "filters":
		b.chain.Filters = b.list(pipeline.KindFilter, e)
	case "encoder":
		node := b.node(pipeline.KindEncoder, "encoder", e.value, e.at)
		b.chain.Encoder = &node
	case "send":
		b.output = true
		if e.value.kind == list {
			b.chain.Outputs = append(b.list(pipeline.KindSend, e), b.chain.Outputs...)
			return
		}
		node := b.node(pipeline.KindSend, "send", e.value, e.at)
		b.chain.Outputs = append([]pipeline.Node{node}, b.chain.Outputs...)
	case "sinks":
		b.output = true
		b.chain.Outputs = append(b.chain.Outputs, b.list(pipeline.KindSink, e)...)
	case "name":
		if !named {
			b.self.fault(e.at, "", "the key above it is the pipeline's name", `unknown field "name"`)
		}
	case "decoder":
		b.self.fault(e.at, "", "leave it out: decoders are put in where pixels are needed", `unknown field "decoder"`)
	case "pipelines":
		b.self.fault(e.at, "", "pipelines do not hold pipelines", `unknown field "pipelines"`)
	default:
		switch nearest(e.key, keys) {
		case "source", "receive":
			b.input = true
		case "send", "sinks":
			b.output = true
		}
		b.self.fault(e.at, "", didYouMean(e.key, "a pipeline has ", keys, ""), "unknown field %s", quote(e.key))
	}
}

// addInput takes a source or a receive; a pipeline has one of them.
func (b *chainBuilder) addInput(kind pipeline.Kind, e entry) {
	node := b.node(kind, e.key, e.value, e.at)
	if b.input {
		b.self.fault(e.at, "", "keep one: a pipeline has one input", "both source and receive")
		return
	}
	b.input = true
	b.chain.Input = node
}

// list takes the nodes under filters, sinks or send.
func (b *chainBuilder) list(kind pipeline.Kind, e entry) []pipeline.Node {
	if e.value.kind == broken {
		return nil
	}
	if e.value.kind != list {
		b.self.fault(e.value.at, e.key, `begin each of its items with "- "`, "wants a list, not %s", e.value.kind)
		return nil
	}
	if len(e.value.items) == 0 && kind != pipeline.KindFilter {
		b.self.fault(e.value.at, e.key, "add an item or leave the line out", "holds nothing")
	}
	nodes := make([]pipeline.Node, len(e.value.items))
	for i, item := range e.value.items {
		nodes[i] = b.node(kind, e.key+"."+strconv.Itoa(i), item, item.at)
	}
	return nodes
}
