package file

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/file/recordindex"
	"framewire/sinks/internal/mux/muxtest"
)

// recordUntilKilled records frames as fast as the disk takes them, and says how many there are.
func recordUntilKilled(path string) {
	pool := pipeline.NewPool()
	env := pipeline.Env{
		Pipeline: "test", Log: hclog.NewNullLogger(), Pool: pool, Counters: new(pipeline.Counters), Control: pipeline.NewControl(), Note: func(string) {},
	}
	cfg := settings(path)
	if strings.Contains(path, "{seq}") {
		cfg.Segment.Every = time.Second
	}
	s := newSink(cfg, env)
	err := s.Open(context.Background())
	f := pipelinetest.Frame(pool, pipeline.JPEG(64, 48), 0)
	for n := 1; err == nil; n++ {
		f.PTS = time.Duration(n) * time.Second / 30
		err = s.Write(context.Background(), f)
		for !s.buf.Empty() {
			runtime.Gosched()
		}
		fmt.Println(n - 1) // the n-th is on its way
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// untilKilled runs a process that records to path and kills it when so many frames are on the disk. It gives how
// many there were in the end.
func untilKilled(t *testing.T, path string, frames int) (written int) {
	t.Helper()
	return muxtest.UntilKilled(t, killEnv+"="+path, frames)
}

// TestKilledRecordingPlays kills a process that records, and wants every frame that was on the disk.
func TestKilledRecordingPlays(t *testing.T) {
	for _, ext := range []string{".mkv", ".mp4", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "killed"+ext)
			written := untilKilled(t, path, 777)
			times, complaint := muxtest.FrameTimes(t, path)
			if len(times) < written {
				t.Fatalf("%d of %d frames play; %s", len(times), written, complaint)
			}
			step := time.Second / 30
			if last := times[written-1] - time.Duration(written-1)*step; last > step || last < -step {
				t.Errorf("frame %d plays at %s, wants about %s", written, times[written-1], time.Duration(written-1)*step)
			}
			if ext == ".mkv" {
				d := muxtest.Seconds(t, muxtest.Property(t, path, "format=duration"))
				if short := time.Duration(written)*step - d; short > time.Second {
					t.Errorf("duration %s is %s short", d, short)
				}
			}
		})
	}
}

// TestKilledAgainAndAgain kills recorders of one folder, each of which repairs what the one before has left, and
// wants all frames but those under way at a kill, once each.
func TestKilledAgainAndAgain(t *testing.T) {
	for _, ext := range []string{".mkv", ".mp4"} {
		t.Run(ext, func(t *testing.T) {
			dir := t.TempDir()
			cfg := settings(filepath.Join(dir, "{seq}"+ext))
			cfg.Segment.Every = time.Second
			r := rand.New(rand.NewPCG(1, 2))
			written := 0
			for range kills {
				written += untilKilled(t, cfg.Path, 1+r.IntN(200))
			}
			s := openWith(t, cfg, nil)
			s.mended.Wait()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			list, names := recordings(t, dir)
			if got := total(list); got < written || got > written+2*kills {
				t.Errorf("%d frames are there, %d were written, and %d may have been under way", got, written, 2*kills)
			}
			listed := index(t, dir)
			if len(listed) < len(names) {
				t.Errorf("%d files are listed, and there are %v", len(listed), names)
			}
			for i, name := range names {
				frames := list[i].Frames
				if !slices.ContainsFunc(listed, func(e recordindex.Entry) bool { return e.File == name && e.Frames == frames }) {
					t.Errorf("%s with %d frames is not listed", name, frames)
				}
			}
		})
	}
}
