package file

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/sources/file/demux"
	"framewire/sources/file/demux/demuxtest"
)

func TestOpenErrors(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	secret := written(t, "secret.avi", demuxtest.AVI(demuxtest.Photos(t, 2), demuxtest.AVIOptions{}))
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	text := written(t, "notes.txt", []byte("Überschrift\nplain words that FFmpeg would draw as ANSI art\n"))
	empty := written(t, "empty.mp4", nil)
	headers := written(t, "headers.mkv", demuxtest.Matroska(nil, demuxtest.MatroskaOptions{}))
	h264 := written(t, "h264.mkv", demuxtest.Matroska(demuxtest.Photos(t, 2), demuxtest.MatroskaOptions{Codec: "V_MPEG4/ISO/AVC"}))
	cases := []struct {
		path, want string
		plain      bool // the native build says something else
	}{
		{"nofile.mp4", "nofile.mp4: no such file in " + here + ": check the path, or write all of it", false},
		{"/no/such/clip.mp4", "/no/such/clip.mp4: no such file: check the path", false},
		{"file:///no/such/clip.mp4", "/no/such/clip.mp4: no such file: check the path", false},
		{folder, folder + " is a folder without videos: name a video file, or a folder of recordings (a folder of photos is for `type: image`)", false},
		{os.DevNull, os.DevNull + " is a device or a pipe, not a file (a camera is for `type: camera`)", false},
		{empty, empty + " is empty: it has 0 bytes", false},
		{text, text + " is a text file, not a video: it begins with \"Überschrift\"", false},
		{headers, headers + ": it ends before its first picture: cut off, or never written to", false},
		{h264, h264 + " is not Motion JPEG in Matroska, AVI, fragmented MP4 or .mjpeg, and other videos need FFmpeg: build with `make build`", true},
		{"http://", "http:// names no host: write it like http://host:port/clip.mp4", false},
		{"http://us er:pw@host:1/", "http://host:1/ is not a URL that can be read: write it like http://host:port/clip.mp4", false},
	}
	if os.Geteuid() != 0 {
		cases = append(cases, struct {
			path, want string
			plain      bool
		}{secret, secret + ": permission denied: make it readable, for example with `chmod a+r " + secret + "`", false})
	}
	for _, c := range cases {
		if c.plain && !plainBuild {
			continue
		}
		cfg := Defaults()
		cfg.Path = c.path
		switch _, err := opened(t, cfg); {
		case err == nil:
			t.Errorf("%s: opened", c.path)
		case err.Error() != c.want:
			t.Errorf("%s:\n got %s\nwant %s", c.path, err, c.want)
		case errors.Is(err, pipeline.ErrLost):
			t.Errorf("%s: would be tried again", c.path)
		}
	}
}

func TestPassthroughOffInThePlainBuild(t *testing.T) {
	if !plainBuild {
		t.Skip("the native build decodes")
	}
	cfg := Defaults()
	cfg.Path, cfg.Passthrough = written(t, "c.avi", demuxtest.AVI(demuxtest.Photos(t, 2), demuxtest.AVIOptions{})), Off
	if _, err := opened(t, cfg); err == nil || !strings.Contains(err.Error(), "passthrough: off needs FFmpeg: build with `make build`") {
		t.Errorf("got %v", err)
	}
}

func TestTargets(t *testing.T) {
	for path, want := range map[string]string{
		"clip.mp4":                  "file clip.mp4",
		"C://clip.mp4":              "file C://clip.mp4",
		"a b://clip":                "file a b://clip",
		"file:///tmp/clip.mp4":      "file /tmp/clip.mp4",
		"http://host/clip.mp4":      "url http://host/clip.mp4",
		"rtsp://u:secret@host/one":  "url rtsp://u:xxxxx@host/one",
		filepath.Join("a", "b.avi"): "file " + filepath.Join("a", "b.avi"),
	} {
		at, err := parseTarget(path)
		got := "file " + at.String()
		if at.url != nil {
			got = "url " + at.String()
		}
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", path, got, err, want)
		}
	}
}

func TestIsText(t *testing.T) {
	for head, want := range map[string]bool{
		"hello\n":                         true,
		strings.Repeat("x", 511) + "\xC3": true, // a letter cut in two
		"#EXTM3U\n#EXT-X-VERSION:3":       false,
		"RIFF\x10\x00":                    false,
		"\xFF\xD8\xFF\xE0":                false,
		"caf\xE9 is Latin-1\n":            false,
	} {
		if isText([]byte(head)) != want {
			t.Errorf("%.20q: text %t", head, !want)
		}
	}
}

func TestTablesAreFilledIn(t *testing.T) {
	whole := demuxtest.Photo(t, 1)
	bare := cutTables(t, whole)
	got := pictures(t, playing(t, written(t, "c.avi", demuxtest.AVI([][]byte{bare, whole}, demuxtest.AVIOptions{}))))
	if len(got) != 2 || len(got[0].data) != len(bare)+420 || string(got[1].data) != string(whole) {
		t.Fatalf("%d pictures, the first of %d bytes, without tables %d", len(got), len(got[0].data), len(bare))
	}
}

// cutTables cuts the Huffman tables out of an image, as AVI writers may.
func cutTables(t *testing.T, image []byte) []byte {
	t.Helper()
	out := append([]byte(nil), image[:2]...)
	for i := 2; ; {
		length := 2 + int(image[i+2])<<8 + int(image[i+3])
		if image[i+1] == 0xDA {
			return append(out, image[i:]...)
		}
		if image[i+1] != 0xC4 {
			out = append(out, image[i:i+length]...)
		}
		i += length
	}
}

// Images are read straight into their frames, whose size follows that of the images before.
func TestImagesOfAllSizes(t *testing.T) {
	var images [][]byte
	for i, size := range []int{0, 10, 200_000, 5, 201_000, 60_000, 3, 400_000, 400_000, 450_000, 20, 20} {
		image := append([]byte(nil), demuxtest.Numbered(t, i+1)[i]...)
		for ; size > 0; size -= 50_000 {
			n := min(size, 50_000)
			comment := append([]byte{0xFF, 0xFE, byte((n + 2) >> 8), byte(n + 2)}, make([]byte, n)...)
			image = slices.Concat(image[:2], comment, image[2:])
		}
		images = append(images, image)
	}
	for name, content := range map[string][]byte{
		"c.mkv": demuxtest.Matroska(images, demuxtest.MatroskaOptions{}), "c.avi": demuxtest.AVI(images, demuxtest.AVIOptions{}),
		"c.mp4": demuxtest.MP4(images, 1), "c.mjpeg": bytes.Join(images, nil),
	} {
		got := pictures(t, playing(t, written(t, name, content)))
		if len(got) != len(images) {
			t.Fatalf("%s: %d pictures", name, len(got))
		}
		for i := range got {
			if !bytes.Equal(got[i].data, images[i]) {
				t.Errorf("%s: picture %d is another", name, i)
			}
		}
	}
}

func TestTwoFieldsInAChunkAreNotPassedOn(t *testing.T) {
	path := written(t, "fields.avi", demuxtest.AVI(demuxtest.Photos(t, 4), demuxtest.AVIOptions{Height: 32}))
	at := target{path: path}
	in, err := at.openInput(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	pool := pipeline.NewPool()
	if _, err := newImages(at, in, reader(in), pipeline.Env{Pool: pool}); !errors.Is(err, demux.ErrNotMJPEG) || pool.Outstanding() != 0 {
		t.Errorf("got %v, and %d frames are left", err, pool.Outstanding())
	}
}
