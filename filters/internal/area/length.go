// Package area holds the config types by which filters are told of a part of a picture, in pixels or in percent
// of its size.
package area

import (
	"encoding"
	"math"
	"strconv"
	"strings"

	"framewire/pipeline"
)

var (
	_ encoding.TextUnmarshaler = (*Length)(nil)
	_ encoding.TextMarshaler   = Length{}
)

// Length is a distance in a picture: a whole number of pixels, written 120, or a part of the picture's width
// or height, written 12.5%.
type Length struct {
	Value   float64 // pixels, or percent
	Percent bool
}

// Pixels gives the length in pixels of a picture that has so many in that direction. It is not rounded.
func (l Length) Pixels(whole int) float64 {
	if l.Percent {
		return l.Value * float64(whole) / 100
	}
	return l.Value
}

// String gives the length as it is written in a config.
func (l Length) String() string {
	text := strconv.FormatFloat(l.Value, 'f', -1, 64)
	if l.Percent {
		text += "%"
	}
	return text
}

// MarshalText writes what UnmarshalText reads.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a whole number of pixels, or a number from 0 to 100 with a percent sign.
func (l *Length) UnmarshalText(text []byte) error {
	const hint = "write pixels, such as 120, or a part of the picture, such as 12.5%"
	number, percent := strings.CutSuffix(string(text), "%")
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || strings.Trim(number, "0123456789.") != "":
		return pipeline.FieldErrorf("", hint, "%q is not a length", text)
	case percent && v > 100:
		return pipeline.FieldErrorf("", "", "%q is more than the whole picture", text)
	case !percent && v != math.Trunc(v):
		return pipeline.FieldErrorf("", hint, "%q is not a whole number of pixels", text)
	case !percent && v > pipeline.MaxPixels:
		return pipeline.FieldErrorf("", "", "%q is too large", text)
	}
	*l = Length{Value: v, Percent: percent}
	return nil
}
