package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"framewire/pipeline"
)

const (
	auto = "auto"
	// mostName bounds a name that is looked for, in bytes: a DNS label holds no more (RFC 6763, section 4.1.1).
	mostName = 63
)

// IsDiscovery reports whether a dial asks for looking in the local network, and for which name; an empty
// name stands for the only one there is. It does not check the name; Check does.
func IsDiscovery(dial string) (name string, ok bool) {
	if dial == auto {
		return "", true
	}
	return strings.CutPrefix(dial, auto+":")
}

func checkDiscovery(dial string, g Guard) error {
	name, _ := IsDiscovery(dial)
	switch {
	case dial == auto+":":
		return pipeline.FieldErrorf("dial", "write auto:NAME, or auto where there is only one", "%q names nothing", dial)
	case len(name) > mostName:
		return pipeline.FieldErrorf("dial", "", "the name has %d bytes, and the limit is %d", len(name), mostName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return pipeline.FieldErrorf("dial", "", "%q is no name", name)
	case !g.any():
		return unguarded("dial", "what answers may be another machine")
	}
	return nil
}
