package config

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong in a config, told so that the user can put it right.
type Fault struct {
	File         string // as it was given; for an override the whole "--set PATH=VALUE"
	Line, Column int    // both from 1, columns in characters; 0 where the file as a whole is meant
	Path         string // where it stands in the tree, as --set writes it: "source.widht"; may be empty
	Problem      string // lower case, with the plugin's place and type in front, the user's word quoted
	Hint         string // one thing to do about it; may be empty
}

// Error gives the place and the problem in one line, without the hint.
func (f Fault) Error() string {
	at := pos{f.File, f.Line, f.Column}.String()
	if at == "" {
		return f.Problem
	}
	return at + ": " + f.Problem
}

// Faults is all that is wrong in a set of files, in the order of the files and of their lines, overrides
// last. It is the error that Load returns.
type Faults []Fault

// printedFaults is how many faults Faults.Error spells out before it only counts.
const printedFaults = 50

// Error gives one fault a line, each followed by its hint on an indented line.
func (f Faults) Error() string {
	var b strings.Builder
	for i, fault := range f {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == printedFaults {
			fmt.Fprintf(&b, "and %d more", len(f)-i)
			break
		}
		b.WriteString(fault.Error())
		if fault.Hint != "" {
			b.WriteString("\n    " + fault.Hint)
		}
	}
	return b.String()
}

// pos is a place in a file, or an override.
type pos struct {
	file         string
	line, column int
}

func (p pos) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column)
}

// collector gathers the faults of one Load.
type collector struct {
	list []Fault
	seen map[Fault]bool
	rank map[string]int // order of the files and overrides
}

func newCollector() *collector {
	return &collector{seen: make(map[Fault]bool), rank: make(map[string]int)}
}

// know gives a file or override its turn in the order of faults.
func (c *collector) know(file string) {
	if _, ok := c.rank[file]; !ok {
		c.rank[file] = len(c.rank)
	}
}

// add notes a fault. A fault that an alias repeats is told once.
func (c *collector) add(at pos, path, hint, problem string) {
	f := Fault{File: at.file, Line: at.line, Column: at.column, Path: path, Problem: problem, Hint: hint}
	if !c.seen[f] {
		c.seen[f] = true
		c.list = append(c.list, f)
	}
}

// err gives the sorted faults as an error, or nil when there are none.
func (c *collector) err() error {
	if len(c.list) == 0 {
		return nil
	}
	slices.SortStableFunc(c.list, func(a, b Fault) int {
		if d := c.rank[a.File] - c.rank[b.File]; d != 0 {
			return d
		}
		if d := a.Line - b.Line; d != 0 {
			return d
		}
		return a.Column - b.Column
	})
	return Faults(c.list)
}
