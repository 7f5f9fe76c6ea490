package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// schemaOf gives the schema of the tests' plugins as an editor sees it.
func schemaOf(t *testing.T) (text []byte, root map[string]any) {
	t.Helper()
	text, err := Schema(fakes(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	return text, root
}

func TestSchemaGolden(t *testing.T) {
	text, root := schemaOf(t)
	golden(t, "schema.json", text)
	if root["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("the draft is %v", root["$schema"])
	}
	other, err := Schema(fakes(t, "needs OpenCV"))
	if err != nil || string(other) != string(text) {
		t.Errorf("a build that lacks a plugin has another schema (%v)", err)
	}
}

// What Load takes an editor must not underline, and the other way round where a schema can tell.
func TestSchemaJudgesLikeLoad(t *testing.T) {
	_, root := schemaOf(t)
	good := []string{
		senderText, oneText, twoText,
		"name: 5\nsource: {type: camera, device: 0, fps: \"${FPS:-5}\", size: '${W:-1}x2', retry: '${R:-true}'}\nsinks: [{type: 'null'}]\n",
		"receive: {type: tcp, dial: 5000, max_frame: 5}\nsinks: [{type: file, keep: {age: 0, bytes: 1MiB}}]\n",
		"pipelines: [{name: a, source: {type: camera}, sinks: [{type: file}]}]\n",
		"source: {type: camera}\nencoder: {type: jpeg, subsampling: 420}\nsinks: [{type: file, queue: {size: '${N:-2}'}}]\n",
		"source: {type: camera}\nfilters: [{type: everything, wait: 1h2m3.5s, words: [red], boxes: [{x: 1}], named: {a: {t: in}}, level: 1, marks: {a: 1}}]\nsinks: [{type: null}]\n",
	}
	for _, text := range good {
		instance, err := fromYAML(text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if problem := judge(root, root, instance); problem != "" {
			t.Errorf("%s\nis refused: %s", text, problem)
		}
	}
	told := 0
	for _, c := range faultCases {
		instance, err := fromYAML(c.text)
		if err != nil {
			continue // not YAML at all: an editor says so
		}
		if judge(root, root, instance) != "" {
			told++
			continue
		}
		// Only what the structs' tags cannot say may pass: what Validate knows, sizes of numbers, and the environment.
		allowed := []string{
			"missing path", "port 70000", "both ends", "two at once", "nested", "huge number", "too large", "size without pixels",
			"huge size", "too many bytes", "bad name", "names twice", "variable not set", "default of wrong type", "variable with dash",
			"variable in variable", "variable without name", "variable never closed", "merge of text", "two documents", "tag",
		}
		if !slices.Contains(allowed, c.name) {
			t.Errorf("%s passes the schema:\n%s", c.name, c.text)
		}
	}
	if told < 30 {
		t.Errorf("the schema tells of %d faults only", told)
	}
}

// fromYAML gives what an editor makes of a file.
func fromYAML(text string) (plain any, err error) {
	var instance any
	if err := yaml.Unmarshal([]byte(text), &instance); err != nil {
		return nil, err
	}
	bytes, err := json.Marshal(instance)
	if err != nil {
		return nil, err
	}
	return plain, json.Unmarshal(bytes, &plain)
}

// judge evaluates the keywords of JSON Schema that ours uses, and says what does not fit, or "".
func judge(root map[string]any, schema, v any) string {
	if accept, isBool := schema.(bool); isBool {
		if accept {
			return ""
		}
		return "nothing is allowed here"
	}
	s := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		return judge(root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")], v)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		choices, ok := s[keyword].([]any)
		if !ok {
			continue
		}
		fit, problems := 0, []string{}
		for _, choice := range choices {
			if p := judge(root, choice, v); p == "" {
				fit++
			} else {
				problems = append(problems, p)
			}
		}
		if fit == 0 || fit > 1 && keyword == "oneOf" {
			return keyword + " (" + strings.Join(problems, " | ") + ")"
		}
	}
	if want, ok := s["const"]; ok && want != v {
		return "const"
	}
	if words, ok := s["enum"].([]any); ok && !slices.Contains(words, v) {
		return "enum"
	}
	switch v := v.(type) {
	case map[string]any:
		return judgeMap(root, s, v)
	case []any:
		if s["type"] != nil && s["type"] != "array" {
			return "a list"
		}
		for _, item := range v {
			if s["items"] != nil {
				if p := judge(root, s["items"], item); p != "" {
					return p
				}
			}
		}
		if least, ok := s["minItems"].(float64); ok && float64(len(v)) < least {
			return "minItems"
		}
	case string:
		if s["type"] != nil && s["type"] != "string" {
			return "a text"
		}
		if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(v) {
			return "pattern"
		}
	case float64:
		if s["type"] != nil && s["type"] != "number" && (s["type"] != "integer" || v != float64(int64(v))) {
			return "a number"
		}
		if least, ok := s["minimum"].(float64); ok && v < least {
			return "minimum"
		}
	case bool:
		if s["type"] != nil && s["type"] != "boolean" {
			return "a truth"
		}
	case nil:
		if s["type"] != nil {
			return "null"
		}
	}
	return ""
}

func judgeMap(root, s map[string]any, v map[string]any) string {
	if s["type"] != nil && s["type"] != "object" {
		return "a map"
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			return "required " + name.(string)
		}
	}
	if least, ok := s["minProperties"].(float64); ok && float64(len(v)) < least {
		return "minProperties"
	}
	properties, _ := s["properties"].(map[string]any)
	for name, value := range v {
		rule, ok := properties[name]
		if !ok {
			rule = s["additionalProperties"]
		}
		if rule == nil {
			continue
		}
		if p := judge(root, rule, value); p != "" {
			return name + ": " + p
		}
	}
	return ""
}
