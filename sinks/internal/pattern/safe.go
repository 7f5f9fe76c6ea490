package pattern

import (
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how long a safe name may be, in bytes. File systems take 255; the rest is room for a number.
const longest = 240

// Safe makes one path element of a name that came over the wire or from a config: the part after the last
// slash or backslash, without control, line-breaking and invisible formatting characters (those that turn
// the direction of writing among them), without a leading dot or dash, not one of the device names of
// Windows, and at most 240 bytes long with its extension kept. A name that is harmless already comes back
// as it was. Of a name with nothing in it that can stay, the result is empty.
func Safe(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(safeRune, name)
	name = strings.TrimRight(name, ". ")
	if rest := strings.TrimLeft(name, ".-"); rest != name {
		name = "_" + rest
	}
	if reserved(name) {
		name = "_" + name
	}
	return shorten(name)
}

func safeRune(r rune) rune {
	switch {
	case r == utf8.RuneError, unicode.In(r, unicode.Zl, unicode.Zp):
		return '_'
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return -1
	case runtime.GOOS == "windows" && strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// reserved reports whether Windows would open a device instead of a file of that name, whatever its
// extension ("Naming Files, Paths, and Namespaces" in Microsoft's documentation).
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("123456789¹²³", port)
}

// shorten cuts a name that is too long between two characters and keeps a short extension.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 16 {
		ext = name[i:]
	}
	return strings.TrimRight(cut(name, longest-len(ext)), ". ") + ext
}

// cut shortens a name to at most n bytes, between two characters.
func cut(name string, n int) string {
	if n >= len(name) {
		return name
	}
	for n > 0 && !utf8.RuneStart(name[n]) {
		n--
	}
	return name[:n]
}
