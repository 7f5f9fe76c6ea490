package config

import (
	"errors"
	"testing"

	"framewire/pipeline"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"1280x720":   {1280, 720},
		"1x1":        {1, 1},
		"10000x9999": {10000, 9999},
		"":           {},
	} {
		var got Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
		if back, err := got.MarshalText(); err != nil || string(back) != text {
			t.Errorf("%q was written as %q, %v", text, back, err)
		}
	}
	for text, want := range map[string]string{
		"1280":                      `"1280" is not a size (write WIDTHxHEIGHT, such as 1280x720)`,
		"1280X720":                  `"1280X720" is not a size (write WIDTHxHEIGHT, such as 1280x720)`,
		"1280 x 720":                `"1280 x 720" is not a size (write WIDTHxHEIGHT, such as 1280x720)`,
		"-1x5":                      `"-1x5" is not a size (write WIDTHxHEIGHT, such as 1280x720)`,
		"1x2x3":                     `"1x2x3" is not a size (write WIDTHxHEIGHT, such as 1280x720)`,
		"5x0":                       `"5x0" has no pixels`,
		"10001x10000":               `"10001x10000" is more than 100 megapixels`,
		"1x100000001":               `"1x100000001" is more than 100 megapixels`,
		"4294967296x4294967296":     `"4294967296x4294967296" is more than 100 megapixels`,
		"1x99999999999999999999999": `"1x99999999999999999999999" is not a size (write WIDTHxHEIGHT, such as 1280x720)`,
	} {
		size := Size{3, 4}
		err := size.UnmarshalText([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
		if size != (Size{3, 4}) {
			t.Errorf("%q changed the size to %v", text, size)
		}
	}
}

func TestByteSize(t *testing.T) {
	for _, c := range []struct {
		text string
		want ByteSize
		back string
	}{
		{"0", 0, "0"},
		{"1500", 1500, "1500"},
		{"7B", 7, "7"},
		{"64MiB", 64 << 20, "64MiB"},
		{"64 MiB", 64 << 20, "64MiB"},
		{"10MB", 10_000_000, "10MB"},
		{"500kB", 500_000, "500kB"},
		{"500KB", 500_000, "500kB"},
		{"3KiB", 3 << 10, "3KiB"},
		{"2GB", 2_000_000_000, "2GB"},
		{"1TiB", 1 << 40, "1TiB"},
		{"2048KiB", 2 << 20, "2MiB"},
		{"9223372036854775807", 1<<63 - 1, "9223372036854775807"},
	} {
		var got ByteSize
		if err := got.UnmarshalText([]byte(c.text)); err != nil || got != c.want {
			t.Errorf("%q: got %d, %v", c.text, got, err)
		}
		back, err := got.MarshalText()
		if err != nil || string(back) != c.back {
			t.Errorf("%q was written as %q, %v", c.text, back, err)
		}
		var again ByteSize
		if err := again.UnmarshalText(back); err != nil || again != got {
			t.Errorf("%q was read again as %d, %v", back, again, err)
		}
	}
	const usual = "write a whole number and a unit, such as 64MiB, 10MB or 500kB"
	for text, want := range map[string]pipeline.FieldError{
		"":                    {Problem: `"" is not a size in bytes`, Hint: usual},
		"MiB":                 {Problem: `"MiB" is not a size in bytes`, Hint: usual},
		"-5MB":                {Problem: `"-5MB" is not a size in bytes`, Hint: usual},
		"1.5GiB":              {Problem: `"1.5GiB" is not a size in bytes`, Hint: usual},
		"5 parsecs":           {Problem: `"5 parsecs" is not a size in bytes`, Hint: usual},
		"64M":                 {Problem: `"64M" is not a size in bytes`, Hint: "write 64MB or 64MiB"},
		"64k":                 {Problem: `"64k" is not a size in bytes`, Hint: "write 64kB or 64KiB"},
		"64mib":               {Problem: `"64mib" is not a size in bytes`, Hint: "write 64MiB"},
		"64mb":                {Problem: `"64mb" is not a size in bytes`, Hint: "write 64MB"},
		"9223372036854775808": {Problem: `"9223372036854775808" is not a size in bytes`, Hint: usual},
		"9223372036854775KiB": {Problem: `"9223372036854775KiB" is too large`},
		"99999999999999999kB": {Problem: `"99999999999999999kB" is too large`},
		"5iB":                 {Problem: `"5iB" is not a size in bytes`, Hint: usual},
	} {
		var got ByteSize
		var detail *pipeline.FieldError
		if err := got.UnmarshalText([]byte(text)); !errors.As(err, &detail) || *detail != want {
			t.Errorf("%q: got %d, %+v, want %+v", text, got, detail, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"width", "height", "subsampling", "when_full", "fps", "path", "pace"}
	for word, want := range map[string]string{
		"widht": "width", "Width": "width", "hieght": "height", "sub": "subsampling", "whenFull": "when_full",
		"fsp": "fps", "pth": "path", "pac": "pace", "bitrate": "", "x": "", "": "", "pa": "", "wdith ": "width",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
