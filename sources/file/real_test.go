package file

import (
	"bytes"
	"encoding/json"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// realClip is a clip that another program makes: how it is done, and what is particular.
type realClip struct {
	name  string
	args  []string
	mjpeg bool // Motion JPEG: passes untouched
	plain bool // the plain build plays it too
}

var realClips = []realClip{
	{"default.avi", []string{"-c:v", "mjpeg", "-huffman", "default"}, true, true},
	{"optimal.avi", []string{"-c:v", "mjpeg", "-huffman", "optimal"}, true, true},
	{"optimal.mkv", []string{"-c:v", "mjpeg", "-huffman", "optimal"}, true, true},
	{"default.mkv", []string{"-c:v", "mjpeg", "-huffman", "default"}, true, true},
	{"optimal.mov", []string{"-c:v", "mjpeg", "-huffman", "optimal"}, true, false},
	{"plain.mjpeg", []string{"-c:v", "mjpeg", "-huffman", "default"}, true, true},
	{"sound.avi", []string{"-f", "lavfi", "-i", "sine=d=2", "-c:v", "mjpeg", "-c:a", "pcm_s16le"}, true, true},
	{"sound.mkv", []string{"-f", "lavfi", "-i", "sine=d=2", "-c:v", "mjpeg", "-c:a", "aac"}, true, true},
	{"odd.mkv", []string{"-vf", "crop=319:239", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}, true, true},
	{"vfr.mkv", append([]string{"-c:v", "mjpeg"}, variable...), true, true},
	{"live.mkv", []string{"-c:v", "mjpeg", "-live", "1", "-cluster_time_limit", "400"}, true, true},
	{"bframes.mp4", []string{"-c:v", "libx264", "-bf", "3", "-pix_fmt", "yuv420p"}, false, false},
	{"bframes.mkv", []string{"-c:v", "libx264", "-bf", "3", "-pix_fmt", "yuv420p"}, false, false},
	{"sound.mp4", []string{"-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264", "-c:a", "aac", "-pix_fmt", "yuv420p"}, false, false},
	{"mpeg4.avi", []string{"-c:v", "mpeg4"}, false, false},
	{"odd.mp4", []string{"-vf", "crop=319:239", "-c:v", "libx264", "-pix_fmt", "yuv444p"}, false, false},
	{"vfr.mp4", append([]string{"-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p"}, variable...), false, false},
	{"vfr.mkv", append([]string{"-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p"}, variable...), false, false},
}

// variable makes the rate fall from 25 to 10 pictures a second.
var variable = []string{"-vf", "setpts='if(lt(N,10),N*0.04/TB,(0.4+(N-10)*0.1)/TB)'", "-fps_mode", "vfr"}

const patternClip = "testsrc2=s=320x240:r=25:d=2"

// probed is what ffprobe says of a clip's video.
type probed struct {
	Streams []struct {
		Frames string `json:"nb_read_frames"`
		Width  int
		Height int
	}
	Mixed []struct {
		Type string
		Time string `json:"best_effort_timestamp_time"` // of a frame
		Size string // of a packet
	} `json:"packets_and_frames"`

	times, sizes []string
}

func probe(t *testing.T, path string) probed {
	t.Helper()
	var p probed
	out := run(t, "ffprobe", "-v", "error", "-select_streams", "v:0", "-count_frames", "-of", "json",
		"-show_entries", "stream=nb_read_frames,width,height:frame=best_effort_timestamp_time:packet=size", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	for _, one := range p.Mixed {
		if one.Type == "frame" {
			p.times = append(p.times, one.Time)
		} else {
			p.sizes = append(p.sizes, one.Size)
		}
	}
	return p
}

// sameTimes compares presentation times with ffprobe's, to the millisecond that Matroska has.
func (p probed) sameTimes(t *testing.T, got []picture) {
	t.Helper()
	var first time.Duration
	for i, told := range p.times {
		seconds, err := strconv.ParseFloat(told, 64)
		if err != nil {
			continue // the container tells none
		}
		want := time.Duration(seconds * float64(time.Second))
		if i == 0 {
			first = want
		}
		if d := got[i].pts - (want - first); d < -2*ms || d > 2*ms {
			t.Fatalf("picture %d at %s, ffprobe says %s", i, got[i].pts, want-first)
		}
	}
}

func TestRealClips(t *testing.T) {
	for _, c := range realClips {
		t.Run(c.name, func(t *testing.T) {
			path := ffmpeg(t, c.name, append([]string{"-f", "lavfi", "-i", patternClip}, c.args...)...)
			p := probe(t, path)
			count, err := strconv.Atoi(p.Streams[0].Frames)
			if err != nil || count < 40 {
				t.Fatalf("ffprobe counts %q frames", p.Streams[0].Frames)
			}
			if plainBuild && !c.plain {
				cfg := Defaults()
				cfg.Path = path
				if _, err := opened(t, cfg); err == nil {
					t.Error("the plain build opened it")
				}
				return
			}
			if c.mjpeg {
				got := pictures(t, playing(t, path, pipeline.AnyJPEG, pipeline.AnyRaw))
				if len(got) != count {
					t.Fatalf("%d pictures, ffprobe counts %d", len(got), count)
				}
				p.sameTimes(t, got)
				for i, picture := range got {
					if want := p.sizes[i]; strconv.Itoa(len(picture.data)) != want {
						t.Fatalf("image %d of %d bytes, in the clip it has %s", i, len(picture.data), want)
					}
					if picture.format != pipeline.JPEG(p.Streams[0].Width, p.Streams[0].Height) {
						t.Fatalf("picture %d is %s", i, picture.format)
					}
				}
				samePixels(t, decodeJPEG(t, got[7].data), path, 7)
			}
			if !plainBuild {
				for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
					got := pictures(t, playing(t, path, pipeline.Format{Codec: pipeline.CodecRaw, Layout: layout}))
					if len(got) != count {
						t.Fatalf("%d decoded pictures, ffprobe counts %d", len(got), count)
					}
					p.sameTimes(t, got)
					if want := pipeline.Raw(layout, p.Streams[0].Width, p.Streams[0].Height); got[7].format != want {
						t.Fatalf("decoded as %s, want %s", got[7].format, want)
					}
					samePixels(t, got[7].inBGR(), path, 7)
				}
			}
		})
	}
}

// inBGR gives the pixels of a raw picture as BGR.
func (p picture) inBGR() []byte {
	out := make([]byte, 3*p.format.Width*p.format.Height)
	pixel.Convert(out, pipeline.LayoutBGR, p.data, p.format)
	return out
}

// decodeJPEG gives the BGR pixels of an image.
func decodeJPEG(t *testing.T, data []byte) []byte {
	t.Helper()
	img, err := stdjpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return bgr(img)
}

func bgr(img image.Image) []byte {
	b := img.Bounds()
	out := make([]byte, 0, 3*b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			out = append(out, byte(blue>>8), byte(green>>8), byte(red>>8))
		}
	}
	return out
}

// samePixels compares a picture with what ffmpeg decodes. Converters round differently, and chroma is
// interpolated in different ways: so the mean difference counts.
func samePixels(t *testing.T, got []byte, path string, n int) {
	t.Helper()
	out := path + ".raw"
	run(t, "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:v:0", "-y", "-fps_mode", "passthrough",
		"-vf", "select=eq(n\\,"+strconv.Itoa(n)+")", "-f", "rawvideo", "-pix_fmt", "bgr24", out)
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d bytes of pixels, ffmpeg has %d", len(got), len(want))
	}
	sum := 0.0
	for i := range got {
		sum += math.Abs(float64(got[i]) - float64(want[i]))
	}
	if mean := sum / float64(len(got)); mean > 4 {
		t.Errorf("picture %d differs from ffmpeg's by %.2f in the mean", n, mean)
	}
}

func TestRealPortraitClips(t *testing.T) {
	if plainBuild {
		t.Skip("needs FFmpeg's libraries")
	}
	for _, c := range []struct {
		name, codec, pixels string
		degrees             string // as the clip tells them: counter-clockwise
		rotation            int
		width               int
	}{
		{"h264.mp4", "libx264", "yuv420p", "90", 270, 240},
		{"h264.mp4", "libx264", "yuv420p", "270", 90, 240},
		{"mjpeg.mov", "mjpeg", "yuvj420p", "90", 270, 240},
		{"mjpeg.mov", "mjpeg", "yuvj420p", "180", 180, 320},
		{"mjpeg.mov", "mjpeg", "yuvj420p", "270", 90, 240},
	} {
		flat := ffmpeg(t, c.name, "-f", "lavfi", "-i", patternClip, "-c:v", c.codec, "-pix_fmt", c.pixels)
		path := ffmpeg(t, c.name, "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate="+c.degrees)
		for _, want := range []pipeline.Format{pipeline.AnyRaw, {Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}} {
			decoded := pictures(t, playing(t, path, want))
			if len(decoded) != 50 || decoded[0].format.Width != c.width || decoded[0].meta.Rotation != 0 {
				t.Fatalf("%s turned by %s: %d pictures of %s, rotation %d", c.name, c.degrees, len(decoded), decoded[0].format, decoded[0].meta.Rotation)
			}
			samePixels(t, decoded[3].inBGR(), path, 3)
		}
		if c.codec != "mjpeg" {
			continue
		}
		got := pictures(t, playing(t, path))
		if len(got) != 50 || got[0].format != pipeline.JPEG(320, 240) || got[0].meta.Rotation != c.rotation {
			t.Fatalf("%s turned by %s passes as %s with rotation %d", c.name, c.degrees, got[0].format, got[0].meta.Rotation)
		}
		samePixels(t, decodeJPEG(t, got[3].data), flat, 3)
	}
}

func TestRealURL(t *testing.T) {
	if plainBuild {
		t.Skip("needs FFmpeg's libraries")
	}
	path := ffmpeg(t, "clip.mp4", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart")
	url := serving(t, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	got := pictures(t, playing(t, url+"/clip.mp4"))
	if len(got) != 50 {
		t.Fatalf("%d pictures, want 50", len(got))
	}
	samePixels(t, got[5].inBGR(), path, 5)
}

// A clip that another program left unfinished plays up to its last whole picture.
func TestRealClipCutOff(t *testing.T) {
	for _, name := range []string{"cut.mkv", "cut.avi"} {
		path := ffmpeg(t, name, "-f", "lavfi", "-i", patternClip, "-c:v", "mjpeg")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(len(content)/2)); err != nil {
			t.Fatal(err)
		}
		if got := pictures(t, playing(t, path)); len(got) < 15 || len(got) > 35 {
			t.Errorf("%s: %d pictures of half a clip of 50", name, len(got))
		}
	}
}
