package picture

import (
	"bytes"
	"image/jpeg"
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// turn puts the segment into a JPEG.
func turn(data []byte, degrees int) []byte {
	return append(append(bytes.Clone(data[:AfterSOI]), Orientation(degrees)...), data[AfterSOI:]...)
}

func TestOrientation(t *testing.T) {
	f := pipelinetest.Frame(pipeline.NewPool(), pipeline.JPEG(64, 48), 0)
	defer f.Release()
	if HasExif(f.Data) {
		t.Fatal("a plain JPEG has Exif data")
	}
	for degrees, tag := range map[int]byte{90: 6, 180: 3, 270: 8} {
		turned := turn(f.Data, degrees)
		if !HasExif(turned) {
			t.Errorf("%d degrees: there is no Exif data", degrees)
		}
		if at := bytes.Index(turned, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, tag, 0, 0}); at < 0 {
			t.Errorf("%d degrees: the tag is not %d", degrees, tag)
		}
		if cfg, err := jpeg.DecodeConfig(bytes.NewReader(turned)); err != nil || cfg.Width != 64 || cfg.Height != 48 {
			t.Errorf("%d degrees: the JPEG is %+v (%v)", degrees, cfg, err)
		}
	}
	for _, degrees := range []int{0, 45, 360, -90} {
		if got := Orientation(degrees); got != nil {
			t.Errorf("%d degrees: % x", degrees, got)
		}
	}
}

// exifCases are beginnings of JPEG images, true where there is Exif data in them.
func exifCases() map[string]bool {
	exif := string(Orientation(90))
	return map[string]bool{
		"":                                     false,
		"\xFF\xD8":                             false,
		"\xFF\xD8" + exif:                      true,
		"\xFF\xD8\xFF" + exif:                  true, // a fill byte
		"\xFF\xD8\xFF\xE0\x00\x04ab" + exif:    true,
		"\xFF\xD8\xFF\xE1\x00\x04ab" + exif:    true, // XMP is in such a segment too
		"\xFF\xD8\xFF\xE0\x00\x00" + exif:      false,
		"\xFF\xD8\xFF\xE0\xFF\xFF" + exif:      false,
		"\xFF\xD8\xFF\xDA\x00\x04ab" + exif:    false, // behind the start of the picture
		"\xFF\xD8\xFF\xE1\x00\x08Exif\x00\x00": true,
		"\xFF\xD8\xFF\xE1\x00\x06Exif":         false,
		"\xFF\xD8\xFF\xE1\x00\x22Exif\x00\x00": false, // cut off
		"\xFF\xD8\xFF\xFF\xFF\xFF\xFF\xFF\xFF": false,
	}
}

func TestHasExif(t *testing.T) {
	for data, want := range exifCases() {
		if got := HasExif([]byte(data)); got != want {
			t.Errorf("%q: %t", data, got)
		}
	}
}

func FuzzHasExif(f *testing.F) {
	for data := range exifCases() {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if HasExif(data) && !bytes.Contains(data, []byte("Exif\x00")) {
			t.Errorf("%q has no Exif data", data)
		}
		if len(data) >= AfterSOI && !HasExif(turn(data, 180)) {
			t.Errorf("%q has no Exif data when it was put in", data)
		}
	})
}
