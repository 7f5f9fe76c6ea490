package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"framewire/pipeline"
)

// WriteList writes every plugin that a user can configure, one a line, by kind.
func WriteList(w io.Writer, reg *pipeline.Registry) error {
	t := newTable(w)
	for i, kind := range pipeline.Kinds() {
		if i > 0 {
			fmt.Fprintln(t)
		}
		fmt.Fprintln(t, kind)
		specs := reg.List(kind)
		for _, spec := range specs {
			fmt.Fprintf(t, "  %s\t%s\n", spec.Name, summary(spec))
		}
		if len(specs) == 0 {
			fmt.Fprintln(t, "  (none yet)")
		}
	}
	return t.Flush()
}

// WriteKind writes the plugins of a kind, each with its fields, and once the queue that all of them may have.
func WriteKind(w io.Writer, reg *pipeline.Registry, kind pipeline.Kind) error {
	specs := reg.List(kind)
	var b strings.Builder
	for i, spec := range specs {
		if i > 0 {
			b.WriteByte('\n')
		}
		writePlugin(&b, spec, Describe(spec))
	}
	switch {
	case len(specs) == 0:
		fmt.Fprintf(&b, "there is no %s yet\n", kind)
	case hasQueue(kind):
		fmt.Fprintf(&b, "\nany %s:\n", kind)
		writeFields(&b, DescribeQueue())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WritePlugin writes one plugin's fields with type, default and meaning.
func WritePlugin(w io.Writer, spec pipeline.Spec) error {
	fields := Describe(spec)
	if hasQueue(spec.Kind) {
		fields = append(fields, DescribeQueue()...)
	}
	var b strings.Builder
	writePlugin(&b, spec, fields)
	_, err := io.WriteString(w, b.String())
	return err
}

func writePlugin(b *strings.Builder, spec pipeline.Spec, fields []Field) {
	fmt.Fprintf(b, "%s %s: %s\n", spec.Kind, spec.Name, summary(spec))
	if len(fields) == 0 {
		b.WriteString("  no fields\n")
		return
	}
	writeFields(b, fields)
}

func writeFields(b *strings.Builder, fields []Field) {
	t := newTable(b)
	fmt.Fprintln(t, "  FIELD\tTYPE\tDEFAULT\tMEANING")
	for _, f := range fields {
		standard := f.Default
		if f.Required {
			standard = "required"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", f.Name, f.Kind(), standard, f.Doc)
	}
	t.Flush() // a strings.Builder takes everything
}

// Find gives a plugin by the words of a command line: a kind, also in the plural, and a name. Its errors
// say what there is. With an empty name it gives only the kind.
func Find(reg *pipeline.Registry, kind, name string) (pipeline.Kind, *pipeline.Spec, error) {
	var kinds []string
	for _, k := range pipeline.Kinds() {
		if kind != string(k) && kind != string(k)+"s" {
			kinds = append(kinds, string(k))
			continue
		}
		if name == "" {
			return k, nil, nil
		}
		if spec, ok := reg.Lookup(k, name); ok {
			return k, &spec, nil
		}
		var known []string
		for _, spec := range reg.List(k) {
			known = append(known, spec.Name)
		}
		return k, nil, withHint(fmt.Sprintf("there is no %s %s", k, quote(name)), didYouMean(name, "there are ", known, ""))
	}
	return "", nil, withHint("there is no kind "+quote(kind), didYouMean(kind, "kinds are ", kinds, ""))
}

func withHint(problem, hint string) error {
	return &pipeline.FieldError{Problem: problem, Hint: hint}
}

func summary(spec pipeline.Spec) string {
	if spec.Missing == "" {
		return spec.Summary
	}
	return strings.TrimSpace(spec.Summary + " (not in this build: " + spec.Missing + ")")
}

func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }
