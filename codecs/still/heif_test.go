package still

import (
	"strings"
	"testing"
)

// A picture that is too large is found however its size is written, beside a small one too.
func TestCheckHEIF(t *testing.T) {
	const (
		small = "\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x40"
		large = "\x00\x00\x40\x00\x00\x00\x40\x00"
		says  = "its header says 16384x16384 pixels"
	)
	for name, c := range map[string]struct{ data, says string }{
		"nothing":        {"ispe", "it says nothing of its size"},
		"small":          {small, ""},
		"cut off":        {small[:len(small)-1], "it says nothing of its size"},
		"picture data":   {small + "..ispe\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", ""},
		"large":          {small + "\x00\x00\x00\x14ispe\x00\x00\x00\x00" + large, says},
		"flags":          {small + "\x00\x00\x00\x14ispe\x00\x00\x00\x01" + large, says},
		"a longer box":   {small + "\x00\x00\x00\x18ispe\x00\x00\x00\x00" + large + "more", says},
		"a length of 64": {small + "\x00\x00\x00\x01ispe\x00\x00\x00\x00\x00\x00\x00\x1C\x00\x00\x00\x00" + large, says},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkHEIF([]byte(c.data))
			if (err == nil) != (c.says == "") || err != nil && !strings.HasPrefix(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}
