package file

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
)

// TestClips marks frames with motion, and wants exactly those frames in each clip.
func TestClips(t *testing.T) {
	for _, c := range []struct {
		name      string
		pre, post int // frames
		motion    []int
		want      []string // first and last frame of each clip
	}{
		{"none", 5, 5, nil, nil},
		{"one", 5, 5, []int{20}, []string{"15-25"}},
		{"at the beginning", 5, 5, []int{0}, []string{"0-5"}},
		{"soon", 5, 5, []int{2}, []string{"0-7"}},
		{"at the end", 5, 5, []int{99}, []string{"94-99"}},
		{"without before", 0, 5, []int{20}, []string{"20-25"}},
		{"without after", 5, 0, []int{20}, []string{"15-20"}},
		{"two", 5, 5, []int{20, 60}, []string{"15-25", "55-65"}},
		{"one goes on", 5, 5, []int{20, 22, 27}, []string{"15-32"}},
		{"two touch", 5, 5, []int{20, 30}, []string{"15-35"}},
		{"two just touch", 5, 5, []int{20, 31}, []string{"15-36"}},
		{"two do not touch", 5, 5, []int{20, 32}, []string{"15-25", "27-37"}},
		{"without before they touch", 0, 5, []int{20, 26}, []string{"20-31"}},
		{"without before they do not", 0, 5, []int{20, 27}, []string{"20-25", "27-32"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, dir := inFolder(t, "{seq}.mkv")
				cfg.Trigger.Motion = true
				cfg.Prerecord, cfg.Postrecord = placeOf(c.pre), placeOf(c.post)
				b := newBench(t, cfg)
				for i := range 100 {
					b.frames(t, 1, func(f *pipeline.Frame) { f.Meta.Motion = slices.Contains(c.motion, i) })
				}
				if err := b.close(t); err != nil {
					t.Fatal(err)
				}
				var got []string
				if c.want != nil {
					for _, e := range index(t, dir) {
						first := int(e.Began.Sub(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)) / step)
						got = append(got, fmt.Sprintf("%d-%d", first, first+int(e.Frames)-1))
					}
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("clips are %v, wants %v", got, c.want)
				}
				if n := b.log.count("a clip begins: trigger=motion"); n != len(c.want) {
					t.Errorf("%d clips are told, wants %d:\n%s", n, len(c.want), b.log)
				}
				if _, names := recordings(t, dir); len(names) != len(c.want) {
					t.Errorf("files are %v", names)
				}
			})
		})
	}
}

// TestSignalBeginsClip triggers from outside, before there is a frame and later.
func TestSignalBeginsClip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "{seq}.mkv")
		cfg.Trigger.Signal = true
		cfg.Prerecord, cfg.Postrecord = placeOf(5), placeOf(5)
		b := newBench(t, cfg)
		fire := func(from string) {
			if !b.env.Control.Send(pipeline.Command{Action: pipeline.ActionTrigger, From: from}) {
				t.Error("nobody listens")
			}
			synctest.Wait()
		}
		fire("signal")
		b.frames(t, 50, nil)
		fire("key") // which is not configured
		fire("signal")
		b.frames(t, 25, nil)
		if got := names(t, filepath.Join(dir, "x")); !slices.Equal(got, []string{"000001.mkv", "000002.mkv", "index.jsonl"}) {
			t.Errorf("while it still records files are %v", got)
		}
		if err := b.close(t); err != nil {
			t.Fatal(err)
		}
		list := index(t, dir)
		if len(list) != 2 || list[0].Frames != 6 || list[1].Frames != 6+5 {
			t.Errorf("clips are %+v", list)
		}
	})
}

// TestPrerecordIsBounded has more frames before the trigger than the buffer holds.
func TestPrerecordIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "{seq}.mkv")
		cfg.Trigger.Motion, cfg.Buffer, cfg.Prerecord, cfg.Postrecord = true, leastBuffer, time.Hour, 0
		b := newBench(t, cfg)
		for i := range 100 {
			b.frames(t, 1, func(f *pipeline.Frame) {
				enlarge(f, 100_000)
				f.Meta.Motion = i == 99
			})
		}
		if err := b.close(t); err != nil {
			t.Fatal(err)
		}
		if list := index(t, dir); len(list) != 1 || list[0].Frames != 6 {
			t.Errorf("clips are %+v, wants one of the five frames that fit and the last", list)
		}
		if b.log.count("less than prerecord") != 1 {
			t.Errorf("it is not told:\n%s", b.log)
		}
	})
}

// TestStalledClip wants a clip finished that no frame comes for.
func TestStalledClip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "{seq}.mkv")
		cfg.Trigger.Motion, cfg.Prerecord = true, time.Second
		b := newBench(t, cfg)
		b.frames(t, 10, func(f *pipeline.Frame) { f.Meta.Motion = true })
		if got := strings.Join(names(t, filepath.Join(dir, "x")), " "); got != "000001.mkv.part" {
			t.Errorf("files are %s", got)
		}
		pass(25 * 25)
		if got := strings.Join(names(t, filepath.Join(dir, "x")), " "); got != "000001.mkv index.jsonl" {
			t.Errorf("when no frame has come for long files are %s", got)
		}
		if err := b.close(t); err != nil {
			t.Fatal(err)
		}
	})
}
