package file

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/sinks/file/recordindex"
	"framewire/sinks/internal/mux/muxtest"
)

// index reads the list in a folder.
func index(t *testing.T, dir string) (list []recordindex.Entry) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, recordindex.Name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var e recordindex.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

// TestSegments wants every frame in exactly one file, at its time.
func TestSegments(t *testing.T) {
	for _, c := range []struct {
		ext     string
		segment Segment
		files   int
	}{
		{".mkv", Segment{Every: 2 * time.Second}, 5},
		{".mp4", Segment{Every: 2 * time.Second}, 5},
		{".avi", Segment{Every: 2 * time.Second}, 5},
		{".mkv", Segment{Bytes: 70_000}, 0},
		{".mp4", Segment{Bytes: 70_000}, 0},
		{".mkv", Segment{Every: 3 * time.Second, Bytes: 1 << 30}, 4},
	} {
		t.Run(strings.Trim(fmt.Sprint(c.segment), "{}")+c.ext, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, dir := inFolder(t, "{date}/{time}"+c.ext)
				cfg.Segment = c.segment
				b := newBench(t, cfg)
				if got := b.frames(t, 250, nil); got != 250 {
					t.Fatalf("%d frames were taken", got)
				}
				if err := b.close(t); err != nil {
					t.Fatal(err)
				}
				_, names := recordings(t, dir)
				if c.files > 0 && len(names) != c.files || len(names) < 4 {
					t.Errorf("files are %v", names)
				}
				folder := filepath.Join(dir, time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC).Local().Format(time.DateOnly))
				next := 0
				for _, e := range index(t, folder) {
					path := filepath.Join(folder, e.File)
					if want := placeOf(next); e.Began.Sub(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)) != want {
						t.Errorf("%s began at %s, wants %s", e.File, e.Began, want)
					}
					info, err := os.Stat(path)
					if err != nil || info.Size() != e.Bytes || c.segment.Bytes > 0 && e.Bytes > int64(c.segment.Bytes)+5000 {
						t.Errorf("%s: %d bytes in the index, %v", e.File, e.Bytes, err)
					}
					if e.Format != "jpeg" || e.Width != 64 || e.Height != 48 || e.Seconds != placeOf(int(e.Frames)).Seconds() {
						t.Errorf("the index has %+v", e)
					}
					times, _ := muxtest.FrameTimes(t, path) // it complains about some of so small pictures
					if uint64(len(times)) != e.Frames {
						t.Errorf("%s plays %d frames, wants %d", e.File, len(times), e.Frames)
					}
					for i, at := range times {
						if off := at - placeOf(i); off > time.Millisecond || off < -time.Millisecond {
							t.Fatalf("%s: frame %d plays at %s", e.File, i, at)
						}
					}
					next += len(times)
				}
				if next != 250 {
					t.Errorf("%d frames are in all files, wants 250", next)
				}
			})
		})
	}
}

// TestSegmentsDoNotDrift has frames come just before the end of each segment.
func TestSegmentsDoNotDrift(t *testing.T) {
	cfg, dir := inFolder(t, "rec-{seq}.mkv")
	cfg.Segment.Every = time.Second
	s := openWith(t, cfg, nil)
	pool := pipeline.NewPool()
	for i := range 40 {
		f := at(pool, pipeline.JPEG(64, 48), i, time.Duration(i)*300*time.Millisecond)
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for n, e := range index(t, dir) {
		begun := e.Began.Sub(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC))
		if planned := time.Duration(n) * time.Second; begun < planned || begun-planned >= 300*time.Millisecond {
			t.Errorf("segment %d begins at %s", n, begun)
		}
	}
}

// TestUnfinishedName looks at the folder while a segment is written.
func TestUnfinishedName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "{seq}.mkv")
		cfg.Segment.Every = 2 * time.Second
		b := newBench(t, cfg)
		if err := os.WriteFile(filepath.Join(dir, "000002.mkv"), []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.frames(t, 60, nil)
		if got, want := names(t, filepath.Join(dir, "x")), []string{"000001.mkv", "000002.mkv", "000003.mkv.part", "index.jsonl"}; !slices.Equal(got, want) {
			t.Errorf("files are %v, wants %v", got, want)
		}
		if n := b.log.count("the name is taken"); n != 0 { // numbers are what the path asks for
			t.Errorf("a number is told %d times:\n%s", n, b.log)
		}
		if times, _ := muxtest.FrameTimes(t, filepath.Join(dir, "000003.mkv.part")); len(times) != 10 {
			t.Errorf("%d frames of the open segment play, wants 10", len(times))
		}
		// Somebody takes the name meanwhile.
		if err := os.WriteFile(filepath.Join(dir, "000003.mkv"), []byte("precious too"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.close(t); err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, filepath.Join(dir, "x")), []string{"000001.mkv", "000002.mkv", "000003.mkv", "000004.mkv", "index.jsonl"}; !slices.Equal(got, want) {
			t.Errorf("files are %v, wants %v", got, want)
		}
		if data, err := os.ReadFile(filepath.Join(dir, "000003.mkv")); err != nil || string(data) != "precious too" {
			t.Errorf("the other file holds %q, %v", data, err)
		}
		if list := index(t, dir); len(list) != 2 || list[1].File != "000004.mkv" {
			t.Errorf("listed are %+v", list)
		}
	})
}

// TestStalledSegment wants a segment finished that no frame comes for.
func TestStalledSegment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "{seq}.mkv")
		cfg.Segment.Every = 5 * time.Second
		b := newBench(t, cfg)
		b.frames(t, 10, nil)
		pass(12 * 25)
		if got := names(t, filepath.Join(dir, "x")); !slices.Equal(got, []string{"000001.mkv", "index.jsonl"}) {
			t.Errorf("files are %v", got)
		}
		b.frames(t, 10, nil)
		if err := b.close(t); err != nil {
			t.Error(err)
		}
		if list, _ := recordings(t, dir); len(list) != 2 || total(list) != 20 {
			t.Errorf("recordings are %+v", list)
		}
	})
}

// TestKeep wants old segments removed while it records, and never the open one.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "{date}/{time}.mkv")
		cfg.Segment.Every, cfg.Keep.Age = 2*time.Second, 365*24*time.Hour
		cfg.Keep.Bytes = 1_000_000
		b := newBench(t, cfg)
		b.frames(t, 25*25, func(f *pipeline.Frame) {
			f.Captured = time.Now()
			enlarge(f, 10_000)
		})
		pass(25)
		sum, before := int64(0), 0
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if info, fault := e.Info(); fault == nil && !e.IsDir() && e.Name() != recordindex.Name {
				sum += info.Size()
				before++
			}
			return err
		})
		if err != nil || sum > int64(cfg.Keep.Bytes) || before < 2 {
			t.Errorf("%d files have %d bytes, %v", before, sum, err)
		}
		if n := b.log.count("old recordings removed"); n < 3 {
			t.Errorf("it is told %d times:\n%s", n, b.log)
		}
		if err := b.close(t); err != nil {
			t.Error(err)
		}
	})
}

// TestForecastIsNoted reads what stands in the status line.
func TestForecastIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, _ := inFolder(t, "rec.mkv")
		b := newBench(t, cfg)
		b.disk.mu.Lock()
		b.disk.free = 100_000_000_000 // 50 kB a second
		b.disk.mu.Unlock()
		b.frames(t, 10*25, func(f *pipeline.Frame) { enlarge(f, 2000) })
		if err := b.close(t); err != nil {
			t.Error(err)
		}
		if notes := b.noted(); len(notes) == 0 || notes[len(notes)-1] != "disk full in 22 d" {
			t.Errorf("notes are %q", notes)
		}
	})
}
