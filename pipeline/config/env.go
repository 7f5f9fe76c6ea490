package config

import (
	"strings"

	"framewire/pipeline"
)

// maxExpanded is the longest text that ${NAME} may make of one value, in bytes.
const maxExpanded = 64 << 10

// expandEnv replaces ${NAME} and ${NAME:-default} in a value; the default also stands in for an empty
// variable, as in a shell. $$ is a dollar sign, and so is a $ before anything else. It reports whether a
// variable was asked for.
func expandEnv(text string, lookup func(string) (string, bool)) (out string, used bool, err error) {
	if !strings.Contains(text, "$") {
		return text, false, nil
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String(), used, nil
		}
		if text = rest; !strings.HasPrefix(rest, "{") {
			b.WriteByte('$')
			text = strings.TrimPrefix(rest, "$")
			continue
		}
		inside, after, closed := strings.Cut(rest[1:], "}")
		if !closed {
			return "", true, pipeline.FieldErrorf("", "close it with }, or write $$ for a dollar sign", "%s is never closed", quote("$"+rest))
		}
		value, err := variable(inside, lookup)
		if err != nil {
			return "", true, err
		}
		b.WriteString(value)
		if b.Len() > maxExpanded {
			return "", true, pipeline.FieldErrorf("", "", "is longer than %d KiB with its variables filled in", maxExpanded>>10)
		}
		text, used = after, true
	}
}

// variable gives the value of what stands between the braces.
func variable(inside string, lookup func(string) (string, bool)) (string, error) {
	name, fallback, hasFallback := strings.Cut(inside, ":-")
	switch {
	case !isName(name):
		return "", pipeline.FieldErrorf("", "write ${NAME} or ${NAME:-default}, or $$ for a dollar sign", "%s names no environment variable", quote("${"+inside+"}"))
	case strings.Contains(fallback, "${"):
		return "", pipeline.FieldErrorf("", "a default is plain text", "%s holds a variable within a variable", quote("${"+inside+"}"))
	}
	value, ok := lookup(name)
	if value == "" && hasFallback {
		return fallback, nil
	}
	if !ok {
		return "", pipeline.FieldErrorf("", "set it, or write ${"+name+":-default}", "the environment variable %s is not set", quote(name))
	}
	return value, nil
}

// isName reports whether s can name an environment variable (POSIX.1-2017, section 3.235).
func isName(s string) bool {
	for i, c := range s {
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
