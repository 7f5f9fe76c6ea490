package config

import (
	"encoding"
	"fmt"
	"math"
	"strconv"
	"strings"

	"framewire/pipeline"
)

// The typed values that plugins use in their config structs, beside time.Duration.
var (
	_ encoding.TextUnmarshaler = (*Size)(nil)
	_ encoding.TextMarshaler   = Size{}
	_ encoding.TextUnmarshaler = (*ByteSize)(nil)
	_ encoding.TextMarshaler   = ByteSize(0)
)

// Size is a picture's width and height in pixels, written 1280x720. The zero Size means "not set" and is
// written as the empty string.
type Size struct{ Width, Height int }

// String gives the size as it is written in a config: "1280x720", or "" when it is not set.
func (s Size) String() string {
	if s == (Size{}) {
		return ""
	}
	return fmt.Sprintf("%dx%d", s.Width, s.Height)
}

// MarshalText writes what UnmarshalText reads.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads WIDTHxHEIGHT, both above zero and together at most pipeline.MaxPixels. The empty
// text is the zero Size.
func (s *Size) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Size{}
		return nil
	}
	width, height, ok := strings.Cut(string(text), "x")
	w, okW := wholeNumber(width)
	h, okH := wholeNumber(height)
	switch {
	case !ok || !okW || !okH:
		return pipeline.FieldErrorf("", "write WIDTHxHEIGHT, such as 1280x720", "%s is not a size", quote(string(text)))
	case w == 0 || h == 0:
		return pipeline.FieldErrorf("", "", "%s has no pixels", quote(string(text)))
	case w > pipeline.MaxPixels || h > pipeline.MaxPixels || w*h > pipeline.MaxPixels:
		return pipeline.FieldErrorf("", "", "%s is more than %d megapixels", quote(string(text)), pipeline.MaxPixels/1_000_000)
	}
	*s = Size{Width: int(w), Height: int(h)}
	return nil
}

// ByteSize is a number of bytes, written as a whole number with or without a unit: 64MiB, 10MB, 500kB, 4096.
type ByteSize int64

// byteUnits are the units of a ByteSize, largest first; kB and KB are the same.
var byteUnits = [...]struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"TB", 1e12},
	{"GiB", 1 << 30}, {"GB", 1e9},
	{"MiB", 1 << 20}, {"MB", 1e6},
	{"KiB", 1 << 10}, {"kB", 1e3}, {"KB", 1e3},
	{"B", 1},
}

// String gives the size in the largest unit that divides it: "64MiB", "10MB", "1500" for plain bytes.
func (b ByteSize) String() string {
	for _, unit := range byteUnits {
		if unit.bytes > 1 && b != 0 && int64(b)%unit.bytes == 0 {
			return strconv.FormatInt(int64(b)/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// MarshalText writes what UnmarshalText reads.
func (b ByteSize) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads a whole number and a unit: B, kB, MB, GB, TB are powers of 1000, KiB, MiB, GiB, TiB
// powers of 1024; no unit means bytes.
func (b *ByteSize) UnmarshalText(text []byte) error {
	number := strings.TrimRight(string(text), "TGMKkiB")
	name := string(text[len(number):])
	unit := int64(0)
	if name == "" {
		unit = 1
	}
	for _, u := range byteUnits {
		if u.name == name {
			unit = u.bytes
		}
	}
	n, ok := wholeNumber(strings.TrimSuffix(number, " "))
	if !ok || unit == 0 {
		return pipeline.FieldErrorf("", byteHint(string(text)), "%s is not a size in bytes", quote(string(text)))
	}
	if n > math.MaxInt64/unit {
		return pipeline.FieldErrorf("", "", "%s is too large", quote(string(text)))
	}
	*b = ByteSize(n * unit)
	return nil
}

// byteHint finds what "64M" or "10mb" is meant to be.
func byteHint(text string) string {
	number := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	unit := strings.TrimSpace(text[len(number):])
	if _, ok := wholeNumber(number); ok && unit != "" {
		for _, u := range byteUnits {
			if strings.EqualFold(u.name, unit) {
				return "write " + number + u.name
			}
			if strings.EqualFold(u.name, unit+"B") {
				return "write " + number + u.name + " or " + number + strings.ToUpper(unit) + "iB"
			}
		}
	}
	return "write a whole number and a unit, such as 64MiB, 10MB or 500kB"
}

// wholeNumber reads decimal digits and nothing else.
func wholeNumber(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
