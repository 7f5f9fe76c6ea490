//go:build opencv

package file

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestConformanceEncoding(t *testing.T) {
	pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Allocs: -1, Configure: func(t *testing.T, cfg any) {
		cfg.(*Config).Path = filepath.Join(t.TempDir(), "rec.mp4")
	}})
}

func TestEncoders(t *testing.T) {
	for _, c := range []struct{ name, codec, want string }{
		{"a.mp4", "", "h264"}, {"a.mp4", "avc1", "h264"}, {"a.mp4", "mp4v", "mpeg4"}, {"a.mkv", "reencode", "h264"},
		{"a.mkv", "mp4v", "mpeg4"}, {"a.avi", "reencode", "mpeg4"},
	} {
		t.Run(c.name+" "+c.codec, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			times := every(60, 30000, 1001)
			record(t, path, c.codec, pipeline.Raw(pipeline.LayoutBGR, 160, 90), times)
			mustPlay(t, path, times, 2*time.Millisecond)
			if got := property(t, path, "stream=codec_name"); got != c.want {
				t.Errorf("the codec is %s, wants %s", got, c.want)
			}
		})
	}
}

// TestEncodingKeepsRealTime leaves out frames and gives others twice as fast.
func TestEncodingKeepsRealTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	var times []time.Duration
	for i, at := range every(240, 60, 1) {
		if (i%2 == 0 && (i < 100 || i > 140)) || i > 200 {
			times = append(times, at)
		}
	}
	record(t, path, "", pipeline.Raw(pipeline.LayoutBGR, 64, 48), times)
	got, complaint := frameTimes(t, path)
	if complaint != "" || len(got) < 119 || len(got) > 122 {
		t.Errorf("%d frames, wants 30 a second for 4 s; %s", len(got), complaint)
	}
}

// TestEncodingTurnsUpright paints the top left corner, which a turn clockwise brings to the top right.
func TestEncodingTurnsUpright(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	for i := range 10 {
		f := at(pool, pipeline.Raw(pipeline.LayoutBGR, 160, 90), i, time.Duration(i)*40*time.Millisecond)
		for p := range f.Data {
			f.Data[p] = 0
			if x, y := p%480/3, p/480; x < 40 && y < 40 {
				f.Data[p] = 255
			}
		}
		f.Meta.Rotation = 90
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	gray, _ := tool(t, "ffmpeg", "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	if len(gray) != 90*160 {
		t.Fatalf("the picture has %d pixels, wants 90x160", len(gray))
	}
	if left, right := gray[10*90+10], gray[10*90+80]; left > 50 || right < 200 {
		t.Errorf("top left is %d and top right %d, wants dark and bright", left, right)
	}
}

func TestStrideIsHonoured(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	format := pipeline.Raw(pipeline.LayoutBGR, 64, 48)
	format.Stride += 32
	record(t, path, "", format, every(10, 25, 1))
	mustPlay(t, path, every(10, 25, 1), time.Millisecond)
}

func TestEncodingOnFullDisk(t *testing.T) {
	path := filepath.Join(smallDisk(t), "a.mp4")
	pool := pipeline.NewPool()
	s := open(t, path, "mp4v")
	var err error
	for i := 0; err == nil && i < 2000; i++ {
		f := at(pool, pipeline.Raw(pipeline.LayoutBGR, 320, 240), i, time.Duration(i)*40*time.Millisecond)
		err = s.Write(t.Context(), f)
		f.Release()
	}
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
		t.Errorf("Write gives %v, wants a full disk and the path", err)
	}
	_ = s.Close()
}
