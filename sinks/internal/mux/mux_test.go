package mux

import (
	"os"
	"strings"
	"testing"
	"time"

	"framewire/sinks/internal/mux/muxtest"
)

// TestKeepsBytesAndTimes writes frames at odd times and reads them with FFmpeg and with foreign readers.
func TestKeepsBytesAndTimes(t *testing.T) {
	const ms = time.Millisecond
	times := []time.Duration{0, 33 * ms, 70 * ms, 71*ms + 100*time.Microsecond, 500 * ms, 501 * ms, 1000 * ms, 9000 * ms, 9040 * ms}
	for _, kind := range []string{".mkv", ".mp4"} {
		t.Run(kind, func(t *testing.T) {
			path, written := record(t, kind, 161, 91, times)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mustHold(t, kind, data, written)
			muxtest.MustPlay(t, path, times, 50*time.Microsecond)
			if got := muxtest.Property(t, path, "format=duration"); got != "9.080000" {
				t.Errorf("ffprobe says duration %s, wants 9.080000", got)
			}
			if got := muxtest.Property(t, path, "stream=codec_name,width,height"); got != "mjpeg,161,91" {
				t.Errorf("ffprobe says %s", got)
			}
		})
	}
}

func TestRates(t *testing.T) {
	for _, r := range []struct {
		num, den int
		want     string
	}{{30000, 1001, "30000/1001"}, {25, 1, "25/1"}, {60, 1, "60/1"}, {24000, 1001, "24000/1001"}} {
		for _, kind := range kinds() {
			t.Run(r.want+kind, func(t *testing.T) {
				times := muxtest.Every(3*r.num/r.den, r.num, r.den)
				path, _ := record(t, kind, 64, 48, times)
				muxtest.MustPlay(t, path, times, time.Millisecond)
				if got := muxtest.Property(t, path, "stream=r_frame_rate"); got != r.want {
					t.Errorf("ffprobe takes the rate for %s, wants %s", got, r.want)
				}
			})
		}
	}
}

// TestPlaysAndSeeks makes recordings in which FFmpeg searches for a picture.
func TestPlaysAndSeeks(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			path, _ := record(t, kind, 64, 48, muxtest.Every(300, 30, 1))
			out, complaint := muxtest.Tool(t, "ffmpeg", "-ss", "7.5", "-i", path, "-frames:v", "1", "-f", "framecrc", "-")
			want, _ := muxtest.Tool(t, "ffmpeg", "-i", path, "-vf", "select=eq(n\\,225)", "-frames:v", "1", "-vsync", "0", "-f", "framecrc", "-")
			if complaint != "" || checksum(out) == "" || checksum(out) != checksum(want) {
				t.Errorf("at 7.5 s there is\n%s\nwants\n%s\n%s", out, want, complaint)
			}
		})
	}
}

// checksum is that of the picture which framecrc has printed.
func checksum(out string) string {
	fields := strings.Split(strings.TrimSpace(out), ",")
	return fields[len(fields)-1]
}

// TestCloseTimes gives times that fall on the same tick of the container: they still rise.
func TestCloseTimes(t *testing.T) {
	for _, kind := range []string{".mkv", ".mp4"} {
		disk := muxtest.NewDisk(nil)
		m := begin(t, disk, kind, 64, 48)
		written := fill(t, m, 64, 48, []time.Duration{0, 1000, 2000, 3000, time.Second})
		mustRepair(t, kind, kind, disk.Bytes(), written, len(written))
	}
}
