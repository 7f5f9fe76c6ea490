package config

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"framewire/pipeline"
)

// Schema writes a JSON Schema (draft 2020-12) of the config files, for editors that complete and check
// YAML. It is the same in every build of the same source.
func Schema(reg *pipeline.Registry) ([]byte, error) {
	defs := jsonschema.Definitions{"queue": queueSchema()}
	for _, kind := range pipeline.Kinds() {
		defs[string(kind)] = kindSchema(reg, kind, defs)
	}
	defs["pipeline"] = pipelineSchema(false)
	defs["named"] = pipelineSchema(true)
	several := object()
	several.Required = []string{"pipelines"}
	several.Properties.Set("pipelines", &jsonschema.Schema{
		Description: "several pipelines, by name or as a list",
		OneOf: []*jsonschema.Schema{
			{Type: "object", AdditionalProperties: ref("pipeline"), MinProperties: one()},
			{Type: "array", Items: ref("named"), MinItems: one()},
		},
	})
	root := &jsonschema.Schema{
		Version:     jsonschema.Version,
		Title:       "Framewire configuration",
		Definitions: defs,
		OneOf:       []*jsonschema.Schema{ref("named"), several},
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// pipelineSchema describes one pipeline. named allows `name` in it.
func pipelineSchema(named bool) *jsonschema.Schema {
	s := object()
	if named {
		name := text()
		name.Description = "name in reports and messages"
		s.Properties.Set("name", name)
	}
	for _, kind := range pipeline.Kinds() {
		item := ref(string(kind))
		listed := &jsonschema.Schema{Type: "array", Items: item, MinItems: one()}
		switch kind {
		case pipeline.KindFilter:
			item = &jsonschema.Schema{Type: "array", Items: item}
		case pipeline.KindSink:
			item = listed
		case pipeline.KindSend:
			item = &jsonschema.Schema{OneOf: []*jsonschema.Schema{item, listed}}
		}
		s.Properties.Set(keyOf(kind), item)
	}
	s.OneOf = []*jsonschema.Schema{{Required: []string{"source"}}, {Required: []string{"receive"}}}
	s.AnyOf = []*jsonschema.Schema{{Required: []string{"send"}}, {Required: []string{"sinks"}}}
	return s
}

// kindSchema describes a place of the chain: one of the plugins, which it adds to defs.
func kindSchema(reg *pipeline.Registry, kind pipeline.Kind, defs jsonschema.Definitions) *jsonschema.Schema {
	specs := reg.List(kind)
	if len(specs) == 0 {
		return jsonschema.FalseSchema
	}
	out := &jsonschema.Schema{}
	for _, spec := range specs {
		name := string(kind) + "." + spec.Name
		defs[name] = pluginSchema(spec)
		out.OneOf = append(out.OneOf, ref(name))
	}
	return out
}

// pluginSchema describes one plugin's map: its type, its config and its queue.
func pluginSchema(spec pipeline.Spec) *jsonschema.Schema {
	s := object()
	s.Description = spec.Summary
	s.Required = []string{"type"}
	s.Properties.Set("type", typeSchema(spec))
	config := structSchema(reflect.ValueOf(spec.Config()).Elem())
	for pair := config.Properties.Oldest(); pair != nil; pair = pair.Next() {
		s.Properties.Set(pair.Key, pair.Value)
	}
	if hasQueue(spec.Kind) {
		s.Properties.Set("queue", ref("queue"))
	}
	return s
}

// typeSchema describes the word that chooses a plugin. An unquoted null is no text to an editor.
func typeSchema(spec pipeline.Spec) *jsonschema.Schema {
	if spec.Name == "null" {
		return &jsonschema.Schema{Enum: []any{"null", nil}, Description: spec.Summary}
	}
	return &jsonschema.Schema{Const: spec.Name, Description: spec.Summary}
}

func queueSchema() *jsonschema.Schema {
	s := structSchema(reflect.ValueOf(pipeline.Queue{}))
	s.Description = "the edge in front of a sink or a send"
	return s
}

// structSchema describes a config struct: the reflector gives the shapes, our tags the words.
func structSchema(v reflect.Value) *jsonschema.Schema {
	reflector := jsonschema.Reflector{
		FieldNameTag:               "yaml",
		Anonymous:                  true,
		DoNotReference:             true,
		RequiredFromJSONSchemaTags: true,
		Mapper:                     valueSchema,
	}
	s := reflector.ReflectFromType(v.Type())
	s.Version = ""
	annotate(s, v)
	return s
}

// annotate adds meaning, default and allowed words to each field of a struct's schema.
func annotate(s *jsonschema.Schema, v reflect.Value) {
	ordered := jsonschema.NewProperties()
	for _, f := range fieldsOf(v.Type()) {
		property, ok := s.Properties.Get(f.name)
		if !ok {
			continue
		}
		value := v.FieldByIndex(f.index)
		if f.enum != nil {
			property = withEnum(property, f.enum)
		}
		property.Description = f.doc
		if !saysDefault(f.doc) {
			property.Default = jsonDefault(value)
		}
		if inner, _ := innerStruct(value, ""); inner.IsValid() {
			annotate(structUnder(property), inner)
		}
		ordered.Set(f.name, property)
	}
	s.Properties = ordered
}

// structUnder goes through lists and maps to the schema of the struct in them.
func structUnder(s *jsonschema.Schema) *jsonschema.Schema {
	for s.Properties == nil {
		if s.Items != nil {
			s = s.Items
		} else {
			s = s.AdditionalProperties
		}
	}
	return s
}

// withEnum limits a value, or the items of a list, to some words.
func withEnum(s *jsonschema.Schema, words []string) *jsonschema.Schema {
	if s.Items != nil {
		s.Items = withEnum(s.Items, words)
		return s
	}
	values := make([]any, 0, len(words))
	for _, word := range words {
		values = append(values, word)
		var bare any
		// A word such as 420 or true may stand without quotes, and is no text to an editor then.
		if json.Unmarshal([]byte(word), &bare) == nil {
			values = append(values, json.RawMessage(word))
		}
	}
	return orEnv(&jsonschema.Schema{Enum: values})
}

// jsonDefault gives a default as an editor would insert it, or nil where there is none.
func jsonDefault(v reflect.Value) any {
	text := written(v)
	if text == "" || isContainer(v.Type()) {
		return nil
	}
	if v.Kind() != reflect.Pointer && isNumber(v) {
		return v.Interface()
	}
	return text
}

func object() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
	}
}

func ref(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/$defs/" + strings.ReplaceAll(name, "/", "~1")}
}

func one() *uint64 { n := uint64(1); return &n }
