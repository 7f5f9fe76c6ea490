package config

import (
	"encoding/json"
	"reflect"

	"github.com/invopop/jsonschema"
)

// valueSchema describes the types that are written as one value; nil leaves the others to the reflector.
// Wherever a value is not plain text, ${NAME} may stand for it.
func valueSchema(t reflect.Type) *jsonschema.Schema {
	switch t {
	case durationType:
		const number = `([0-9]+(\.[0-9]*)?|\.[0-9]+)`
		const part = `(` + number + `(ns|us|µs|ms|s|m|h))`
		return orEnv(&jsonschema.Schema{Type: "string", Pattern: `^-?(0|` + number + `d` + part + `*|` + part + `+)$`},
			&jsonschema.Schema{Const: json.RawMessage("0")})
	case sizeType:
		return orEnv(&jsonschema.Schema{Type: "string", Pattern: `^([0-9]+x[0-9]+)?$`})
	case byteSizeType:
		return orEnv(&jsonschema.Schema{Type: "string", Pattern: `^[0-9]+ ?(B|[kKMGT]B|[KMGT]iB)?$`},
			&jsonschema.Schema{Type: "integer", Minimum: "0"})
	}
	if readsText(t) {
		return text()
	}
	switch t.Kind() {
	case reflect.String:
		return text()
	case reflect.Bool:
		return orEnv(&jsonschema.Schema{Type: "boolean"})
	case reflect.Float32, reflect.Float64:
		return orEnv(&jsonschema.Schema{Type: "number"})
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return orEnv(&jsonschema.Schema{Type: "integer"})
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return orEnv(&jsonschema.Schema{Type: "integer", Minimum: "0"})
	}
	return nil
}

// text describes a value that is taken as it is written, be it a number or a truth value to an editor.
func text() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
}

// orEnv allows ${NAME} beside the given schemas.
func orEnv(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	env := &jsonschema.Schema{Type: "string", Pattern: `\$\{`}
	return &jsonschema.Schema{AnyOf: append(schemas, env)}
}
