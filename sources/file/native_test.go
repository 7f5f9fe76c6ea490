//go:build opencv

package file

import (
	"context"
	"testing"

	"framewire/pipeline"
	"framewire/sources/internal/pace"
)

func TestNoVideoInIt(t *testing.T) {
	cfg := Defaults()
	cfg.Path = written(t, "noise.mp4", []byte("\x00\x00\x00\x20ftypisom and then nothing of a video"))
	want := cfg.Path + ": no video was found in it: not a video file, damaged, or cut off before it was finished"
	if _, err := opened(t, cfg); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestLayoutFor(t *testing.T) {
	for _, c := range []struct {
		want          []pipeline.Format
		natural, gets pipeline.Layout
	}{
		{nil, pipeline.LayoutI420, pipeline.LayoutI420},
		{nil, pipeline.LayoutGray, pipeline.LayoutGray},
		{[]pipeline.Format{pipeline.AnyJPEG}, pipeline.LayoutI420, pipeline.LayoutI420},
		{[]pipeline.Format{pipeline.AnyRaw}, pipeline.LayoutBGR, pipeline.LayoutBGR},
		{[]pipeline.Format{pipeline.AnyJPEG, wantI420, pipeline.AnyRaw}, pipeline.LayoutBGR, pipeline.LayoutI420},
		{[]pipeline.Format{pipeline.AnyJPEG, wantBGR, pipeline.AnyRaw}, pipeline.LayoutI420, pipeline.LayoutBGR},
		{[]pipeline.Format{pipeline.AnyRaw, wantBGR}, pipeline.LayoutI420, pipeline.LayoutI420},
		{[]pipeline.Format{wantGray}, pipeline.LayoutI420, pipeline.LayoutGray},
		{[]pipeline.Format{pipeline.AnyJPEG, pipeline.AnyFile, wantBGR}, pipeline.LayoutI420, pipeline.LayoutBGR},
	} {
		if got := layoutFor(c.want, c.natural); got != c.gets {
			t.Errorf("wanted %v of a clip in %s: %s, want %s", c.want, c.natural, got, c.gets)
		}
	}
}

func BenchmarkDecodeH264(b *testing.B) {
	path := ffmpeg(b, "hd.mp4", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=3", "-vf", "noise=alls=6:allf=t",
		"-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
	for _, layout := range []pipeline.Layout{pipeline.LayoutI420, pipeline.LayoutBGR} {
		b.Run(layout.String(), func(b *testing.B) {
			cfg := Defaults()
			cfg.Path, cfg.Pace, cfg.Loop = path, pace.Fast, true
			s, err := opened(b, cfg, pipeline.Format{Codec: pipeline.CodecRaw, Layout: layout})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				f, err := s.Read(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				if f.Format != pipeline.Raw(layout, 1920, 1080) {
					b.Fatal(f.Format)
				}
				f.Release()
			}
		})
	}
}
