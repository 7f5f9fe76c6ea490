package jpeg

import (
	"errors"
	"testing"

	"framewire/pipeline"
)

// headers seeds the fuzz targets too.
var headers = []struct {
	name string
	data string
	w, h int
	err  error
}{
	{"smallest", "\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x10\x00\x20\x01\x01\x11\x00", 32, 16, nil},
	{"fill bytes and a segment", "\xFF\xD8\xFF\xFF\xFF\xE1\x00\x04ab\xFF\xFF\xC2\x00\x0B\x08\x00\x01\x00\x02\x01\x01\x11\x00", 2, 1, nil},
	{"a size inside another segment", "\xFF\xD8\xFF\xE1\x00\x0D\xFF\xC0\x00\x0B\x08\x00\x07\x00\x07\x01\x01\xFF\xC0\x00\x0B\x08\x00\x01\x00\x02\x01\x01\x11\x00", 2, 1, nil},
	{"empty", "", 0, 0, errNotJPEG},
	{"PNG", "\x89PNG\r\n\x1A\n", 0, 0, errNotJPEG},
	{"start only", "\xFF\xD8", 0, 0, errShort},
	{"fill to the end", "\xFF\xD8\xFF\xFF\xFF", 0, 0, errShort},
	{"length below two", "\xFF\xD8\xFF\xE0\x00\x01", 0, 0, errShort},
	{"length beyond the end", "\xFF\xD8\xFF\xE0\xFF\xFFab", 0, 0, errShort},
	{"end at once", "\xFF\xD8\xFF\xD9", 0, 0, errNoSize},
	{"scan before frame", "\xFF\xD8\xFF\xDA\x00\x02", 0, 0, errNoSize},
	{"no height", "\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x00\x00\x20\x01\x01\x11\x00", 32, 0, errNoSize},
	{"frame header too short", "\xFF\xD8\xFF\xC0\x00\x07\x08\x00\x10\x00\x20", 0, 0, errShort},
}

func TestSize(t *testing.T) {
	for _, c := range headers {
		t.Run(c.name, func(t *testing.T) {
			w, h, err := Size([]byte(c.data))
			if w != c.w || h != c.h || !errors.Is(err, c.err) {
				t.Errorf("%dx%d, %v; want %dx%d, %v", w, h, err, c.w, c.h, c.err)
			}
		})
	}
	if _, _, err := Size(resized(plain(t, 8, 8), 65535, 65535)); err == nil {
		t.Error("65535x65535 is accepted")
	}
}

func TestSizeAllocatesNothing(t *testing.T) {
	data := plain(t, 640, 480)
	if n := testing.AllocsPerRun(100, func() { Size(data) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestModel(t *testing.T) {
	adobe := func(transform byte, components string) string {
		return "\xFF\xD8\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00" + string(transform) + components
	}
	const (
		three = "\xFF\xC0\x00\x11\x08\x00\x10\x00\x20\x03\x01\x22\x00\x02\x11\x00\x03\x11\x00\xFF\xDA\x00\x03\x03"
		rgb   = "\xFF\xC0\x00\x11\x08\x00\x10\x00\x20\x03R\x11\x00G\x11\x00B\x11\x00\xFF\xDA\x00\x03\x03"
		four  = "\xFF\xC0\x00\x14\x08\x00\x10\x00\x20\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00\xFF\xDA\x00\x03\x01"
		jfif  = "\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
	)
	for _, c := range []struct {
		name, data string
		want       Model
		half, inv  bool
		multiple   bool
	}{
		{"three", "\xFF\xD8" + three, ModelYCbCr, true, false, false},
		{"named RGB", "\xFF\xD8" + rgb, ModelRGB, false, false, false},
		{"named RGB in JFIF", jfif + rgb, ModelYCbCr, false, false, false},
		{"Adobe RGB", adobe(0, three), ModelRGB, true, false, false},
		{"Adobe YCbCr", adobe(1, rgb), ModelYCbCr, false, false, false},
		{"Adobe CMYK", adobe(0, four), ModelCMYK, false, true, true},
		{"Adobe YCCK", adobe(2, four), ModelYCCK, false, true, true},
		{"bare CMYK", "\xFF\xD8" + four, ModelCMYK, false, false, true},
	} {
		h, err := ParseHeader([]byte(c.data))
		if err != nil || h.Model != c.want || h.Half != c.half || h.Inverted != c.inv || h.multiple != c.multiple {
			t.Errorf("%s: %+v, %v", c.name, h, err)
		}
	}
}

func FuzzSize(f *testing.F) {
	for _, c := range headers {
		f.Add([]byte(c.data))
	}
	f.Add(plain(f, 16, 16))
	f.Add(fixture(f, progressive))
	f.Add(fixture(f, cmyk))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, h, err := Size(data)
		if err == nil && (w <= 0 || h <= 0 || w*h > pipeline.MaxPixels) {
			t.Errorf("accepted %dx%d", w, h)
		}
		header, whole := ParseHeader(data)
		if whole != nil {
			return
		}
		if header.Width != w || header.Height != h || data[header.scan] != 0xFF {
			t.Errorf("Size says %dx%d, the header %+v", w, h, header)
		}
		_ = header.CheckData(data)
	})
}

// FuzzDecode feeds the decoder itself; small pictures only, for the speed of it.
func FuzzDecode(f *testing.F) {
	f.Add(plain(f, 16, 16), uint8(0))
	for i, text := range []string{progressive, half422, full444, upright440, cmyk} {
		f.Add(fixture(f, text), uint8(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, layout uint8) {
		w, h, err := Size(data)
		if err != nil || w*h > 1<<16 {
			return
		}
		pool := newPool(t)
		in := photo(pool, data, w, h)
		defer in.Release()
		out, err := makeDecoder(t, pipeline.Layout(layout%4)).Apply(t.Context(), in)
		if err != nil {
			if !errors.Is(err, pipeline.ErrSkip) {
				t.Errorf("%v does not wrap ErrSkip", err)
			}
			return
		}
		if err := out.Format.Check(len(out.Data)); err != nil {
			t.Error(err)
		}
		out.Release()
	})
}
