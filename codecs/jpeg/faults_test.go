package jpeg

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"framewire/pipeline"
)

// TestBadPictures pins what is said of pictures that cannot be used. Each must steer as ErrSkip.
func TestBadPictures(t *testing.T) {
	pool := newPool(t)
	good := plain(t, 64, 48)
	half := good[:len(good)/2]
	for _, c := range []struct {
		name string
		data []byte
		says string
	}{
		{"nothing", []byte{0}, "not a JPEG"},
		{"text", []byte("hello, this is a text file"), "not a JPEG"},
		{"only the start", good[:2], "cut off in its header"},
		{"half", half, "cut off: the end marker is missing"},
		{"half with an end", append(bytes.Clone(half), 0xFF, mEOI), ""},
		{"bomb", resized(good, 65535, 65535), "65535x65535: more than 100 megapixels"},
		{"larger than announced", resized(good, 4000, 4000), "header says 4000x4000"},
		{"no width", resized(good, 0, 48), "gives no size"},
		{"many scans", manyScans(fixture(t, progressive)), "more than 100 scans"},
		{"two frame headers", twice(good), "two frame headers"},
	} {
		for _, layout := range append(layouts, pipeline.LayoutNone) {
			t.Run(c.name+" to "+layout.String(), func(t *testing.T) {
				f := photo(pool, c.data, 64, 48)
				defer f.Release()
				out, err := makeDecoder(t, layout).Apply(context.Background(), f)
				if err == nil {
					out.Release()
					t.Fatal("no error")
				}
				if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, want %q in it and ErrSkip", err, c.says)
				}
			})
		}
	}
}

// resized changes the size in a JPEG's header.
func resized(data []byte, w, h int) []byte {
	data = bytes.Clone(data)
	i := bytes.Index(data, []byte{0xFF, mSOF0})
	copy(data[i+5:], []byte{byte(h >> 8), byte(h), byte(w >> 8), byte(w)})
	return data
}

// twice repeats the frame header.
func twice(data []byte) []byte {
	i := bytes.Index(data, []byte{0xFF, mSOF0})
	header := bytes.Clone(data[i : i+19])
	return append(append(bytes.Clone(data[:i]), header...), data[i:]...)
}

// manyScans repeats the last scan of a progressive JPEG.
func manyScans(data []byte) []byte {
	last := bytes.LastIndex(data, []byte{0xFF, mSOS})
	scan := data[last : len(data)-2]
	out := bytes.Clone(data[:last])
	for range 200 {
		out = append(out, scan...)
	}
	return append(out, 0xFF, mEOI)
}

func TestEncodeRefuses(t *testing.T) {
	pool := newPool(t)
	wide := pool.Get(65501)
	wide.Format = pipeline.Raw(pipeline.LayoutGray, 65501, 1)
	short := pool.Get(10)
	short.Format = pipeline.Raw(pipeline.LayoutGray, 4, 4)
	other := pool.Get(10)
	other.Format = pipeline.Format{Codec: "h264", Width: 4, Height: 4}
	for _, c := range []struct {
		f    *pipeline.Frame
		says string
	}{
		{wide, "at most 65500 pixels a side"},
		{short, "10 bytes, wants 16"},
		{other, "the frame is h264 4x4"},
	} {
		_, err := makeEncoder(t, 80, Sub420).Apply(context.Background(), c.f)
		if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q in it and ErrSkip", err, c.says)
		}
		c.f.Release()
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		says   string
	}{
		{func(c *Config) { c.Quality = 0 }, "quality: 0 is not between 1 and 100 (80 is a good start)"},
		{func(c *Config) { c.Quality = 101 }, "quality: 101 is not between 1 and 100 (80 is a good start)"},
		{func(c *Config) { c.Workers = -1 }, "workers: -1 is not between 0 and 256 (0 means one per core)"},
	} {
		cfg := defaults()
		c.change(&cfg)
		if err := cfg.Validate(); err == nil || err.Error() != c.says {
			t.Errorf("%v, want %s", err, c.says)
		}
	}
	var sub Subsampling
	if err := sub.UnmarshalText([]byte("411")); err == nil || err.Error() != `"411" is none of 420, 422, 444` {
		t.Error(err)
	}
}
