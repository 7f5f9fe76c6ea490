package udp

import (
	"encoding"
	"strconv"
	"strings"

	"framewire/pipeline"
)

var (
	_ encoding.TextUnmarshaler = (*FEC)(nil)
	_ encoding.TextMarshaler   = FEC{}
)

// FEC is the setting of forward error correction: how much parity is sent with every frame. The zero value
// is auto.
type FEC struct {
	fixed   bool
	percent int // of the data; counts when fixed
}

// Off and Auto as a config has them.
const (
	fecAuto = "auto"
	fecOff  = "off"
	fecMost = 100 // percent
)

// String gives the setting as a config has it: auto, off or 20%.
func (f FEC) String() string {
	switch {
	case !f.fixed:
		return fecAuto
	case f.percent == 0:
		return fecOff
	}
	return strconv.Itoa(f.percent) + "%"
}

// MarshalText writes what UnmarshalText reads.
func (f FEC) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads auto, off or a percentage of 0% to 100%.
func (f *FEC) UnmarshalText(text []byte) error {
	switch word := string(text); word {
	case fecAuto:
		*f = FEC{}
		return nil
	case fecOff:
		*f = FEC{fixed: true}
		return nil
	default:
		number, percent := strings.CutSuffix(word, "%")
		n, err := strconv.ParseUint(number, 10, 16)
		switch {
		case err != nil:
			return pipeline.FieldErrorf("", "write auto, off or a percentage such as 20%", "%q is no amount of parity", word)
		case !percent:
			return pipeline.FieldErrorf("", "write "+number+"%", "%q has no percent sign", word)
		case n > fecMost:
			return pipeline.FieldErrorf("", "", "%s is more than %d%%", word, fecMost)
		}
		*f = FEC{fixed: true, percent: int(n)}
		return nil
	}
}
