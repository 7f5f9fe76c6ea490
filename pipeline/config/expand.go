package config

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// builder makes our tree from the YAML library's, with aliases and merges expanded. Each alias is a copy,
// so that an override changes one place only; the budget bounds what a file of aliases can grow to.
type builder struct {
	origin  pos
	faults  *collector
	anchors map[string]ast.Node
	budget  int
	outer   ast.Node // the alias or other value that is not itself within an alias
	within  bool     // an alias is being expanded
	spent   bool     // a limit was met and told: the rest is not looked at
	hidden  bool     // within a value of which messages repeat nothing
}

// document finds the one document of a file.
func (b *builder) document(file *ast.File, fail func(hint, format string, args ...any) *node) *node {
	var body ast.Node
	for _, doc := range file.Docs {
		if _, directive := doc.Body.(*ast.DirectiveNode); doc.Body == nil || directive {
			continue
		}
		if body != nil {
			b.fault(doc.Body, "put several pipelines under pipelines:", "a second document begins here")
			break
		}
		body = doc.Body
	}
	if body == nil {
		return fail("begin with source: or receive:", "holds nothing")
	}
	root := b.build(body, 0)
	if b.spent {
		return nil
	}
	return root
}

func (b *builder) at(n ast.Node) pos {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	return shift(position(n.GetToken()), b.origin)
}

func position(tok *token.Token) *token.Position {
	if tok == nil {
		return nil
	}
	return tok.Position
}

func (b *builder) fault(n ast.Node, hint, format string, args ...any) {
	b.faults.add(b.at(n), "", hint, fmt.Sprintf(format, args...))
}

// build gives the tree under n. After a fault it gives a broken node.
func (b *builder) build(n ast.Node, depth int) *node {
	if n == nil {
		return &node{at: b.origin}
	}
	out := &node{at: b.at(n)}
	b.budget--
	if !b.within {
		b.outer = n
	}
	switch {
	case b.spent:
	case b.budget < 0:
		b.fault(b.outer, "", "the aliases from here on expand to more than %d values", maxNodes)
		b.spent = true
	case depth > maxDepth:
		b.fault(n, "", "maps and lists are nested more than %d deep", maxDepth)
		b.spent = true
	}
	if b.spent {
		out.kind = broken
		return out
	}
	switch n := n.(type) {
	case *ast.NullNode:
		if n.Token.Type == token.NullType {
			out.text = n.Token.Value
		}
	case *ast.MappingNode:
		out.kind = mapping
		b.entries(out, n.Values, depth)
	case *ast.MappingValueNode:
		out.kind = mapping
		b.entries(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.kind = list
		for _, item := range n.Values {
			out.items = append(out.items, b.build(item, depth+1))
		}
	case *ast.AnchorNode:
		return b.anchor(n, depth)
	case *ast.AliasNode:
		return b.alias(n, depth)
	case *ast.LiteralNode:
		out.kind, out.text = scalar, n.Value.Value
	case *ast.StringNode:
		quoted := n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
		out.kind, out.text, out.plain = scalar, n.Value, !quoted
	case *ast.TagNode:
		out.kind = broken
		b.fault(n, "leave the tag out", "the tag %s has no meaning here", b.quote(n.GetToken().Value))
	case ast.ScalarNode:
		// A number, a truth value, .inf or .nan: what it is depends on the field, so only its text counts.
		out.kind, out.text, out.plain = scalar, n.GetToken().Value, true
	default:
		out.kind = broken
		b.fault(n, "", "this part of YAML has no meaning here")
	}
	return out
}

// anchor remembers the value under its name once it is complete: an anchor that holds itself is unknown.
func (b *builder) anchor(n *ast.AnchorNode, depth int) *node {
	out := b.build(n.Value, depth)
	if b.anchors == nil {
		b.anchors = make(map[string]ast.Node)
	}
	if n.Name != nil {
		b.anchors[n.Name.GetToken().Value] = n.Value
	}
	return out
}

func (b *builder) alias(n *ast.AliasNode, depth int) *node {
	name := ""
	if n.Value != nil {
		name = n.Value.GetToken().Value
	}
	if value, ok := b.anchors[name]; ok {
		outermost := !b.within
		b.within = true
		out := b.build(value, depth+1)
		b.within = b.within && !outermost
		return out
	}
	hint := `text that begins with * needs quotes`
	if !b.hidden {
		hint += `: "*` + cut(name) + `"`
	}
	b.fault(n, hint, "there is no anchor %s above", b.quote(name))
	return &node{at: b.at(n), kind: broken}
}

// quote repeats the user's word, unless it may be a secret's.
func (b *builder) quote(word string) string {
	if b.hidden {
		return "(not shown)"
	}
	return quote(word)
}

// entries fills in a mapping; what << merges in comes after the mapping's own keys and never over them.
func (b *builder) entries(out *node, values []*ast.MappingValueNode, depth int) {
	var merged []*node
	for _, v := range values {
		switch key := v.Key.(type) {
		case *ast.MergeKeyNode:
			merged = append(merged, b.build(v.Value, depth+1))
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
			name, outer := key.GetToken().Value, b.hidden
			b.hidden = outer || name == concealedKey
			out.entries = append(out.entries, entry{name, b.at(key), b.build(v.Value, depth+1)})
			b.hidden = outer
		default:
			b.fault(v.Key, "", "a key must be plain text")
		}
	}
	if len(merged) == 0 {
		return
	}
	own := make(map[string]bool, len(out.entries))
	for _, e := range out.entries {
		own[e.key] = true
	}
	for len(merged) > 0 {
		from := merged[0]
		merged = merged[1:]
		switch from.kind {
		case list:
			merged = append(from.items, merged...)
		case mapping:
			for _, e := range from.entries {
				if !own[e.key] {
					own[e.key] = true
					out.entries = append(out.entries, e)
				}
			}
		case null, scalar:
			b.faults.add(from.at, "", "", "<< wants a map")
		}
	}
}
