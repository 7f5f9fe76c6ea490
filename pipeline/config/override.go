package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// override applies one PATH=VALUE to the tree, so that everything after it treats the value as if it
// stood in the file. Its place in messages is the override itself.
func (l *loader) override(set string) {
	at := pos{file: shown(set)}
	l.faults.know(at.file)
	path, value, ok := strings.Cut(set, "=")
	parts := strings.Split(path, ".")
	fail := func(hint, format string, args ...any) {
		l.faults.add(at, strings.TrimPrefix(strings.SplitN(at.file, "=", 2)[0], "--set "), hint, fmt.Sprintf(format, args...))
	}
	if !ok || slices.Contains(parts, "") {
		fail("write PATH=VALUE, such as source.path=clip.mp4", "is no override")
		return
	}
	if len(parts) > maxDepth {
		fail("", "the path is more than %d deep", maxDepth)
		return
	}
	target, parts := l.target(path, parts, fail)
	if target == nil {
		return
	}
	fresh := overrideValue(value, at, l.faults)
	if fresh == nil {
		return
	}
	if betrays(parts[len(parts)-1], fresh) {
		fail("write ${FRAMEWIRE_SECRET} in its place, in single quotes, and set that variable in the environment",
			"a secret on the command line is seen by everybody on this machine")
		return
	}
	o := overrider{at: at, value: fresh, fail: fail}
	o.put(target.body, parts, "")
	l.rename(target)
}

// target finds the pipeline that a path speaks of, and the rest of the path.
func (l *loader) target(path string, parts []string, fail func(hint, format string, args ...any)) (*pipe, []string) {
	if parts[0] != "pipelines" {
		if len(l.pipes) == 1 {
			return &l.pipes[0], parts
		}
		if p := l.named(path); p != nil && len(l.pipes) > 1 {
			fail("write pipelines."+cut(path), "%s is a pipeline, and no part of one", quote(p.name))
			return nil, nil
		}
		if len(l.pipes) > 1 {
			fail("write pipelines.NAME."+cut(path)+" with NAME one of "+strings.Join(l.names(), ", "),
				"there are %d pipelines", len(l.pipes))
		}
		return nil, nil
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(path, "pipelines"), ".")
	if found := l.named(rest); found != nil {
		return found, strings.Split(strings.TrimPrefix(rest, found.name+"."), ".")
	}
	if i, err := strconv.Atoi(parts[min(1, len(parts)-1)]); err == nil && i >= 0 && i < len(l.pipes) && len(parts) > 2 {
		return &l.pipes[i], parts[2:]
	}
	switch {
	case len(l.pipes) == 0: // the files' own faults say enough
	case len(parts) < 3:
		fail("write pipelines.NAME.source.path=VALUE, with NAME one of "+strings.Join(l.names(), ", "), "names no field of a pipeline")
	default:
		fail(didYouMean(parts[1], "there are ", l.names(), ""), "no pipeline is named %s", quote(parts[1]))
	}
	return nil, nil
}

// named finds the pipeline with whose name a path begins. A name may hold dots: the longest that fits is
// meant.
func (l *loader) named(path string) (found *pipe) {
	for i := range l.pipes {
		if p := &l.pipes[i]; strings.HasPrefix(path, p.name+".") && (found == nil || len(p.name) > len(found.name)) {
			found = p
		}
	}
	return found
}

func (l *loader) names() []string {
	var out []string
	for _, p := range l.pipes {
		out = append(out, p.name)
	}
	return out
}

// overrideValue reads the right side: a map or list in brackets and text in quotes as YAML has them,
// anything else as the text it is, so that neither #, *, ": " nor an address such as [::1]:5000 need care.
func overrideValue(text string, at pos, faults *collector) *node {
	if text == "" || !strings.ContainsRune(`{["'`, rune(text[0])) || bracketed.MatchString(text) {
		return &node{kind: scalar, at: at, text: text, plain: true}
	}
	before := len(faults.list)
	n := parse([]byte(text), at, faults)
	for i := range faults.list[before:] {
		f := &faults.list[before+i]
		f.Line, f.Column = 0, 0
	}
	if n != nil {
		relocate(n, at)
	}
	return n
}

// bracketed is an IPv6 address with its port, as RFC 3986 writes them, which YAML takes for a list and more.
var bracketed = regexp.MustCompile(`^\[[^][]*\]:[^][]*$`)

// relocate gives every place of a tree the override as its position.
func relocate(n *node, at pos) {
	n.at = at
	for i := range n.entries {
		n.entries[i].at = at
		relocate(n.entries[i].value, at)
	}
	for _, item := range n.items {
		relocate(item, at)
	}
}

// overrider puts one value into a tree.
type overrider struct {
	at    pos
	value *node
	fail  func(hint, format string, args ...any)
}

// put walks from n along the path and makes the maps and lists that are not there yet. done is the path
// so far.
func (o *overrider) put(n *node, path []string, done string) {
	if len(path) == 0 {
		*n = *o.value
		return
	}
	next := join(done, path[0])
	index, err := strconv.Atoi(path[0])
	isIndex := err == nil && index >= 0
	if n.kind == null {
		n.at, n.kind = o.at, mapping
		if isIndex {
			n.kind = list
		}
	}
	switch {
	case n.kind == broken:
	case n.kind == scalar:
		o.fail("", "%s is one value, and holds no %s", done, quote(path[0]))
	case n.kind == list && !isIndex:
		o.fail("write "+done+".0 for its first item", "%s is a list, and %s is no number in it", done, quote(path[0]))
	case n.kind == list && index > len(n.items):
		o.fail("the next free one is "+join(done, strconv.Itoa(len(n.items))), "%s has %d items, and no number %d", done, len(n.items), index)
	case n.kind == list && index == len(n.items):
		n.items = append(n.items, &node{at: o.at})
		o.put(n.items[index], path[1:], next)
	case n.kind == list:
		o.put(n.items[index], path[1:], next)
	default:
		e := n.get(path[0])
		if e == nil {
			n.entries = append(n.entries, entry{path[0], o.at, &node{at: o.at}})
			e = &n.entries[len(n.entries)-1]
		}
		if len(path) == 1 {
			e.at = o.at
		}
		o.put(e.value, path[1:], next)
	}
}
