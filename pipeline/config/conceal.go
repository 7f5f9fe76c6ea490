package config

import (
	"reflect"
	"regexp"
	"strings"
)

// Concealed is a config value of which no word appears in a message, such as a secret. Its key in the file
// is `secret`, by which it is recognised before it is known what stands there.
type Concealed interface{ Conceal() }

const concealedKey = "secret"

var concealedType = reflect.TypeFor[Concealed]()

// conceals reports whether values of the type are Concealed.
func conceals(t reflect.Type) bool { return t.Implements(concealedType) }

// onlyVariable is a value that says nothing itself.
var onlyVariable = regexp.MustCompile(`^(\$\{[A-Za-z_][A-Za-z0-9_]*(:-)?\})?$`)

// shown gives an override as messages may repeat it: without its value where that may hold a secret.
func shown(set string) string {
	path, value, ok := strings.Cut(set, "=")
	switch {
	case !strings.Contains(strings.ToLower(set), concealedKey) || ok && onlyVariable.MatchString(value):
		return "--set " + set
	case !ok:
		return "--set (not shown)"
	}
	return "--set " + path + "=(not shown)"
}

// betrays finds a secret that an override spells out: the command line is shown to everybody on the machine
// and kept in the shell's history.
func betrays(key string, n *node) bool {
	switch n.kind {
	case scalar:
		return key == concealedKey && !onlyVariable.MatchString(n.text)
	case list:
		for _, item := range n.items {
			if betrays(key, item) {
				return true
			}
		}
	case mapping:
		for _, e := range n.entries {
			if betrays(e.key, e.value) {
				return true
			}
		}
	}
	return false
}
