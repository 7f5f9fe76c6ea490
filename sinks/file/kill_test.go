package file

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// recordUntilKilled records frames as fast as it can and says after each how many there are.
func recordUntilKilled(path string) {
	pool := pipeline.NewPool()
	env := pipeline.Env{Pipeline: "test", Log: hclog.NewNullLogger(), Pool: pool, Counters: new(pipeline.Counters)}
	s, err := Spec().NewSink(&Config{Path: path}, env)
	if err == nil {
		err = s.Open(context.Background())
	}
	f := pipelinetest.Frame(pool, pipeline.JPEG(64, 48), 0)
	for n := 1; err == nil; n++ {
		f.PTS = time.Duration(n) * time.Second / 30
		if err = s.Write(context.Background(), f); err == nil {
			fmt.Println(n)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilledRecordingPlays kills a process that records, and wants every frame whose Write had returned.
func TestKilledRecordingPlays(t *testing.T) {
	for _, ext := range []string{".mkv", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "killed"+ext)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), killEnv+"="+path)
			cmd.Stderr = os.Stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			written := 0
			lines := bufio.NewScanner(stdout)
			for lines.Scan() {
				if written, err = strconv.Atoi(strings.TrimSpace(lines.Text())); err != nil {
					t.Errorf("the process says %q", lines.Text())
				}
				if written == 777 {
					_ = cmd.Process.Kill() // lines that it has printed before are still read
				}
			}
			_ = cmd.Wait()
			if written < 777 {
				t.Fatalf("the process ended by itself after %d frames", written)
			}
			times, complaint := frameTimes(t, path)
			if len(times) < written {
				t.Errorf("%d of %d frames play; %s", len(times), written, complaint)
			}
			step := time.Second / 30
			if last := times[written-1] - time.Duration(written-1)*step; last > step || last < -step {
				t.Errorf("frame %d plays at %s, wants about %s", written, times[written-1], time.Duration(written-1)*step)
			}
			if ext == ".mkv" {
				d := seconds(t, property(t, path, "format=duration"))
				if short := time.Duration(written)*step - d; short > time.Second {
					t.Errorf("duration %s is %s short", d, short)
				}
			}
		})
	}
}
