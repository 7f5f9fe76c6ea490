//go:build opencv && matprofile

package file

import (
	"testing"

	"gocv.io/x/gocv"

	"framewire/pipeline"
)

func TestEveryMatIsClosed(t *testing.T) {
	path := ffmpeg(t, "clip.mp4", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p")
	bad := written(t, "noise.mp4", []byte("\x00\x00\x00\x20ftypisom and then nothing of a video"))
	for range 3 {
		cfg := Defaults()
		cfg.Path, cfg.Pace = path, Fast
		s, err := opened(t, cfg, pipeline.AnyRaw)
		if err != nil {
			t.Fatal(err)
		}
		pictures(t, s)
		if gocv.MatProfile.Count() == 0 {
			t.Fatal("no Mat is counted while a clip is open, so this test shows nothing")
		}
		if err := s.clip.close(); err != nil {
			t.Fatal(err)
		}
		s.clip = &reel{closed: new(int)} // for the test's own cleanup
		cfg.Path = bad
		if _, err := opened(t, cfg); err == nil {
			t.Fatal("noise was opened")
		}
	}
	if n := gocv.MatProfile.Count(); n != 0 {
		t.Errorf("%d Mats are open", n)
	}
}
