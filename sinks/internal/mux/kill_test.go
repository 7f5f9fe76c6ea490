package mux

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/mux/muxtest"
)

// killEnv holds the path of the recording when the test binary runs as the process that is to be killed.
const killEnv = "FRAMEWIRE_TEST_MUX_UNTIL_KILLED"

// recordUntilKilled records frames as fast as it can and says after each how many there are.
func recordUntilKilled(path string) {
	f := frame(pipeline.NewPool(), 64, 48, 0)
	var m Muxer
	file, err := os.Create(path)
	if err == nil {
		m, err = create(filepath.Ext(path), file, f)
	}
	for n := 1; err == nil; n++ {
		if err = m.Write(f, (time.Duration(n-1) * time.Second / 30).Round(Tick)); err == nil {
			fmt.Println(n)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilled kills a process that records, in the first frames and later, and wants every frame whose Write
// had returned: as the kill has left the file, and repaired.
func TestKilled(t *testing.T) {
	for _, kind := range kinds() {
		for _, after := range []int{1, 5, 777} {
			t.Run(fmt.Sprint(after, kind), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "killed"+kind)
				written := muxtest.UntilKilled(t, killEnv+"="+path, after)
				times, complaint := muxtest.FrameTimes(t, path)
				if len(times) < written || len(times) > written+1 {
					t.Fatalf("%d frames play, %d were written; %s", len(times), written, complaint)
				}
				file, err := os.OpenFile(path, os.O_RDWR, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				s, err := Repair(file)
				if err != nil || int(s.Frames) < written || int(s.Frames) > written+1 {
					t.Fatalf("Repair says %+v, %v, %d frames were written", s, err, written)
				}
				muxtest.MustPlay(t, path, muxtest.Every(int(s.Frames), 30, 1), time.Millisecond)
			})
		}
	}
}
