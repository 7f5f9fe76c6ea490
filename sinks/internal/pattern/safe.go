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

// deepest is how many path elements a safe path has at most.
const deepest = 16

// SafePath makes a path below a folder, with / between its elements, of a name that came over the wire.
// Slashes and backslashes separate; each element is made safe as Safe does, and those in which nothing can
// stay are left out, "." and ".." and the drives of Windows in front among them. Of more than sixteen elements the
// first fifteen and the last stay. Where nothing of the last can stay, the result is empty.
func SafePath(name string) string {
	elements := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' })
	if len(elements) == 0 || Safe(name) == "" {
		return ""
	}
	safe := make([]string, 0, deepest)
	for i, element := range elements {
		plain := Safe(element)
		isDrive := len(safe) == 0 && i < len(elements)-1 && (drive(element) || drive(plain))
		switch {
		case plain == "" || isDrive:
		case len(safe) == deepest:
			safe[deepest-1] = plain
		default:
			safe = append(safe, plain)
		}
	}
	return strings.Join(safe, "/")
}

// drive reports whether a path element is a drive of Windows: "C:".
func drive(element string) bool {
	return len(element) == 2 && element[1] == ':' && unicode.IsLetter(rune(element[0]))
}
