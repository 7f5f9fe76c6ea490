package file

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sources/internal/pace"
)

// A clip that can never be played from its server ends the pipeline and is not opened for ever.
func TestHopelessURL(t *testing.T) {
	if plainBuild {
		t.Skip("needs FFmpeg's libraries")
	}
	clip := func(args ...string) []byte {
		path := ffmpeg(t, "clip.mp4", append([]string{"-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p"}, args...)...)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	end, start := clip(), clip("-movflags", "+faststart")
	noise := []byte("\x00\x00\x00\x20ftypisom and then nothing of a video")
	for name, c := range map[string]struct {
		content []byte
		seeks   bool
		want    string // after the URL; empty where it plays
	}{
		"index at the end":         {end, false, ": the server cannot seek (no Range requests) and the clip's index is at its end: download it, or make it with ffmpeg -movflags +faststart"},
		"index at the end, seeks":  {end, true, ""},
		"index at the front":       {start, false, ""},
		"no video":                 {noise, true, ": no picture could be read: not a video file, damaged, or cut off before it was finished"},
		"no video, no seeking":     {noise, false, ": no picture could be read, perhaps as the server cannot seek (no Range requests): download it"},
		"cut off before its index": {end[:len(end)/2], true, ": no picture could be read: not a video file, damaged, or cut off before it was finished"},
	} {
		t.Run(name, func(t *testing.T) {
			url := serving(t, func(w http.ResponseWriter, r *http.Request) {
				if !c.seeks {
					r.Header.Del("Range")
				}
				http.ServeContent(w, r, "clip.mp4", time.Time{}, bytes.NewReader(c.content))
			})
			cfg := Defaults()
			cfg.Path, cfg.Pace = url+"/clip.mp4", pace.Fast
			s, err := opened(t, cfg)
			if err == nil {
				var f *pipeline.Frame
				if f, err = s.Read(t.Context()); err == nil {
					f.Release()
				}
			}
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || err.Error() != cfg.Path+c.want || errors.Is(err, pipeline.ErrLost)):
				t.Errorf("got %v\nwant %s", err, cfg.Path+c.want)
			}
		})
	}
}

// What played once is opened again, and so is what a server that is gone now had.
func TestJudge(t *testing.T) {
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("no video at all")) })
	loss := errNothing{lost("nothing came")}
	cfg := Defaults()
	cfg.Path = url
	s := newSource(cfg, testEnv())
	if err := s.judge(t.Context(), loss); err == nil || errors.Is(err, pipeline.ErrLost) {
		t.Errorf("a server that answers: %v", err)
	}
	if err := s.judge(t.Context(), loss.error); !errors.Is(err, pipeline.ErrLost) {
		t.Errorf("another loss: %v", err)
	}
	s.given = true
	if err := s.judge(t.Context(), loss); !errors.Is(err, pipeline.ErrLost) {
		t.Errorf("after a picture: %v", err)
	}
	cfg.Path = "http://127.0.0.1:1/clip.mp4"
	if err := newSource(cfg, testEnv()).judge(t.Context(), loss); !errors.Is(err, pipeline.ErrLost) || err.Error() != "nothing came: lost" {
		t.Errorf("a server that is gone: %v", err)
	}
}

func TestOnlySound(t *testing.T) {
	if plainBuild {
		t.Skip("needs FFmpeg's libraries")
	}
	for name, codec := range map[string]string{"sound.mp4": "aac", "sound.wav": "pcm_s16le"} {
		cfg := Defaults()
		cfg.Path = ffmpeg(t, name, "-f", "lavfi", "-i", "sine=d=1", "-c:a", codec)
		if _, err := opened(t, cfg); err == nil || err.Error() != cfg.Path+": it has only sound, no video" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnknownKindOfURL(t *testing.T) {
	for path, want := range map[string]string{
		"htp://host/clip.mp4": "htp://",
		"ftpx://foo":          "ftpx://",
		"HTP://host":          "htp://",
		"http://host/a":       "", "HTTPS://host/a": "", "rtsp://cam/1": "", "rtmp://host/live": "", "udp://:5000": "",
		"file:///tmp/a.mp4": "", `C:\x\clip.mp4`: "", "C://clip.mp4": "", "clip.mp4": "", "a b://c": "",
	} {
		cfg := Defaults()
		cfg.Path = path
		err := cfg.Validate()
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			continue
		}
		want = `path: unknown kind of URL "` + want + `" (known are file, http, https, rtsp, rtsps, rtmp, rtmps, rtp, srt, tcp, udp)`
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", path, err, want)
		}
	}
}
