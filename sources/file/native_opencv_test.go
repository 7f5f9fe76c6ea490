//go:build opencv

package file

import (
	"context"
	"strings"
	"testing"

	"framewire/pipeline"
)

func TestRotationByVersion(t *testing.T) {
	for version, want := range map[string]int{"4.6.0": 270, "4.5.5": 90, "4.13.0": 90} {
		if got := rotation(90, version); got != want {
			t.Errorf("OpenCV %s tells 90: turned by %d, want %d", version, got, want)
		}
	}
}

func TestNoVideoInIt(t *testing.T) {
	cfg := Defaults()
	cfg.Path = written(t, "noise.mp4", []byte("\x00\x00\x00\x20ftypisom and then nothing of a video"))
	want := cfg.Path + ": no video was found in it: not a video file, damaged, or cut off before it was finished"
	if _, err := opened(t, cfg); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func BenchmarkDecodeH264(b *testing.B) {
	path := ffmpeg(b, "hd.mp4", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=3", "-vf", "noise=alls=6:allf=t",
		"-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
	cfg := Defaults()
	cfg.Path, cfg.Pace, cfg.Loop = path, Fast, true
	s, err := opened(b, cfg, pipeline.AnyRaw)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f, err := s.Read(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		if !strings.HasPrefix(f.Format.String(), "raw bgr 1920x1080") {
			b.Fatal(f.Format)
		}
		f.Release()
	}
}
