//go:build opencv

package libav

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ffmpeg makes a clip, or skips the test on a machine without ffmpeg.
func ffmpeg(t testing.TB, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("needs ffmpeg")
	}
	path := filepath.Join(t.TempDir(), name)
	all := slices.Concat([]string{"-v", "error", "-nostdin", "-y"}, args, []string{path})
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", all...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", all, err, out)
	}
	return path
}

// opening gives the clip of a path, whose pictures can be had where err is nil.
func opening(t testing.TB, path string) (*Clip, error) {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, c.Open(path, Rules{})
}

func opened(t testing.TB, path string) *Clip {
	t.Helper()
	c, err := opening(t, path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pattern are 25 pictures of a second, a key picture every tenth.
func pattern(t testing.TB) string {
	t.Helper()
	return ffmpeg(t, "clip.mp4", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-c:v", "libx264", "-g", "10", "-bf", "0", "-pix_fmt", "yuv420p")
}

// decoded gives the times of the pictures up to the end.
func decoded(t *testing.T, c *Clip) (times []time.Duration) {
	t.Helper()
	for {
		told, err := c.Decode()
		if errors.Is(err, io.EOF) {
			return times
		}
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, told)
	}
}

func TestDecodeAndSeek(t *testing.T) {
	const step = 40 * time.Millisecond
	c := opened(t, pattern(t))
	if got, want := c.About(), (About{Height: 64, Step: step, Length: time.Second}); got != want {
		t.Errorf("it tells %+v, want %+v", got, want)
	}
	if times := decoded(t, c); len(times) != 25 || times[0] != 0 || times[24] != 24*step {
		t.Errorf("pictures at %v", times)
	}
	if err := c.Seek(15 * step); err != nil {
		t.Fatal(err)
	}
	if times := decoded(t, c); len(times) != 15 || times[0] != 10*step {
		t.Errorf("after seeking to %s pictures at %v, want those from %s on", 15*step, times, 10*step)
	}
}

func TestWrite(t *testing.T) {
	c := opened(t, pattern(t))
	if _, err := c.Decode(); err != nil {
		t.Fatal(err)
	}
	if c.Layout() != pipeline.LayoutI420 {
		t.Errorf("its own layout is %s", c.Layout())
	}
	pool := pipeline.NewPool()
	for _, layout := range []pipeline.Layout{pipeline.LayoutI420, pipeline.LayoutBGR, pipeline.LayoutGray} {
		f, err := c.Write(layout, pool)
		if err != nil {
			t.Fatal(err)
		}
		if want := pipeline.Raw(layout, 96, 64); f.Format != want || len(f.Data) != want.Bytes() || !f.Key {
			t.Errorf("%s of %d bytes, want %s of %d", f.Format, len(f.Data), want, want.Bytes())
		}
		f.Release()
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are left", n)
	}
}

func TestKeep(t *testing.T) {
	c := opened(t, pattern(t))
	first, at, err := c.Read()
	if err != nil {
		t.Fatal(err)
	}
	first = bytes.Clone(first)
	c.Keep()
	again, same, err := c.Read()
	if err != nil || !bytes.Equal(again, first) || same != at {
		t.Errorf("kept %d bytes at %s, and then came %d at %s (%v)", len(first), at, len(again), same, err)
	}
	next, later, err := c.Read()
	if err != nil || bytes.Equal(next, first) || later <= at {
		t.Errorf("behind it %d bytes at %s (%v)", len(next), later, err)
	}
}

func TestStop(t *testing.T) {
	c := opened(t, pattern(t))
	c.Stop()
	for range 2 {
		if _, err := c.Decode(); !errors.Is(err, ErrStopped) {
			t.Errorf("got %v", err)
		}
	}
	c.Resume()
	if times := decoded(t, c); len(times) != 25 {
		t.Errorf("%d pictures after it", len(times))
	}
}

func TestOpenErrors(t *testing.T) {
	sound := ffmpeg(t, "sound.wav", "-f", "lavfi", "-i", "sine=d=0.2")
	written := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, want := range map[string]error{
		sound: ErrOnlySound,
		written("noise.mp4", "\x00\x00\x00\x20ftypisom and then nothing of a video"):      ErrNoVideo,
		written("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n"+sound+"\n"): ErrPlaylist,
		written("list.txt", "ffconcat version 1.0\nfile '"+sound+"'\n"):                   ErrPlaylist,
	} {
		if _, err := opening(t, path); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
	}
	if _, err := opening(t, filepath.Join(t.TempDir(), "none.mp4")); err == nil || err.Error() != "no such file or directory" {
		t.Errorf("no file: %v", err)
	}
}

// What a server sends cannot name a file here, whatever kind of URL led to it.
func TestProtocolsLeadToNoFile(t *testing.T) {
	for _, scheme := range []string{"http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "tcp", "udp"} {
		list := strings.Split(protocols(scheme), ",")
		if !slices.Contains(list, scheme) && scheme != "rtsps" || slices.Contains(list, "file") {
			t.Errorf("%s may lead to %v", scheme, list)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for name, c := range map[string]struct {
		args []string
		want pipeline.Layout
	}{
		"limited 601 to i420": {[]string{"-pix_fmt", "yuv420p"}, pipeline.LayoutI420},
		"limited 709 to i420": {[]string{"-pix_fmt", "yuv420p", "-colorspace", "bt709"}, pipeline.LayoutI420},
		"full 601 to i420":    {[]string{"-pix_fmt", "yuvj420p"}, pipeline.LayoutI420},
		"limited 601 to bgr":  {[]string{"-pix_fmt", "yuv420p"}, pipeline.LayoutBGR},
		"4:2:2 to i420":       {[]string{"-pix_fmt", "yuv422p"}, pipeline.LayoutI420},
	} {
		b.Run(name, func(b *testing.B) {
			path := ffmpeg(b, "hd.mkv", append([]string{"-f", "lavfi", "-i", "testsrc2=s=1920x1080:d=0.1", "-c:v", "libx264", "-preset", "ultrafast"}, c.args...)...)
			clip, err := New()
			if err != nil {
				b.Fatal(err)
			}
			defer clip.Close()
			if err := clip.Open(path, Rules{}); err != nil {
				b.Fatal(err)
			}
			if _, err := clip.Decode(); err != nil {
				b.Fatal(err)
			}
			pool := pipeline.NewPool()
			b.ReportAllocs()
			for b.Loop() {
				f, err := clip.Write(c.want, pool)
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
		})
	}
}
