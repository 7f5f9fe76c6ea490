package area

import (
	"image"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var lengths = []struct {
	text    string
	pixels  float64 // of 640
	problem string
}{
	{"0", 0, ""},
	{"120", 120, ""},
	{"100000000", 100_000_000, ""},
	{"0%", 0, ""},
	{"12.5%", 80, ""},
	{"100%", 640, ""},
	{"", 0, `"" is not a length (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"%", 0, `"%" is not a length (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"ten", 0, `"ten" is not a length (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"-3", 0, `"-3" is not a length (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"1e3", 0, `"1e3" is not a length (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"NaN%", 0, `"NaN%" is not a length (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"1.5", 0, `"1.5" is not a whole number of pixels (write pixels, such as 120, or a part of the picture, such as 12.5%)`},
	{"101%", 0, `"101%" is more than the whole picture`},
	{"100000001", 0, `"100000001" is too large`},
}

func TestLength(t *testing.T) {
	for _, tt := range lengths {
		var l Length
		problem := ""
		if err := l.UnmarshalText([]byte(tt.text)); err != nil {
			problem = err.Error()
		}
		if problem != tt.problem || l.Pixels(640) != tt.pixels {
			t.Errorf("%q: %v pixels, problem %s; want %v, %s", tt.text, l.Pixels(640), problem, tt.pixels, tt.problem)
		}
		if tt.problem == "" && l.String() != tt.text {
			t.Errorf("%q is written %q", tt.text, l)
		}
	}
}

func FuzzLength(f *testing.F) {
	for _, tt := range lengths {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var l, again Length
		if l.UnmarshalText([]byte(text)) != nil {
			return
		}
		if v := l.Pixels(1000); v < 0 || v > 1e8 {
			t.Errorf("%q is %v pixels of 1000", text, v)
		}
		if err := again.UnmarshalText([]byte(l.String())); err != nil || again != l {
			t.Errorf("%q is written %q, which is read as %v, error %v", text, l, again, err)
		}
	})
}

func TestRect(t *testing.T) {
	length := func(text string) (l Length) {
		if err := l.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, tt := range []struct {
		x, y, width, height string
		want                image.Rectangle // of 30x20
	}{
		{"0", "0", "10", "5", image.Rect(0, 0, 10, 5)},
		{"10%", "50%", "20%", "25%", image.Rect(3, 10, 9, 15)},
		{"7.8%", "0", "32.2%", "100%", image.Rect(2, 0, 12, 20)}, // in floating point they add up to a little above 12
		{"1%", "1%", "2%", "2%", image.Rect(0, 0, 1, 1)},         // part of a pixel counts as one
		{"4%", "6%", "1%", "1%", image.Rect(1, 1, 2, 2)},
		{"20", "5", "0", "0", image.Rect(20, 5, 30, 20)},
		{"0", "0", "0", "0", image.Rect(0, 0, 30, 20)},
		{"25", "15", "100", "100", image.Rect(25, 15, 30, 20)},
		{"30", "0", "5", "5", image.Rectangle{}},
		{"0", "99", "5", "0", image.Rectangle{}},
	} {
		a := Area{length(tt.x), length(tt.y), length(tt.width), length(tt.height)}
		if got := a.Rect(30, 20); got != tt.want && !(got.Empty() && tt.want.Empty()) {
			t.Errorf("%+v is %v, want %v", tt, got, tt.want)
		}
	}
}
