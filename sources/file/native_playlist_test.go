//go:build opencv

package file

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"framewire/pipeline"
	"framewire/sources/internal/pace"
)

// A local file that names another one is refused, whatever it is called.
func TestPlaylistsAreRefused(t *testing.T) {
	clip := ffmpeg(t, "clip.ts", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p")
	lists := map[string]string{
		"list.m3u8":   "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + clip + "\n#EXT-X-ENDLIST\n",
		"remote.mp4":  "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:1/x.ts\n#EXT-X-ENDLIST\n",
		"list.txt":    "ffconcat version 1.0\nfile '" + clip + "'\n",
		"stream.sdp":  "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
		"list.mpd":    "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"></MPD>\n",
		"clip%03d.ts": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + clip + "\n",
	}
	for name, content := range lists {
		cfg := Defaults()
		cfg.Path = written(t, name, []byte(content))
		_, err := opened(t, cfg, pipeline.AnyRaw)
		want := cfg.Path + " is a playlist: name the video that it leads to, as a file may not open others"
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", name, err, want)
		}
	}
}

// A playlist from a web server leads to its own kind of address and not to files here.
func TestPlaylistsOnTheWeb(t *testing.T) {
	clip := ffmpeg(t, "clip.ts", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p")
	for link, plays := range map[string]bool{"clip.ts": true, "file://" + clip: false, clip: false} {
		url := serving(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/clip.ts" {
				http.ServeFile(w, r, clip)
				return
			}
			if r.URL.Path != "/list.m3u8" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n%s\n#EXT-X-ENDLIST\n", link)
		})
		cfg := Defaults()
		cfg.Path, cfg.Pace = url+"/list.m3u8", pace.Fast
		s, err := opened(t, cfg, pipeline.AnyRaw)
		if err == nil {
			var f *pipeline.Frame
			if f, err = s.Read(t.Context()); err == nil {
				f.Release()
			}
		}
		if plays != (err == nil) {
			t.Errorf("%s: %v, plays: %t", link, err, plays)
		}
	}
}

// A name that looks like a protocol or a pattern is a name.
func TestOddNames(t *testing.T) {
	clip, err := os.ReadFile(ffmpeg(t, "clip.mp4", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, name := range []string{"concat:a|b.mp4", "tcp:1.mp4", "clip%03d.mp4", "-i.mp4", "a b?*.mp4"} {
		if err := os.WriteFile(name, clip, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := pictures(t, playing(t, name, wantI420)); len(got) != 50 {
			t.Errorf("%s: %d pictures", name, len(got))
		}
	}
}
