package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// turned notes in a JPEG that it is to be turned by 90 degrees.
func turned(data []byte) []byte {
	tags := []byte("Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")
	head := binary.BigEndian.AppendUint16([]byte("\xFF\xD8\xFF\xE1"), uint16(len(tags)+2))
	return append(append(head, tags...), data[2:]...)
}

// TestRotation is told where the picture passes, and done where it is decoded.
func TestRotation(t *testing.T) {
	dir := write(t, map[string][]byte{"a.jpg": turned(jpegOf(t, 24, 16))})
	f := open(t, Config{Path: dir}, pipeline.AnyJPEG).read(t)
	if f.Meta.Rotation != 90 || f.Format != pipeline.JPEG(24, 16) {
		t.Errorf("passed: %s, rotation %d", f.Format, f.Meta.Rotation)
	}
	f.Release()
	f = open(t, Config{Path: dir}, pipeline.AnyRaw).read(t)
	if f.Meta.Rotation != 0 || f.Format != pipeline.Raw(pipeline.LayoutBGR, 16, 24) {
		t.Errorf("decoded: %s, rotation %d", f.Format, f.Meta.Rotation)
	}
	f.Release()
}

func TestMadeAnew(t *testing.T) {
	photo, tall := jpegOf(t, 400, 200), turned(jpegOf(t, 400, 200))
	for name, c := range map[string]struct {
		data   []byte
		cfg    Config
		want   pipeline.Format // of the chain
		gives  pipeline.Format
		passes bool // byte for byte
		rot    int
	}{
		"smaller":          {photo, Config{Resize: config.Size{Width: 100, Height: 100}}, pipeline.AnyJPEG, pipeline.JPEG(100, 50), false, 0},
		"smaller, turned":  {tall, Config{Resize: config.Size{Width: 100, Height: 100}}, pipeline.AnyJPEG, pipeline.JPEG(50, 100), false, 0},
		"fits":             {photo, Config{Resize: config.Size{Width: 400, Height: 200}}, pipeline.AnyJPEG, pipeline.JPEG(400, 200), true, 0},
		"fits, turned":     {tall, Config{Resize: config.Size{Width: 200, Height: 400}}, pipeline.AnyJPEG, pipeline.JPEG(400, 200), true, 90},
		"too wide, turned": {tall, Config{Resize: config.Size{Width: 400, Height: 200}}, pipeline.AnyJPEG, pipeline.JPEG(100, 200), false, 0},
		"quality":          {tall, Config{Quality: 30}, pipeline.AnyJPEG, pipeline.JPEG(200, 400), false, 0},
		"never enlarged":   {photo, Config{Quality: 30, Resize: config.Size{Width: 800, Height: 800}}, pipeline.AnyJPEG, pipeline.JPEG(400, 200), false, 0},
		"png":              {pngOf(t, shades(40, 20)), Config{Resize: config.Size{Width: 800, Height: 800}}, pipeline.AnyJPEG, pipeline.JPEG(40, 20), false, 0},
		"for a window":     {tall, Config{Quality: 30, Resize: config.Size{Width: 100, Height: 100}}, pipeline.AnyRaw, pipeline.Raw(pipeline.LayoutBGR, 50, 100), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.Path = filepath.Join(write(t, map[string][]byte{"a": c.data}), "a")
			f := open(t, c.cfg, c.want).read(t)
			defer f.Release()
			if f.Format != c.gives || f.Meta.Rotation != c.rot || bytes.Equal(f.Data, c.data) != c.passes {
				t.Fatalf("%s, rotation %d, untouched is %t", f.Format, f.Meta.Rotation, !c.passes)
			}
			if f.Format.Codec == pipeline.CodecJPEG {
				img, err := stdjpeg.Decode(bytes.NewReader(f.Data))
				if err != nil || img.Bounds().Size() != image.Pt(f.Format.Width, f.Format.Height) {
					t.Error(err)
				}
			}
		})
	}
}

// TestQuality makes smaller files of lower quality.
func TestQuality(t *testing.T) {
	path := filepath.Join(write(t, map[string][]byte{"a": pngOf(t, shades(300, 200))}), "a")
	last := 0
	for _, quality := range []int{10, 50, 95} {
		f := open(t, Config{Path: path, Quality: quality}).read(t)
		if len(f.Data) <= last {
			t.Errorf("quality %d takes %d bytes, the one before %d", quality, len(f.Data), last)
		}
		last = len(f.Data)
		f.Release()
	}
}

// TestOriginal gives whatever it is as it is.
func TestOriginal(t *testing.T) {
	files := map[string][]byte{
		"a.jpg": turned(jpegOf(t, 24, 16)), "b.RAF": []byte("raw data of a camera"), "c": {}, "d.heic": heic(64, 64), "e.jpg": []byte("no JPEG"),
	}
	s := open(t, Config{Path: write(t, files), Original: true})
	for _, name := range []string{"a.jpg", "b.RAF", "c", "d.heic", "e.jpg"} {
		f := s.read(t)
		if f.Meta != (pipeline.Meta{Name: name}) || f.Format != pipeline.AnyFile || !bytes.Equal(f.Data, files[name]) {
			t.Errorf("%s is %s of %d bytes, %+v", name, f.Format, len(f.Data), f.Meta)
		}
		f.Release()
	}
	if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrEnd) {
		t.Error(err)
	}
	if got := Spec().Gives(&Config{Original: true}); len(got) != 1 || got[0] != pipeline.AnyFile {
		t.Error(got)
	}
}

// TestChanging does not take a file that is being written.
func TestChanging(t *testing.T) {
	path := filepath.Join(write(t, map[string][]byte{"a": []byte("12345678")}), "a")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	other := stampOf(info)
	other.mtime -= int64(time.Second)
	for name, c := range map[string]struct {
		read int
		is   stamp
		want error
	}{
		"as it was": {8, stampOf(info), nil},
		"grown":     {4, stamp{4, stampOf(info).mtime}, errChanging},
		"shorter":   {12, stamp{12, stampOf(info).mtime}, errChanging},
		"touched":   {8, other, errChanging},
	} {
		if _, err := file.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		if err := fill(make([]byte, c.read), file, c.is); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
