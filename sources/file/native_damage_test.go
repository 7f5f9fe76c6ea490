//go:build opencv

package file

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"testing"

	"framewire/pipeline"
	"framewire/sources/file/demux/demuxtest"
	"framewire/sources/internal/pace"
)

// Clips with wrong bytes in them, and cut off, play to an end or say what is wrong, and leave nothing behind.
func TestDamagedClips(t *testing.T) {
	for name, how := range map[string][]string{
		"h264.mp4":  {"-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p"},
		"h264.mkv":  {"-c:v", "libx264", "-pix_fmt", "yuv444p"},
		"h264.ts":   {"-c:v", "libx264", "-pix_fmt", "yuv420p"},
		"mpeg4.avi": {"-c:v", "mpeg4"},
		"mjpeg.mov": {"-c:v", "mjpeg"},
		"vp8.webm":  {"-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"},
		"ffv1.nut":  {"-c:v", "ffv1"},
		"anim.gif":  {},
	} {
		t.Run(name, func(t *testing.T) {
			good, err := os.ReadFile(ffmpeg(t, name, append([]string{"-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1"}, how...)...))
			if err != nil {
				t.Fatal(err)
			}
			played := 0
			for seed := range 24 {
				r := rand.New(rand.NewPCG(uint64(seed), uint64(len(good))))
				bad := bytes.Clone(good)
				for range 1 << r.IntN(8) {
					bad[r.IntN(len(bad))] = byte(r.Uint32())
				}
				if seed%4 == 3 {
					bad = bad[:r.IntN(len(bad))+1]
				}
				path := written(t, name, bad)
				played += playDamaged(t, path, wantI420)
				played += playDamaged(t, path, wantBGR)
				played += playDamaged(t, path, pipeline.AnyJPEG)
			}
			if played == 0 {
				t.Error("not one picture was played, so this test shows nothing")
			}
		})
	}
}

// playDamaged counts the pictures that can be had.
func playDamaged(t *testing.T, path string, want ...pipeline.Format) (n int) {
	t.Helper()
	cfg := Defaults()
	cfg.Path, cfg.Pace = path, pace.Fast
	s, err := opened(t, cfg, want...)
	for range 1000 {
		if err != nil && !errors.Is(err, pipeline.ErrSkip) {
			return n
		}
		var f *pipeline.Frame
		if f, err = s.Read(t.Context()); err == nil {
			if bad := f.Format.Check(len(f.Data)); bad != nil {
				t.Error(bad)
			}
			n++
			f.Release()
		}
	}
	t.Error("a clip of 25 pictures does not end")
	return n
}

// A clip that claims to be huge is refused before memory is taken for a picture.
func TestHugeClaims(t *testing.T) {
	gif, err := os.ReadFile(ffmpeg(t, "anim.gif", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.2"))
	if err != nil {
		t.Fatal(err)
	}
	copy(gif[6:], "\xFF\xFF\xFF\xFF") // width and height
	for _, c := range []struct {
		content []byte
		want    string
	}{
		{gif, " holds no pictures that can be read"},
		{demuxtest.AVI(demuxtest.Photos(t, 5), demuxtest.AVIOptions{Codec: "FFV1", Height: 50_000_000}),
			": invalid data found when processing input"},
	} {
		cfg := Defaults()
		cfg.Path = written(t, "huge", c.content)
		_, _, before := usage(t)
		s, err := opened(t, cfg, wantBGR)
		if err == nil {
			var f *pipeline.Frame
			if f, err = s.Read(t.Context()); err == nil {
				f.Release()
			}
		}
		_, _, after := usage(t)
		if err == nil || err.Error() != cfg.Path+c.want || after > before+100<<10 {
			t.Errorf("got %v\nwant %s%s\n%d KB in memory, before %d", err, cfg.Path, c.want, after, before)
		}
	}
}
