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
		{"a.mp4", "", "h264"}, {"a.mp4", "avc1", "h264"}, {"a.mp4", "mp4v", "mpeg4"}, {"a.mkv", "re-encode", "h264"}, {"a.mkv", "reencode", "h264"},
		{"a.mkv", "mp4v", "mpeg4"}, {"a.avi", "re-encode", "mpeg4"},
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

// TestStrangeSizesEndNothing sends sizes that no encoder takes into a recording, which goes on.
func TestStrangeSizesEndNothing(t *testing.T) {
	for _, codec := range []string{"h264", "mp4v"} {
		for _, size := range [][2]int{{1, 1}, {1, 64}, {65500, 2}, {2, 65500}} {
			path := filepath.Join(t.TempDir(), "a.mp4")
			pool := pipeline.NewPool()
			s := open(t, path, codec)
			for i := range 40 {
				format := pipeline.Raw(pipeline.LayoutBGR, 64, 48)
				bad := i >= 20 && i < 35
				if bad {
					format = pipeline.Raw(pipeline.LayoutBGR, size[0], size[1])
				}
				f := at(pool, format, i, time.Duration(i)*40*time.Millisecond)
				err := s.Write(t.Context(), f)
				f.Release()
				if errors.Is(err, pipeline.ErrSkip) != bad || !bad && err != nil {
					t.Fatalf("%s %v: frame %d: Write gives %v", codec, size, i, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if got := names(t, path); len(got) != 1 {
				t.Errorf("%s %v: files are %v, wants one", codec, size, got)
			}
			if times, complaint := frameTimes(t, path); len(times) != 40 || complaint != "" {
				t.Errorf("%s %v: %d frames play, wants 40 places; %s", codec, size, len(times), complaint)
			}
		}
	}
}

func TestSmallestSize(t *testing.T) {
	for _, codec := range []string{"h264", "mp4v"} {
		path := filepath.Join(t.TempDir(), "a.mp4")
		record(t, path, codec, pipeline.Raw(pipeline.LayoutBGR, 2, 2), every(12, 25, 1))
		mustPlay(t, path, every(12, 25, 1), time.Millisecond)
	}
}

// TestEncoderRefusesSize gives the name of an encoder that does not exist: the first size is a fault,
// a later one is not, and neither leaves a file.
func TestEncoderRefusesSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	pool := pipeline.NewPool()
	write := func(s *sink, i, width int) error {
		f := at(pool, pipeline.Raw(pipeline.LayoutBGR, width, 48), i, time.Duration(i)*40*time.Millisecond)
		defer f.Release()
		return s.Write(t.Context(), f)
	}
	s := open(t, path, "h264").(*sink)
	s.cfg.Codec = "none"
	var err error
	for i := 0; err == nil && i < 2*looks; i++ {
		err = write(s, i, 64)
	}
	if !errors.Is(err, errNoEncoder) || errors.Is(err, pipeline.ErrSkip) {
		t.Errorf("with the first size Write gives %v, wants a fault", err)
	}
	if got := names(t, path); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}

	s = open(t, path, "h264").(*sink)
	for i := range 20 {
		if err := write(s, i, 64); err != nil {
			t.Fatal(err)
		}
	}
	s.cfg.Codec = "none"
	skips := 0
	for i := 20; i < 40; i++ {
		switch err := write(s, i, 80); {
		case errors.Is(err, pipeline.ErrSkip) && errors.Is(err, errNoEncoder):
			skips++
		case err != nil:
			t.Fatal(err)
		}
	}
	s.cfg.Codec = "h264"
	for i := 40; i < 60; i++ {
		if err := write(s, i, 64); err != nil {
			t.Fatal(err)
		}
	}
	s.cfg.Codec = "none"
	if err := write(s, 60, 96); err != nil { // held back until the end
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close gives %v where the last size alone has no encoder", err)
	}
	if got := names(t, path); len(got) != 2 || skips != 20-looks+1 {
		t.Errorf("%d frames skipped, files are %v", skips, got)
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are still held", n)
	}
}
