package config

import (
	"fmt"
	"io"
	"strings"

	"framewire/pipeline"
)

// markdownHead is what the plugin manual begins with.
const markdownHead = `# Plugins

Generated from the config structs of the plugins; edit the structs instead of this file.

A duration is a number with a unit (` + "`500ms`, `5s`, `2m`, `30d`" + `), a size is ` + "`WIDTHxHEIGHT`" + `, and bytes take a unit
(` + "`64MiB`, `10MB`" + `). A value may ask the environment: ` + "`${NAME}` or `${NAME:-default}`" + `; ` + "`$$`" + ` is a dollar sign.
A build without OpenCV knows every plugin here, and says which command builds in what it lacks.
`

// WriteMarkdown writes the plugin manual. It is the same in every build of the same source.
func WriteMarkdown(w io.Writer, reg *pipeline.Registry) error {
	var b strings.Builder
	b.WriteString(markdownHead)
	for _, kind := range pipeline.Kinds() {
		specs := reg.List(kind)
		if len(specs) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", keyOf(kind))
		for _, spec := range specs {
			markdownPlugin(&b, spec)
		}
	}
	b.WriteString("\n## queue\n\nIn front of any send or sink.\n\n")
	markdownTable(&b, DescribeQueue())
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownPlugin(b *strings.Builder, spec pipeline.Spec) {
	fmt.Fprintf(b, "\n### %s %s\n\n%s\n\n", spec.Kind, spec.Name, sentence(spec.Summary))
	if doc := strings.TrimSpace(spec.Doc); doc != "" {
		b.WriteString(doc + "\n\n")
	}
	if fields := Describe(spec); len(fields) > 0 {
		markdownTable(b, fields)
	} else {
		b.WriteString("It has no fields.\n")
	}
	if worksBare(spec) {
		fmt.Fprintf(b, "\n```yaml\n# fragment\n%s```\n", bareYAML(spec))
	}
}

func markdownTable(b *strings.Builder, fields []Field) {
	b.WriteString("| field | type | default | meaning |\n| --- | --- | --- | --- |\n")
	for _, f := range fields {
		value := ""
		if f.Default != "" {
			value = "`" + f.Default + "`"
		}
		if f.Required {
			value = "required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, cell(f.Kind()), cell(value), cell(f.Doc))
	}
}

// cell keeps text within its column.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// sentence makes a summary one.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// worksBare reports whether the plugin needs no setting at all, so that two lines show how to write it.
func worksBare(spec pipeline.Spec) bool {
	v, ok := spec.Config().(validator)
	return !ok || v.Validate() == nil
}

// bareYAML writes a plugin in its place with nothing set.
func bareYAML(spec pipeline.Spec) string {
	switch spec.Kind {
	case pipeline.KindFilter, pipeline.KindSink:
		return fmt.Sprintf("%s:\n  - type: %s\n", keyOf(spec.Kind), spec.Name)
	}
	return fmt.Sprintf("%s:\n  type: %s\n", keyOf(spec.Kind), spec.Name)
}
