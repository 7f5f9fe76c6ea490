package file

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sinks/file/recordindex"
	"framewire/sources/file/demux/demuxtest"
	"framewire/sources/internal/pace"
)

func shownNow(t *testing.T, s *source) (number int, pts time.Duration) {
	t.Helper()
	f, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	return demuxtest.NumberOf(f.Data), f.PTS
}

// Seeking comes to the picture itself, in every container, forward and back, and time goes on.
func TestSeek(t *testing.T) {
	const n = 300 // of 12 s
	for name, content := range demuxtest.Searchable(demuxtest.Numbered(t, n)) {
		t.Run(name, func(t *testing.T) {
			s := playing(t, written(t, name, content))
			r := rand.New(rand.NewPCG(1, 2))
			at, last := 0, time.Duration(-1)
			for range 60 {
				number, pts := shownNow(t, s)
				if number != at || pts <= last {
					t.Fatalf("picture %d at %s, want number %d after %s", number, pts, at, last)
				}
				last = pts
				to := r.IntN(n + 40)
				s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: float64(to-at) * 0.04})
				at = min(to, n-1)
			}
			s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: -1000})
			for i := range 3 {
				if number, _ := shownNow(t, s); number != i {
					t.Errorf("from the beginning: number %d, want %d", number, i)
				}
			}
		})
	}
}

// Keys that are pressed faster than pictures come add up.
func TestSeeksAddUp(t *testing.T) {
	s := playing(t, written(t, "clip.mkv", demuxtest.Matroska(demuxtest.Numbered(t, 200), demuxtest.MatroskaOptions{})))
	shownNow(t, s)
	for _, by := range []float64{2, 2, 2, -1} {
		s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: by})
	}
	if number, _ := shownNow(t, s); number != 125 {
		t.Errorf("number %d, want 125", number)
	}
}

func TestStart(t *testing.T) {
	for name, content := range demuxtest.Searchable(demuxtest.Numbered(t, 100)) {
		for start, want := range map[time.Duration]int{2 * time.Second: 50, time.Hour: 99, 3 * ms: 0, 36 * ms: 1} {
			cfg := Defaults()
			cfg.Path, cfg.Pace, cfg.Start = written(t, name, content), pace.Fast, start
			s, err := opened(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if number, pts := shownNow(t, s); number != want || pts != 0 {
				t.Errorf("%s from %s: number %d at %s, want %d at 0s", name, start, number, pts, want)
			}
		}
	}
}

// A clip that is cut off or damaged behind the place is searched as far as it goes.
func TestSeekInWhatACrashLeft(t *testing.T) {
	for name, content := range demuxtest.Searchable(demuxtest.Numbered(t, 100)) {
		if name == "counted.mjpg" {
			continue
		}
		for cut := len(content) / 3; cut < len(content); cut += len(content) / 17 {
			path := written(t, name, content[:cut])
			whole := len(pictures(t, playing(t, path)))
			s := playing(t, path)
			shownNow(t, s)
			s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: 100})
			if number, _ := shownNow(t, s); number != whole-1 {
				t.Errorf("%s cut off at %d: number %d, want the last of %d", name, cut, number, whole)
			}
		}
	}
}

// folderOf writes clips of n pictures each, whose numbers go on, and the recorder's index of them.
func folderOf(t testing.TB, n int, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	p := demuxtest.Numbered(t, n*len(names))
	for i, name := range names {
		content := demuxtest.Matroska(p[i*n:(i+1)*n], demuxtest.MatroskaOptions{})
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSeekAcrossSegments(t *testing.T) {
	s := playing(t, folderOf(t, 50, "1.mkv", "2.mkv", "10.mkv", "day 2/1.mkv"))
	at := 0
	for _, by := range []float64{1, 3, 3, -5, -1, 2, 100, -100, 0.04, 1.96, -0.04} {
		if number, _ := shownNow(t, s); number != at {
			t.Fatalf("number %d, want %d", number, at)
		}
		s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: by})
		at = min(max(at+int(by*25), 0), 199)
	}
	if number, _ := shownNow(t, s); number != at {
		t.Fatalf("number %d, want %d", number, at)
	}
}

func TestFolderPlaysInOrder(t *testing.T) {
	dir := folderOf(t, 5, "9.mkv", "10.mkv", "10-1.mkv", "a/1.mkv", "a/b/1.mkv")
	for _, name := range []string{"0.mkv.part", ".hidden.mkv", "notes.txt", "index.jsonl"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{torn"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "10b.mkv"), nil, 0o644); err != nil { // broken: left out
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "10.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "1.part.mkv"), data, 0o644); err != nil { // would play, but is not finished
		t.Fatal(err)
	}
	got := pictures(t, playing(t, dir))
	if len(got) != 25 {
		t.Fatalf("%d pictures, want 25", len(got))
	}
	for i, p := range got {
		if demuxtest.NumberOf(p.data) != i || p.pts != time.Duration(i)*40*ms {
			t.Fatalf("picture %d: number %d at %s", i, demuxtest.NumberOf(p.data), p.pts)
		}
	}
}

// The recorder's index tells the order and the gaps.
func TestFolderWithIndex(t *testing.T) {
	dir := folderOf(t, 5, "c.mkv", "a.mkv", "b.mkv", "0.mkv")
	index := `{"file":"a.mkv","began":"2026-11-23T10:00:00.240Z","seconds":0.2}
{"file":"c.mkv","began":"2026-11-23T10:00:00Z","seconds":0.2}
{"file":"gone.mkv","began":"2026-11-23T09:00:00Z"}
{"file":"b.mkv","began":"2026-11-23T11:00:00Z","seconds":0.2}
{"file":"0.mkv","beg`
	if err := os.WriteFile(filepath.Join(dir, recordindex.Name), []byte(index), 0o644); err != nil {
		t.Fatal(err)
	}
	got := pictures(t, playing(t, dir))
	if len(got) != 20 {
		t.Fatalf("%d pictures, want 20", len(got))
	}
	for i, want := range map[int]time.Duration{4: 160 * ms, 5: 240 * ms, 9: 400 * ms, 10: 1400 * ms, 15: 1600 * ms} {
		if got[i].pts != want || demuxtest.NumberOf(got[i].data) != i {
			t.Errorf("picture %d: number %d at %s, want %s", i, demuxtest.NumberOf(got[i].data), got[i].pts, want)
		}
	}
}

// What is recorded while the folder plays is played too, and a folder begins again as a whole.
func TestFolderGrowsAndLoops(t *testing.T) {
	dir := folderOf(t, 3, "1.mkv")
	cfg := Defaults()
	cfg.Path, cfg.Pace, cfg.Loop, cfg.Start = dir, pace.Fast, true, 40*ms
	s, err := opened(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 2, 40, 1, 2} {
		if i == 2 {
			more := demuxtest.Matroska(demuxtest.Numbered(t, 41)[40:], demuxtest.MatroskaOptions{})
			if err := os.WriteFile(filepath.Join(dir, "3.mkv"), more, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if number, _ := shownNow(t, s); number != want {
			t.Fatalf("picture %d: number %d, want %d", i, number, want)
		}
	}
}

func TestFolderWithoutPlayableVideos(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"1.mkv", "2.mkv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("nothing"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cfg := Defaults()
	cfg.Path = dir
	cfg.Loop = true
	if _, err := opened(t, cfg); err == nil || err.Error() != dir+": none of its 2 videos can be played" || errors.Is(err, pipeline.ErrLost) {
		t.Errorf("got %v", err)
	}
}

// A recording that is damaged in the middle does not keep the others of the folder from being played.
func TestFolderWithDamage(t *testing.T) {
	dir := folderOf(t, 20, "1.mkv", "2.mkv", "3.mkv")
	path := filepath.Join(dir, "2.mkv")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clear(content[len(content)/2:])
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	got := pictures(t, playing(t, dir))
	if n := len(got); n < 45 || n > 55 || demuxtest.NumberOf(got[n-1].data) != 59 {
		t.Errorf("%d pictures", n)
	}
}

// BenchmarkSeek jumps about in an hour of 25 pictures a second, which nobody has looked at before.
func BenchmarkSeek(b *testing.B) {
	const hour = 25 * 3600
	p := make([][]byte, hour)
	for i, image := range demuxtest.Numbered(b, 100) {
		for ; i < hour; i += 100 {
			p[i] = image
		}
	}
	for name, content := range map[string][]byte{
		"mkv": demuxtest.Matroska(p, demuxtest.MatroskaOptions{PerCluster: 12}), "mkv with cues": demuxtest.Matroska(p, demuxtest.MatroskaOptions{PerCluster: 12, Cues: true}),
		"mp4": demuxtest.MP4(p, 1), "mp4 with mfra": demuxtest.MP4Indexed(p, 1, 0), "avi": demuxtest.AVI(p, demuxtest.AVIOptions{}), "avi with idx1": demuxtest.AVI(p, demuxtest.AVIOptions{Index: 1}),
	} {
		path := written(b, "clip", content)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cfg := Defaults()
				cfg.Path, cfg.Pace, cfg.Start = path, pace.Fast, 50*time.Minute
				s := newSource(cfg, testEnv())
				if err := s.Open(b.Context()); err != nil {
					b.Fatal(err)
				}
				f, err := s.Read(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
