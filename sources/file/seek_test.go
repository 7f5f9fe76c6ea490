package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"

	"framewire/sinks/file/recordindex"
)

// mp4Clip writes images as fragmented MP4, perFragment in each, 40 ms from one to the next.
func mp4Clip(images [][]byte, perFragment int) []byte {
	be := binary.BigEndian
	u32 := func(v ...uint32) (out []byte) {
		for _, n := range v {
			out = be.AppendUint32(out, n)
		}
		return out
	}
	entry := append(make([]byte, 78), box("esds", append(u32(0), 3, 0x80, 0x80, 0x80, 21, 0, 1, 0, 4, 13, 0x6C, 0x11)...)...)
	tkhd := append(u32(7, 0, 0, 1, 0, 0, 0, 0, 0, 0), u32(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30, 32<<16, 16<<16)...)
	moov := box("moov", bytes.Join([][]byte{
		box("mvhd", append(u32(0, 0, 0, 1000), u32(0)...)...),
		box("trak", bytes.Join([][]byte{
			box("tkhd", tkhd...),
			box("mdia", bytes.Join([][]byte{
				box("mdhd", u32(0, 0, 0, 90000, 0, 0)...),
				box("hdlr", append(u32(0, 0), "vide\x00\x00\x00\x00"...)...),
				box("minf", box("stbl", box("stsd", append(u32(0, 1), box("mp4v", entry...)...)...)...)...),
			}, nil)...),
		}, nil)...),
		box("mvex", append(box("mehd", u32(0, uint32(40*len(images)))...), box("trex", u32(0, 1, 1, 3600, 0, 0)...)...)...),
	}, nil)...)
	out := append(box("ftyp", []byte("isom")...), moov...)
	for start := 0; start < len(images); start += perFragment {
		part := images[start:min(start+perFragment, len(images))]
		trun := u32(0x201, uint32(len(part)), 0)
		for _, image := range part {
			trun = append(trun, u32(uint32(len(image)))...)
		}
		traf := append(box("tfhd", u32(0x020000, 1)...), box("tfdt", append([]byte{1, 0, 0, 0}, be.AppendUint64(nil, uint64(3600*start))...)...)...)
		traf = append(traf, box("trun", trun...)...)
		moof := box("moof", append(box("mfhd", u32(0, uint32(start))...), box("traf", traf...)...)...)
		be.PutUint32(moof[len(moof)-4*len(part)-4:], uint32(len(moof)+8)) // data offset
		out = append(append(out, moof...), box("mdat", bytes.Join(part, nil)...)...)
	}
	return append(out, box("mfra", make([]byte, 16)...)...)
}

// mp4Indexed is mp4Clip with an index at its end, which may be wrong by some bytes.
func mp4Indexed(images [][]byte, perFragment int, wrong uint64) []byte {
	be := binary.BigEndian
	out := mp4Clip(images, perFragment)
	out = out[:len(out)-24]
	tfra := append([]byte{1, 0, 0, 0}, 0, 0, 0, 1, 0, 0, 0, 0)
	tfra = be.AppendUint32(tfra, uint32((len(images)+perFragment-1)/perFragment))
	n := 0
	for at := 0; at < len(out); at += int(be.Uint32(out[at:])) {
		if string(out[at+4:at+8]) == "moof" {
			tfra = be.AppendUint64(tfra, uint64(3600*perFragment*n))
			tfra = append(be.AppendUint64(tfra, uint64(at)+wrong), 1, 1, 1)
			n++
		}
	}
	mfra := box("tfra", tfra...)
	mfra = append(mfra, box("mfro", be.AppendUint32(make([]byte, 4), uint32(8+len(mfra)+16))...)...)
	return append(out, box("mfra", mfra...)...)
}

// searchable are clips of those pictures, 40 ms apart, that can be searched, and one that has to be walked through.
func searchable(p [][]byte) map[string][]byte {
	return map[string][]byte{
		"clip.mkv":     matroskaClip(p, matroskaOptions{cues: true, perCluster: 12}),
		"unknown.mkv":  matroskaClip(p, matroskaOptions{unknown: true, groups: true, perCluster: 40}),
		"one.mkv":      matroskaClip(p, matroskaOptions{perCluster: 700}),
		"late.mkv":     matroskaClip(p, matroskaOptions{begins: 5000}),
		"badcues.mkv":  matroskaClip(p, matroskaOptions{cues: true, cueShift: 3}),
		"clip.avi":     aviClip(p, aviOptions{second: 70, audio: true}),
		"indexed.avi":  aviClip(p, aviOptions{index: 1, audio: true}),
		"absolute.avi": aviClip(p, aviOptions{index: 2}),
		"wrong.avi":    aviClip(p, aviOptions{index: 3}),
		"clip.mp4":     mp4Clip(p, 1),
		"indexed.mp4":  mp4Indexed(p, 1, 0),
		"wrong.mp4":    mp4Indexed(p, 4, 7),
		"several.mp4":  mp4Clip(p, 9),
		"counted.mjpg": bytes.Join(p, nil),
	}
}

// numbered gives n JPEG images that tell their number.
func numbered(t testing.TB, n int) [][]byte {
	images := make([][]byte, n)
	base := photo(t, 0)
	for i := range images {
		note := binary.BigEndian.AppendUint32([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, 6}, uint32(i))
		images[i] = append(note, base[2:]...)
	}
	return images
}

func numberOf(data []byte) int { return int(binary.BigEndian.Uint32(data[6:])) }

func shownNow(t *testing.T, s *source) (number int, pts time.Duration) {
	t.Helper()
	f, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	return numberOf(f.Data), f.PTS
}

// Seeking comes to the picture itself, in every container, forward and back, and time goes on.
func TestSeek(t *testing.T) {
	const n = 300 // of 12 s
	for name, content := range searchable(numbered(t, n)) {
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
	s := playing(t, written(t, "clip.mkv", matroskaClip(numbered(t, 200), matroskaOptions{})))
	shownNow(t, s)
	for _, by := range []float64{2, 2, 2, -1} {
		s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: by})
	}
	if number, _ := shownNow(t, s); number != 125 {
		t.Errorf("number %d, want 125", number)
	}
}

func TestStart(t *testing.T) {
	for name, content := range searchable(numbered(t, 100)) {
		for start, want := range map[time.Duration]int{2 * time.Second: 50, time.Hour: 99, 3 * ms: 0, 36 * ms: 1} {
			cfg := Defaults()
			cfg.Path, cfg.Pace, cfg.Start = written(t, name, content), Fast, start
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
// An index is used where it is right, and only there: a long recording on a slow disk cannot be walked through.
func TestIndexIsRead(t *testing.T) {
	p := numbered(t, 100)
	for name, want := range map[string]bool{
		"clip.mkv": true, "badcues.mkv": false, "indexed.avi": true, "absolute.avi": true, "wrong.avi": false,
		"indexed.mp4": true, "wrong.mp4": false, "clip.mp4": false,
	} {
		d, err := openDemuxer(newTape(bytes.NewReader(searchable(p)[name]), bufferSize))
		if err != nil {
			t.Fatal(err)
		}
		known := 0
		switch d := d.(type) {
		case *matroska:
			known = len(newMatroskaIndex(d).known)
		case *avi:
			known = len(d.references())
		case *fragments:
			known = len(d.references())
		}
		if want && known < 3 || !want && known != 0 {
			t.Errorf("%s: %d places are known from its index, want some: %t", name, known, want)
		}
	}
}

func TestSeekInWhatACrashLeft(t *testing.T) {
	for name, content := range searchable(numbered(t, 100)) {
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
	p := numbered(t, n*len(names))
	for i, name := range names {
		content := matroskaClip(p[i*n:(i+1)*n], matroskaOptions{})
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
		if numberOf(p.data) != i || p.pts != time.Duration(i)*40*ms {
			t.Fatalf("picture %d: number %d at %s", i, numberOf(p.data), p.pts)
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
		if got[i].pts != want || numberOf(got[i].data) != i {
			t.Errorf("picture %d: number %d at %s, want %s", i, numberOf(got[i].data), got[i].pts, want)
		}
	}
}

// What is recorded while the folder plays is played too, and a folder begins again as a whole.
func TestFolderGrowsAndLoops(t *testing.T) {
	dir := folderOf(t, 3, "1.mkv")
	cfg := Defaults()
	cfg.Path, cfg.Pace, cfg.Loop, cfg.Start = dir, Fast, true, 40*ms
	s, err := opened(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 2, 40, 1, 2} {
		if i == 2 {
			more := matroskaClip(numbered(t, 41)[40:], matroskaOptions{})
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
	if n := len(got); n < 45 || n > 55 || numberOf(got[n-1].data) != 59 {
		t.Errorf("%d pictures", n)
	}
}

// BenchmarkSeek jumps about in an hour of 25 pictures a second, which nobody has looked at before.
func BenchmarkSeek(b *testing.B) {
	const hour = 25 * 3600
	p := make([][]byte, hour)
	for i, image := range numbered(b, 100) {
		for ; i < hour; i += 100 {
			p[i] = image
		}
	}
	for name, content := range map[string][]byte{
		"mkv": matroskaClip(p, matroskaOptions{perCluster: 12}), "mkv with cues": matroskaClip(p, matroskaOptions{perCluster: 12, cues: true}),
		"mp4": mp4Clip(p, 1), "mp4 with mfra": mp4Indexed(p, 1, 0), "avi": aviClip(p, aviOptions{}), "avi with idx1": aviClip(p, aviOptions{index: 1}),
	} {
		path := written(b, "clip", content)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cfg := Defaults()
				cfg.Path, cfg.Pace, cfg.Start = path, Fast, 50*time.Minute
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
