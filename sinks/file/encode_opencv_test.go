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
	"framewire/sinks/internal/mux"
	"framewire/sinks/internal/mux/muxtest"
)

func TestConformanceEncoding(t *testing.T) {
	pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Allocs: -1, Configure: func(t *testing.T, cfg any) {
		cfg.(*Config).Path = filepath.Join(t.TempDir(), "rec.mp4")
		cfg.(*Config).Codec = "h264"
	}})
}

func TestEncoders(t *testing.T) {
	for _, c := range []struct{ name, codec, want string }{
		{"a.mp4", "re-encode", "h264"}, {"a.mp4", "avc1", "h264"}, {"a.mp4", "mp4v", "mpeg4"}, {"a.mkv", "re-encode", "h264"}, {"a.mkv", "reencode", "h264"},
		{"a.mkv", "mp4v", "mpeg4"}, {"a.avi", "re-encode", "mpeg4"},
	} {
		t.Run(c.name+" "+c.codec, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			times := muxtest.Every(60, 30000, 1001)
			record(t, path, c.codec, pipeline.Raw(pipeline.LayoutBGR, 160, 90), times)
			muxtest.MustPlay(t, path, times, 2*time.Millisecond)
			if got := muxtest.Property(t, path, "stream=codec_name"); got != c.want {
				t.Errorf("the codec is %s, wants %s", got, c.want)
			}
		})
	}
}

// TestEncodingKeepsRealTime leaves out frames and gives others twice as fast.
func TestEncodingKeepsRealTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	var times []time.Duration
	for i, at := range muxtest.Every(240, 60, 1) {
		if (i%2 == 0 && (i < 100 || i > 140)) || i > 200 {
			times = append(times, at)
		}
	}
	record(t, path, "h264", pipeline.Raw(pipeline.LayoutBGR, 64, 48), times)
	got, complaint := muxtest.FrameTimes(t, path)
	if complaint != "" || len(got) < 119 || len(got) > 122 {
		t.Errorf("%d frames, wants 30 a second for 4 s; %s", len(got), complaint)
	}
}

// TestEncodingTurnsUpright paints the top left corner, which a turn clockwise brings to the top right.
func TestEncodingTurnsUpright(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	pool := pipeline.NewPool()
	s := open(t, path, "h264")
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
	gray, _ := muxtest.Tool(t, "ffmpeg", "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-")
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
	record(t, path, "h264", format, muxtest.Every(10, 25, 1))
	muxtest.MustPlay(t, path, muxtest.Every(10, 25, 1), time.Millisecond)
}

func TestEncodingOnFullDisk(t *testing.T) {
	path := filepath.Join(smallDisk(t), "a.mp4")
	pool := pipeline.NewPool()
	s := open(t, path, "mp4v")
	for i := 0; s.writer.trouble.is() == nil && i < 2000; i++ {
		f := at(pool, pipeline.Raw(pipeline.LayoutBGR, 320, 240), i, time.Duration(i)*40*time.Millisecond)
		f.Lossless = true
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
		t.Errorf("Close gives %v, wants a full disk and the path", err)
	}
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
			if times, complaint := muxtest.FrameTimes(t, path); len(times) != 40 || complaint != "" {
				t.Errorf("%s %v: %d frames play, wants 40 places; %s", codec, size, len(times), complaint)
			}
		}
	}
}

func TestSmallestSize(t *testing.T) {
	for _, codec := range []string{"h264", "mp4v"} {
		path := filepath.Join(t.TempDir(), "a.mp4")
		record(t, path, codec, pipeline.Raw(pipeline.LayoutBGR, 2, 2), muxtest.Every(12, 25, 1))
		muxtest.MustPlay(t, path, muxtest.Every(12, 25, 1), time.Millisecond)
	}
}

// TestEncoderRefusesSize gives the name of an encoder that does not exist: the first size is a fault,
// a later one is not, and neither leaves a file.
func TestEncoderRefusesSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	pool := pipeline.NewPool()
	frame := func(i, width int) *pipeline.Frame {
		return at(pool, pipeline.Raw(pipeline.LayoutBGR, width, 48), i, time.Duration(i)*40*time.Millisecond)
	}
	s := open(t, path, "h264")
	s.cfg.Codec = "none"
	for i := range 20 {
		f := frame(i, 64)
		if err := s.Write(t.Context(), f); err != nil && !errors.Is(err, mux.ErrNoEncoder) {
			t.Errorf("with the first size Write gives %v, wants a fault", err)
		}
		f.Release()
	}
	if err := s.Close(); !errors.Is(err, mux.ErrNoEncoder) {
		t.Errorf("with the first size Close gives %v, wants a fault", err)
	}
	if got := names(t, path); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}

	s = open(t, path, "h264")
	lost := 0
	write := func(from, to, width int, codec string) {
		t.Helper()
		s.cfg.Codec = codec
		for i := from; i < to; i++ {
			f := frame(i, width)
			switch err := s.encodes(f.Format); {
			case errors.Is(err, mux.ErrNoEncoder):
				lost++
			case err != nil:
				t.Fatal(err)
			case written(t, s, f) != nil:
				lost++
			}
			f.Release()
		}
	}
	write(0, 20, 64, "h264")
	write(20, 40, 80, "none")
	write(40, 60, 64, "h264")
	write(60, 61, 96, "none") // held back until the end
	if err := s.Close(); err != nil {
		t.Errorf("Close gives %v where the last size alone has no encoder", err)
	}
	if got := names(t, path); len(got) != 2 || lost != 12 {
		t.Errorf("%d frames are lost, files are %v", lost, got)
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are still held", n)
	}
}
