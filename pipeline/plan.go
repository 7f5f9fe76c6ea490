package pipeline

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Plan is a chain whose formats have been matched: what the source is asked for, and which decoders and
// encoders stand between. Making one opens nothing.
type Plan struct {
	Chain Chain
	reg   *Registry

	want     []Format // for the source, best first; nil takes anything
	trunk    []planStep
	branches []planBranch
}

// planStep is a stage in the middle: a configured filter or encoder, or a converter that the chain put in.
type planStep struct {
	kind  Kind
	typ   string
	node  *Node // nil for a converter that was put in
	spec  Spec
	cfg   any
	makes []Format // a frame that matches one of these passes untouched; filters have none
	gives Format   // what it makes of any other frame
	flow  []Format // what may come out of a filter; the others say makes and gives
}

// planBranch is a group of outputs that share a converter, or have none.
type planBranch struct {
	convert *planStep
	outputs []int // indexes into Chain.Outputs
}

// NewPlan matches the formats along the chain and puts the decoders and encoders in that it needs.
func NewPlan(chain Chain, reg *Registry) (*Plan, error) {
	p := &Plan{Chain: chain, reg: reg, want: wanted(chain)}
	for _, node := range p.nodes() {
		if node.Spec.Missing != "" {
			return nil, fmt.Errorf("pipeline %s: %s %s: %s", chain.Name, node.Spec.Kind, node.Spec.Name, node.Spec.Missing)
		}
	}
	flow := p.flowing(asked(chain.Input.Spec.Gives(chain.Input.Config), p.want))

	for i := range chain.Filters {
		node := &chain.Filters[i]
		accepts := node.Spec.Accepts(node.Config)
		if accepts == nil {
			accepts = []Format{AnyRaw}
		}
		arriving, err := p.convertTrunk(node, flow, accepts)
		if err != nil {
			return nil, err
		}
		flow = node.Spec.Gives(node.Config)
		switch {
		case node.Spec.handsOn:
			flow = arriving
		case flow == nil:
			flow = []Format{AnyRaw}
		}
		p.trunk = append(p.trunk, planStep{
			kind: KindFilter, typ: node.Spec.Name, node: node, spec: node.Spec, cfg: node.Config, gives: flow[0], flow: flow,
		})
	}

	if node := chain.Encoder; node != nil {
		accepts := node.Spec.Accepts(node.Config)
		makes := append(slices.Clone(node.Spec.Gives(node.Config)), AnyFile) // which is no picture to encode
		if accepts == nil {
			accepts = []Format{AnyRaw}
		}
		if _, err := p.convertTrunk(node, flow, slices.Concat(accepts, makes)); err != nil { // what it makes passes
			return nil, err
		}
		p.trunk = append(p.trunk, planStep{
			kind: KindEncoder, typ: node.Spec.Name, node: node, spec: node.Spec, cfg: node.Config,
			makes: makes, gives: makes[0],
		})
		switch {
		case slices.Equal(flow, []Format{AnyFile}):
		case slices.Contains(flow, AnyFile):
			flow = makes
		default:
			flow = makes[:len(makes)-1]
		}
	}

	for i := range chain.Outputs {
		node := &chain.Outputs[i]
		step, err := p.converter(node, flow, node.Spec.Accepts(node.Config))
		if err != nil {
			return nil, err
		}
		p.addOutput(i, step)
	}
	return p, nil
}

// wanted works out what the source is asked for: what the first stage that cares takes, best first. A filter that
// hands on what it gets leaves it to those behind.
func wanted(chain Chain) []Format {
	for _, node := range chain.Filters {
		if node.Spec.handsOn {
			continue
		}
		if accepts := node.Spec.Accepts(node.Config); accepts != nil {
			return accepts
		}
		return []Format{AnyRaw}
	}
	var want []Format
	if enc := chain.Encoder; enc != nil {
		want = slices.Clone(enc.Spec.Gives(enc.Config))
		for _, f := range slices.Concat(enc.Spec.Accepts(enc.Config), []Format{AnyRaw}) {
			if !slices.Contains(want, f) {
				want = append(want, f)
			}
		}
		return want
	}
	for _, out := range chain.Outputs {
		accepts := out.Spec.Accepts(out.Config)
		if accepts == nil {
			return nil // what the source has is best; the others convert
		}
		for _, f := range accepts {
			f.Width, f.Height = 0, 0
			if !slices.Contains(want, f) {
				want = append(want, f)
			}
		}
	}
	// Encoded first: decoding for the output that needs pixels is cheaper than encoding for the other.
	slices.SortStableFunc(want, func(a, b Format) int { return rawLast(a) - rawLast(b) })
	return want
}

func rawLast(f Format) int {
	if f.Codec == CodecRaw {
		return 1
	}
	return 0
}

// flowing is what may come out of an input: what it says, or, where only the stream tells, any codec that
// can be decoded here.
func (p *Plan) flowing(gives []Format) []Format {
	if gives != nil {
		return gives
	}
	for _, spec := range p.reg.List(KindDecoder) {
		gives = append(gives, Format{Codec: Codec(spec.Name)})
	}
	return gives
}

// convertTrunk puts a decoder in front of a filter or encoder that cannot take all that may come, and gives what
// then comes.
func (p *Plan) convertTrunk(node *Node, flow, accepts []Format) ([]Format, error) {
	step, err := p.converter(node, flow, accepts)
	if err != nil || step == nil {
		return flow, err
	}
	p.trunk = append(p.trunk, *step)
	var arriving []Format
	for _, f := range append(slices.Clone(flow), step.gives) {
		if surely(f, accepts) && !slices.Contains(arriving, f) {
			arriving = append(arriving, f)
		}
	}
	return arriving, nil
}

// converter gives what has to stand in front of a node that takes only some formats, or nil.
func (p *Plan) converter(node *Node, flow, accepts []Format) (*planStep, error) {
	if accepts == nil || !slices.ContainsFunc(flow, func(f Format) bool { return !surely(f, accepts) }) {
		return nil, nil
	}
	for _, target := range accepts {
		if target.Codec == CodecRaw && p.decodes(flow) {
			return &planStep{kind: KindDecoder, typ: decoderName(flow), makes: accepts, gives: target}, nil
		}
	}
	for _, target := range accepts {
		if spec, ok := p.reg.Lookup(KindEncoder, string(target.Codec)); ok && spec.Missing == "" {
			return &planStep{kind: KindEncoder, typ: spec.Name, spec: spec, cfg: spec.Config(), makes: accepts, gives: target}, nil
		}
	}
	return nil, fmt.Errorf("pipeline %s: %s %s takes %s, and nothing here turns %s into that: set another encoder",
		p.Chain.Name, node.Spec.Kind, node.Spec.Name, words(accepts), words(flow))
}

// decodes reports whether any of what may come can be decoded here.
func (p *Plan) decodes(flow []Format) bool {
	return slices.ContainsFunc(flow, func(f Format) bool {
		spec, ok := p.reg.Lookup(KindDecoder, string(f.Codec))
		return f.Codec == "" || ok && spec.Missing == ""
	})
}

// surely reports whether every frame of that format fits one of the patterns.
func surely(f Format, patterns []Format) bool {
	return slices.ContainsFunc(patterns, func(pattern Format) bool { return f.Matches(pattern) })
}

// decoderName names a decoder after the codec that it will meet.
func decoderName(flow []Format) string {
	for _, f := range flow {
		if f.Codec != CodecRaw {
			return string(f.Codec)
		}
	}
	return string(CodecRaw)
}

// addOutput puts an output into the branch that has its converter, or makes one.
func (p *Plan) addOutput(i int, step *planStep) {
	for b := range p.branches {
		branch := &p.branches[b]
		if step == nil && branch.convert == nil ||
			step != nil && branch.convert != nil && branch.convert.kind == step.kind && slices.Equal(branch.convert.makes, step.makes) {
			branch.outputs = append(branch.outputs, i)
			return
		}
	}
	p.branches = append(p.branches, planBranch{convert: step, outputs: []int{i}})
}

// nodes lists every configured node.
func (p *Plan) nodes() []*Node {
	list := []*Node{&p.Chain.Input}
	for i := range p.Chain.Filters {
		list = append(list, &p.Chain.Filters[i])
	}
	if p.Chain.Encoder != nil {
		list = append(list, p.Chain.Encoder)
	}
	for i := range p.Chain.Outputs {
		list = append(list, &p.Chain.Outputs[i])
	}
	return list
}

// queueOf is the edge in front of an output: what the user set, over what the sink asks for, over the
// default of two frames.
func queueOf(node Node) Queue {
	q := Queue{Size: 2}
	if node.Spec.queue != nil {
		q = node.Spec.queue(node.Config)
	}
	if node.Queue.Size > 0 {
		q.Size = node.Queue.Size
	}
	if node.Queue.WhenFull != Auto {
		q.WhenFull = node.Queue.WhenFull
	}
	if node.Queue.MaxAge > 0 {
		q.MaxAge = node.Queue.MaxAge
	}
	return q
}

// trunkQueue is the edge in front of the stages before the fan-out: it blocks as soon as one output must
// have every frame, since the others drop by themselves.
func (p *Plan) trunkQueue() Queue { return stepQueue(p.Chain.Outputs) }

// branchQueue is the same for a converter, which only its own outputs may make block.
func (p *Plan) branchQueue(branch planBranch) Queue {
	var nodes []Node
	for _, i := range branch.outputs {
		nodes = append(nodes, p.Chain.Outputs[i])
	}
	return stepQueue(nodes)
}

func stepQueue(behind []Node) Queue {
	for _, node := range behind {
		if queueOf(node).WhenFull == Block {
			return Queue{Size: 2, WhenFull: Block}
		}
	}
	return Queue{Size: 2}
}

// Print writes the resolved chain, one stage a line, for people.
func (p *Plan) Print(w io.Writer) {
	in := p.Chain.Input
	fmt.Fprintf(w, "pipeline %s\n", p.Chain.Name)
	fmt.Fprintf(w, "  %-8s %-12s gives %s\n", in.Spec.Kind, in.Spec.Name, words(p.flowing(in.Spec.Gives(in.Config))))
	for _, step := range p.trunk {
		p.printStep(w, "  ", step)
	}
	for _, branch := range p.branches {
		indent := "  "
		if branch.convert != nil {
			p.printStep(w, indent, *branch.convert)
			indent = "    "
		}
		for _, i := range branch.outputs {
			node := p.Chain.Outputs[i]
			fmt.Fprintf(w, "%s%-8s %-12s takes %s; %s\n", indent, node.Spec.Kind, node.Spec.Name,
				words(node.Spec.Accepts(node.Config)), queueOf(node))
		}
	}
}

func (p *Plan) printStep(w io.Writer, indent string, step planStep) {
	note := ""
	if step.node == nil {
		note = " (put in by the chain; frames that already fit pass untouched)"
	}
	gives := step.flow
	if gives == nil {
		gives = []Format{step.gives}
	}
	fmt.Fprintf(w, "%s%-8s %-12s gives %s%s\n", indent, step.kind, step.typ, words(gives), note)
}

func words(formats []Format) string {
	if len(formats) == 0 {
		return "any format"
	}
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.String()
	}
	return strings.Join(names, " or ")
}
