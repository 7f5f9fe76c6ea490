package file

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sources/file/demux/demuxtest"
	"framewire/sources/internal/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// written gives the path of a new file with that content.
func written(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// ffmpeg makes a clip, or skips the test on a machine without ffmpeg.
func ffmpeg(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	run(t, "ffmpeg", append(append([]string{"-v", "error", "-nostdin", "-y"}, args...), path)...)
	return path
}

// run gives what a program prints.
func run(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("needs %s", program)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, errs.String())
	}
	return out.Bytes()
}

// playing gives an opened source for a clip, with pace fast, and closes it at the end of the test, when
// no frame may be left over.
func playing(t testing.TB, path string, want ...pipeline.Format) *source {
	t.Helper()
	cfg := Defaults()
	cfg.Path, cfg.Pace = path, pace.Fast
	s, err := opened(t, cfg, want...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testEnv is what the engine gives, without a word in the log.
func testEnv() pipeline.Env {
	return pipeline.Env{
		Pipeline: "test", Log: hclog.NewNullLogger(), Pool: pipeline.NewPool(), Counters: &pipeline.Counters{},
		Control: pipeline.NewControl(), Note: func(string) {},
	}
}

func opened(t testing.TB, cfg Config, want ...pipeline.Format) (*source, error) {
	t.Helper()
	env := testEnv()
	env.Want = want
	s := newSource(cfg, env)
	if err := s.Open(t.Context()); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if n := env.Pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
	return s, nil
}

// picture is what a test looks at of a frame.
type picture struct {
	data   []byte
	pts    time.Duration
	format pipeline.Format
	meta   pipeline.Meta
}

// pictures reads to the end.
func pictures(t testing.TB, s *source) []picture {
	t.Helper()
	var list []picture
	for {
		f, err := s.Read(t.Context())
		if errors.Is(err, pipeline.ErrEnd) {
			return list
		}
		if err != nil {
			t.Fatalf("picture %d: %v", len(list), err)
		}
		if err := f.Format.Check(len(f.Data)); err != nil {
			t.Fatalf("picture %d: %v", len(list), err)
		}
		list = append(list, picture{bytes.Clone(f.Data), f.PTS, f.Format, f.Meta})
		f.Release()
	}
}

func TestConformance(t *testing.T) {
	for name, content := range map[string][]byte{
		"clip.avi":   demuxtest.AVI(demuxtest.Photos(t, 30), demuxtest.AVIOptions{}),
		"clip.mkv":   demuxtest.Matroska(demuxtest.Photos(t, 30), demuxtest.MatroskaOptions{}),
		"clip.mp4":   demuxtest.MP4(demuxtest.Photos(t, 30), 1),
		"clip.mjpeg": bytes.Join(demuxtest.Photos(t, 30), nil),
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t, name, content)
			pipelinetest.Source(t, pipelinetest.SourceCase{
				Spec: Spec(),
				Configure: func(_ *testing.T, cfg any) {
					c := cfg.(*Config)
					c.Path, c.Pace = path, pace.Fast
				},
				Frames: 30,
			})
		})
	}
}

func TestConfig(t *testing.T) {
	cfg := Defaults()
	if err := cfg.Validate(); err == nil || err.Error() != "path: is missing (name a video file, such as clip.mp4, a folder of recordings or a URL)" {
		t.Errorf("no path: %v", err)
	}
	if err := cfg.Pace.UnmarshalText([]byte("quick")); err == nil || err.Error() != `"quick" is none of realtime, fast` {
		t.Errorf("pace: %v", err)
	}
	if err := cfg.Passthrough.UnmarshalText([]byte("on")); err == nil || err.Error() != `"on" is none of auto, off` {
		t.Errorf("passthrough: %v", err)
	}
	if cfg != Defaults() {
		t.Error("a refused word was taken")
	}
	cfg.Path = "clip.mp4"
	if err := errors.Join(cfg.Validate(), cfg.Pace.UnmarshalText([]byte("fast")), cfg.Passthrough.UnmarshalText([]byte("off"))); err != nil {
		t.Error(err)
	}
	if cfg.Pace != pace.Fast || cfg.Passthrough != Off {
		t.Errorf("got %+v", cfg)
	}
}

func BenchmarkPassthrough(b *testing.B) {
	clips, size := demuxtest.Long(b)
	for name, content := range clips {
		b.Run(name, func(b *testing.B) {
			cfg := Defaults()
			cfg.Path, cfg.Pace, cfg.Loop = written(b, "clip", content), pace.Fast, true
			s, err := opened(b, cfg)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				f, err := s.Read(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
		})
	}
}

func TestConfigErrors(t *testing.T) {
	for want, c := range map[string]Config{
		"start: -1s is below zero (0s is the first picture)":                                        {Path: "x", Speed: 1, Start: -time.Second},
		"speed: 17 is not between 0.0625 and 16 (1 is the clip's own, 2 twice as fast)":             {Path: "x", Speed: 17},
		"speed: 0 is not between 0.0625 and 16 (1 is the clip's own, 2 twice as fast)":              {Path: "x"},
		"speed: NaN is not between 0.0625 and 16 (1 is the clip's own, 2 twice as fast)":            {Path: "x", Speed: math.NaN()},
		"path: unknown kind of URL \"gopher://\" (known are " + strings.Join(schemes(), ", ") + ")": {Path: "gopher://x", Speed: 1},
	} {
		if err := c.Validate(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
