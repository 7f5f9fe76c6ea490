//go:build unix

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framewire/pipeline"
)

// readPNG decodes the only picture in a folder.
func readPNG(t *testing.T, dir string) image.Image {
	t.Helper()
	files := filesIn(t, dir)
	if len(files) != 1 {
		t.Fatalf("%d pictures in %s, want 1", len(files), dir)
	}
	f, err := os.Open(filepath.Join(dir, files[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// The colours of the test pattern's bars.
var (
	white  = color.RGBA{255, 255, 255, 255}
	yellow = color.RGBA{255, 255, 0, 255}
	cyan   = color.RGBA{0, 255, 255, 255}
	blue   = color.RGBA{0, 0, 255, 255}
	black  = color.RGBA{0, 0, 0, 255}
)

// Each filter alone does to the test pattern what it says; its bars are 40 pixels wide, and 120 rows of them carry no text.
func TestFiltersOnPixels(t *testing.T) {
	tests := []struct {
		filter        string
		width, height int
		colours       map[image.Point]color.RGBA
	}{
		{"{type: crop, x: 41, y: 51, size: 101x31}", 101, 31,
			map[image.Point]color.RGBA{{X: 0, Y: 0}: yellow, {X: 38, Y: 30}: yellow, {X: 39, Y: 0}: cyan}},
		{"{type: resize, size: 160x160}", 160, 120, map[image.Point]color.RGBA{{X: 10, Y: 30}: white, {X: 150, Y: 30}: black}},
		{"{type: resize, size: 160x160, fit: exact}", 160, 160, map[image.Point]color.RGBA{{X: 30, Y: 40}: yellow, {X: 130, Y: 40}: blue}},
		{"{type: resize, size: 640x480}", 320, 240, map[image.Point]color.RGBA{{X: 20, Y: 70}: white}},
		{"{type: rotate, degrees: 90}", 240, 320, map[image.Point]color.RGBA{{X: 170, Y: 20}: white, {X: 170, Y: 300}: black}},
		{"{type: rotate, degrees: 180}", 320, 240, map[image.Point]color.RGBA{{X: 300, Y: 170}: white, {X: 20, Y: 170}: black}},
		{"{type: rotate, degrees: 270}", 240, 320, map[image.Point]color.RGBA{{X: 70, Y: 300}: white, {X: 70, Y: 60}: blue}},
		{"{type: flip}", 320, 240, map[image.Point]color.RGBA{{X: 300, Y: 70}: white, {X: 60, Y: 70}: blue}},
		{"{type: flip, mirror: vertical}", 320, 240, map[image.Point]color.RGBA{{X: 20, Y: 170}: white, {X: 60, Y: 170}: yellow}},
		{"{type: mask, regions: [{x: 25%, y: 70, width: 40, height: 4}]}", 320, 240,
			map[image.Point]color.RGBA{{X: 80, Y: 70}: black, {X: 119, Y: 73}: black, {X: 79, Y: 70}: yellow, {X: 80, Y: 74}: cyan, {X: 80, Y: 69}: cyan}},
		{"{type: mask, fill: pixelate, cell: 80, regions: [{y: 66, width: 80, height: 8}]}", 320, 240,
			map[image.Point]color.RGBA{{X: 0, Y: 70}: {255, 255, 128, 255}, {X: 79, Y: 70}: {255, 255, 128, 255}, {X: 80, Y: 70}: cyan}},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			dir := t.TempDir()
			run(t, dir, 0, "run", config(t, dir, "c.yaml", `
source: {type: testpattern, size: 320x240, frames: 1, pace: fast}
filters: [`+tt.filter+`]
sinks: [{type: snapshot, dir: shots, format: png}]
`))
			img := readPNG(t, filepath.Join(dir, "shots"))
			if got := img.Bounds().Size(); got != image.Pt(tt.width, tt.height) {
				t.Fatalf("%v, want %dx%d", got, tt.width, tt.height)
			}
			for at, want := range tt.colours {
				if got := color.RGBAModel.Convert(img.At(at.X, at.Y)); got != want {
					t.Errorf("%v is %v, want %v", at, got, want)
				}
			}
		})
	}
}

// A region that the sender masks cannot be seen at the other end, and the time is written where it should be.
func TestMaskAndTimestampReachTheReceiver(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	receiver := start(t, dir, "run", config(t, dir, "r.yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks: [{type: snapshot, dir: shots, format: png, count: 1}]
`))
	start(t, dir, "run", config(t, dir, "s.yaml", `
source: {type: testpattern, size: 640x480}
filters:
  - {type: mask, regions: [{x: 50%, width: 50%}]}
  - {type: timestamp, format: "Gate {time}", position: bottom-right, size: 32}
encoder: {type: jpeg}
send: {type: tcp, listen: "`+addr+`"}
`))
	receiver.ends(0)
	img := readPNG(t, filepath.Join(dir, "shots"))
	lit := 0 // pixels of the text
	for y := range 480 {
		for x := 330; x < 640; x++ { // some pixels from the edge, where JPEG smears
			c := color.GrayModel.Convert(img.At(x, y)).(color.Gray)
			switch {
			case c.Y < 60:
			case y > 420 && x > 400:
				lit++
			default:
				t.Fatalf("%d,%d is %d and should be masked", x, y, c.Y)
			}
		}
	}
	if lit < 500 {
		t.Errorf("%d pixels of the text are lit", lit)
	}
}

// The filters that need no pixels hand photos on byte for byte; one that is there twice is sent once.
func TestUnchangedPhotosPassOnce(t *testing.T) {
	dir := t.TempDir()
	photos := filepath.Join(dir, "photos")
	if err := os.Mkdir(photos, 0o755); err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	for seed, buf := range []*bytes.Buffer{&a, &b} {
		if err := jpeg.Encode(buf, gradient(200, 150, seed+1), nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{"1.jpg": a.Bytes(), "2.jpg": a.Bytes(), "3.jpg": b.Bytes(), "4.jpg": b.Bytes(), "5.jpg": a.Bytes()} {
		if err := os.WriteFile(filepath.Join(photos, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, 0, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: image, path: photos}
filters: [{type: unchanged}]
sinks: [{type: snapshot, dir: shots}]
`))
	if got := strings.Join(filesIn(t, filepath.Join(dir, "shots")), " "); got != "1.jpg 3.jpg 5.jpg" {
		t.Errorf("%s pass, want 1.jpg 3.jpg 5.jpg", got)
	}
	for name, want := range map[string][]byte{"1.jpg": a.Bytes(), "3.jpg": b.Bytes()} {
		if got, err := os.ReadFile(filepath.Join(dir, "shots", name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the photo byte for byte (%v)", name, err)
		}
	}
	stage := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), pipeline.KindFilter, "unchanged")
	if stage.FramesIn != 5 || stage.FramesOut != 3 || stage.Errors != 0 {
		t.Errorf("%d frames in, %d out, %d errors", stage.FramesIn, stage.FramesOut, stage.Errors)
	}
}

// A clip of 30 frames a second becomes one of 10, as long as before; JPEG is neither decoded nor encoded on the way.
func TestFPSThinsAClipOut(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, 0, "run", config(t, dir, "clip.yaml", `
source: {type: testpattern, size: 320x240, frames: 90, pace: fast}
encoder: {type: jpeg}
sinks: [{type: file, path: clip.mkv}]
`))
	run(t, dir, 0, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: file, path: clip.mkv, pace: fast}
filters: [{type: fps, fps: 10}]
sinks: [{type: file, path: out.mkv}]
`))
	rep := readReport(t, filepath.Join(dir, "r.json"))
	if got := len(rep.Stages); got != 3 {
		t.Errorf("%d stages, want source, filter and sink: %+v", got, rep.Stages)
	}
	if stage := stageOf(t, rep, pipeline.KindSink, "file"); stage.FramesIn != 30 || stage.Dropped != 0 {
		t.Errorf("%d frames recorded, want 30; %d dropped", stage.FramesIn, stage.Dropped)
	}
	run(t, dir, 0, "run", "--report", "again.json", config(t, dir, "again.yaml", `
source: {type: file, path: out.mkv, pace: fast}
filters: [{type: fps, fps: 10}]
sinks: [{type: "null"}]
`))
	if stage := stageOf(t, readReport(t, filepath.Join(dir, "again.json")), pipeline.KindSink, "null"); stage.FramesIn != 30 {
		t.Errorf("%d of 30 frames have times that are a tenth of a second apart", stage.FramesIn)
	}
}

// A portrait photo is measured, cut and written on as it is seen.
func TestFiltersOnAPortraitPhoto(t *testing.T) {
	dir := t.TempDir()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, gradient(400, 200, 1), nil); err != nil {
		t.Fatal(err)
	}
	// A camera that was held upright notes in EXIF that the picture is to be turned clockwise: orientation 6.
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	data := append([]byte("\xff\xd8"+exif), photo.Bytes()[2:]...)
	if err := os.WriteFile(filepath.Join(dir, "portrait.jpg"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, first := range []string{"", "{type: fps, fps: 1}, "} { // decoded by the source, and on the way
		for filter, want := range map[string]image.Point{
			"{type: resize, size: 100x100}":              {X: 50, Y: 100},
			"{type: crop, x: 10, y: 250, size: 500x500}": {X: 190, Y: 150},
			"{type: rotate, degrees: 90}":                {X: 400, Y: 200},
			"{type: timestamp}, {type: flip}":            {X: 200, Y: 400},
			"{type: mask, regions: [{y: 99%}]}":          {X: 200, Y: 400},
		} {
			t.Run(first+filter, func(t *testing.T) {
				dir, shots := dir, t.TempDir()
				run(t, dir, 0, "run", config(t, shots, "c.yaml", fmt.Sprintf(`
source: {type: image, path: portrait.jpg}
filters: [%s%s]
sinks: [{type: snapshot, dir: %q, format: png}]
`, first, filter, filepath.Join(shots, "shots"))))
				if got := readPNG(t, filepath.Join(shots, "shots")).Bounds().Size(); got != want {
					t.Errorf("%v, want %v", got, want)
				}
			})
		}
	}
}

// Mistakes in filters are found before anything opens, each at its place and with what to do.
func TestFilterMistakes(t *testing.T) {
	for filter, want := range map[string]string{
		"{type: resize}":                             "bad.yaml:2:11: filters.0 resize: size: is missing\n    write WIDTHxHEIGHT, such as 1280x720",
		"{type: rotate, degrees: 45}":                "bad.yaml:2:35: filters.0 rotate: degrees: 45 is not a quarter, half or three quarters of a turn",
		"{type: flip, mirror: both}":                 `bad.yaml:2:32: filters.0 flip: mirror: "both" is none of horizontal, vertical`,
		"{type: mask, regions: [{x: 10%, with: 3}]}": `unknown field "with"`,
		"{type: mask, regions: [{width: 120%}]}":     `"120%" is more than the whole picture`,
		"{type: timestamp, format: '{day}'}":         `"{day}" is not known`,
		"{type: fps, fps: 30fps}":                    `"30fps" is not a number`,
		"{type: unchanged, threshold: 101}":          "101 is not a percentage from 0 to 100",
		"{type: crop, x: -4, size: 8x8}":             "-4 is below zero",
	} {
		t.Run(filter, func(t *testing.T) {
			dir := t.TempDir()
			config(t, dir, "bad.yaml", "source: {type: testpattern}\nfilters: ["+filter+"]\nsinks: [{type: \"null\"}]\n")
			if p := run(t, dir, 2, "check", "bad.yaml"); !strings.Contains(p.log(), want) {
				t.Errorf("does not say %q:\n%s", want, p.log())
			}
		})
	}
}
