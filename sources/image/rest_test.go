package image

import (
	"fmt"
	"strings"
	"testing"
)

// TestLeftOutIsTold names what a folder holds beside the photos, and how to have it sent too.
func TestLeftOutIsTold(t *testing.T) {
	files := map[string][]byte{
		"a.jpg": jpegOf(t, 8, 8), "clip\x1b.mov": []byte("x"), "IMG.CR2": []byte("x"), "trip/b.jpg": jpegOf(t, 8, 8), ".hidden": []byte("x"), ".git/x": []byte("x"),
	}
	const original, recursive = "`original: true` sends files of every kind", "`recursive: true` enters folders"
	for _, c := range []struct {
		change func(*Config)
		want   string // "" for no line
	}{
		{func(*Config) {}, original + ", " + recursive + `: left_out="IMG.CR2, clip\x1b.mov, trip/"`},
		{func(c *Config) { c.Recursive = true }, original + `: left_out="IMG.CR2, clip\x1b.mov"`},
		{func(c *Config) { c.Original = true }, recursive + `: left_out=trip/`},
		{func(c *Config) { c.Recursive, c.Original = true, true }, ""},
		{func(c *Config) { c.Watch = true }, original + ", " + recursive + `: left_out="IMG.CR2, clip\x1b.mov, trip/"`},
	} {
		cfg := Config{Path: write(t, files)}
		c.change(&cfg)
		o := open(t, cfg)
		const begins = "not everything in the folder is sent: "
		said := o.log.String()
		if c.want == "" && strings.Contains(said, begins) || c.want != "" && strings.Count(said, begins+c.want+"\n") != 1 {
			t.Errorf("%+v: says\n%swant %q", cfg, said, c.want)
		}
	}
	many := make(map[string][]byte)
	for i := range 14 {
		many[fmt.Sprintf("%02d.mov", i)] = nil
	}
	many["a.jpg"] = jpegOf(t, 8, 8)
	if said := open(t, Config{Path: write(t, many)}).log.String(); !strings.Contains(said, "08.mov, 09.mov and 4 more") {
		t.Errorf("many files are told as\n%s", said)
	}
}
