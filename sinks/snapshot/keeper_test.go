package snapshot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/filesystem"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/store"
)

func TestKeeperConformance(t *testing.T) {
	pipelinetest.Keeper(t, pipelinetest.KeeperCase{
		Spec:      Spec(),
		Configure: func(t *testing.T, cfg any) { cfg.(*Config).Dir = t.TempDir() },
		Limit:     func(cfg any, photos int) { cfg.(*Config).MaxFiles = photos },
		Parts:     true,
	})
}

// send writes a frame of that codec and gives the offer that was made of it.
func (s *shots) send(codec pipeline.Codec, data []byte, meta pipeline.Meta) (pipeline.Offer, error) {
	s.t.Helper()
	f := s.pool.Get(len(data))
	defer f.Release()
	copy(f.Data, data)
	f.Format, f.Meta = pipeline.AnyFile, meta
	if codec == pipeline.CodecJPEG {
		f.Format = pipeline.JPEG(64, 48)
	}
	f.Lossless, f.Confirm, f.Key = true, true, true
	o := pipeline.Offer{Meta: meta, Format: f.Format, Size: int64(len(data)), Sum: sha256.Sum256(data)}
	return o, s.Write(s.t.Context(), f)
}

func (s *shots) has(o pipeline.Offer, want bool) {
	s.t.Helper()
	if have, err := s.Sink.(pipeline.Keeper).Have(s.t.Context(), o); have != want || err != nil {
		s.t.Errorf("Have of %q gives %t, %v, wants %t", o.Meta.Name, have, err, want)
	}
}

// tree lists the files below the folder.
func (s *shots) tree() (list []string) {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(s.dir, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func jpeg(t *testing.T, seq uint64) []byte {
	t.Helper()
	f := pipelinetest.Frame(pipeline.NewPool(), pipeline.JPEG(64, 48), seq)
	defer f.Release()
	return bytes.Clone(f.Data)
}

func TestFilesAndFolders(t *testing.T) {
	s := open(t, func(*Config) {})
	for i, c := range []struct {
		codec      pipeline.Codec
		name, want string
	}{
		{pipeline.CodecFile, "2024/May/IMG 1.HEIC", "2024/May/IMG 1.HEIC"},
		{pipeline.CodecFile, "2024/May/IMG 1.xmp", "2024/May/IMG 1.xmp"},
		{pipeline.CodecFile, "README", "README"},
		{pipeline.CodecFile, "a.jpg", "a.jpg"},
		{pipeline.CodecJPEG, "2024/May/IMG 1.JPG", "2024/May/IMG 1.JPG"},
		{pipeline.CodecJPEG, "2024/scan.tiff", "2024/scan.jpg"},
		{pipeline.CodecJPEG, `c:\photos\..\..\x.jpeg`, "photos/x.jpeg"},
		{pipeline.CodecJPEG, "sub/../../etc/cron.d/x", "sub/etc/cron.d/x.jpg"},
	} {
		data := jpeg(t, uint64(i))
		if c.codec == pipeline.CodecFile {
			data = fmt.Append(nil, "file ", i)
		}
		o, err := s.send(c.codec, data, pipeline.Meta{Name: c.name})
		if err != nil {
			t.Errorf("%q: %v", c.name, err)
			continue
		}
		if got, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(c.want))); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%q: %s does not hold the bytes sent (%v)", c.name, c.want, err)
		}
		s.has(o, true)
	}
	if got := s.tree(); len(got) != 8 {
		t.Errorf("files are %v, wants 8", got)
	}
}

func TestFilesWithAPattern(t *testing.T) {
	s := open(t, func(c *Config) { c.Name = "in/{photo}" })
	o, err := s.send(pipeline.CodecFile, []byte("movie"), pipeline.Meta{Name: "x/clip.MOV"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "in", "clip.MOV")); err != nil {
		t.Error(err)
	}
	s.has(o, true)
}

// TestOrientation has a photo that was encoded anew told how to be turned, and is found again.
func TestOrientation(t *testing.T) {
	plain := jpeg(t, 1)
	own := append(append(bytes.Clone(plain[:2]), picture.Orientation(180)...), plain[2:]...)
	for _, c := range []struct {
		name  string
		codec pipeline.Codec
		turn  int
		sent  []byte
		adds  bool
	}{
		{"upright.jpg", pipeline.CodecJPEG, 0, plain, false},
		{"turned.jpg", pipeline.CodecJPEG, 90, plain, true},
		{"its own.jpg", pipeline.CodecJPEG, 180, own, false},
		{"file.jpg", pipeline.CodecFile, 90, plain, false},
	} {
		s := open(t, func(*Config) {})
		o, err := s.send(c.codec, c.sent, pipeline.Meta{Name: c.name, Rotation: c.turn})
		if err != nil {
			t.Fatal(err)
		}
		want := c.sent
		if c.adds {
			want = append(append(bytes.Clone(c.sent[:2]), picture.Orientation(c.turn)...), c.sent[2:]...)
		}
		if got, err := os.ReadFile(filepath.Join(s.dir, c.name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes where %d are wanted (%v)", c.name, len(got), len(want), err)
		}
		s.has(o, true)
		o.Sum[0]++
		s.has(o, false)
	}
}

// TestHaveThatCannotKnow has settings by which the place of a picture depends on more than its name.
func TestHaveThatCannotKnow(t *testing.T) {
	for what, change := range map[string]func(*Config){
		"every": func(c *Config) { c.Every = 1 },
		"count": func(c *Config) { c.Count = 9 },
		"seq":   func(c *Config) { c.Name = "{photo}-{seq}" },
		"date":  func(c *Config) { c.Name = "{date}/{photo}" },
	} {
		s := open(t, change)
		o, err := s.send(pipeline.CodecJPEG, jpeg(t, 1), pipeline.Meta{Name: "a.jpg"})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		s.has(o, false)
	}
	s := open(t, func(c *Config) { c.Format = "png" })
	s.has(pipeline.Offer{Meta: pipeline.Meta{Name: "a.jpg"}, Format: pipeline.JPEG(8, 8), Size: 9}, false)
}

// TestPlantedLinks has links in the folder that lead out of it.
func TestPlantedLinks(t *testing.T) {
	s := open(t, func(*Config) {})
	outside := t.TempDir()
	for _, link := range []string{"sub", "a.jpg", "dir/deep"} {
		path := filepath.Join(s.dir, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(outside, "x"), path); err != nil {
			t.Skip(err)
		}
	}
	for _, name := range []string{"sub/x.jpg", "dir/deep/y.jpg", "dir/deep"} {
		o, err := s.send(pipeline.CodecFile, jpeg(t, 1), pipeline.Meta{Name: name})
		if err != nil && (!errors.Is(err, pipeline.ErrSkip) || err == pipeline.ErrSkip) {
			t.Errorf("%s: Write gives %v, wants a refusal with words", name, err)
		}
		if _, haveErr := s.Sink.(pipeline.Keeper).Have(t.Context(), o); err != nil && !errors.Is(haveErr, pipeline.ErrSkip) {
			t.Errorf("%s: Write gives %v, and Have %v", name, err, haveErr)
		}
	}
	if _, err := s.send(pipeline.CodecJPEG, jpeg(t, 1), pipeline.Meta{Name: "a.jpg"}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "a-1.jpg")); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("outside of the folder is %v (%v)", entries, err)
	}
}

func TestQuotas(t *testing.T) {
	photo := jpeg(t, 1)
	for what, c := range map[string]struct {
		change func(*Config)
		words  string
	}{
		"files": {func(c *Config) { c.MaxFiles = 1 }, "no room: %s holds 1 files, and max_files is 1"},
		"bytes": {func(c *Config) { c.MaxBytes = 4500 }, "no room for 1.0 kB more: %s holds 4.0 kB, and max_bytes is 4.5 kB"},
		"free":  {func(c *Config) { c.MinFree = 1 << 60 }, "no room for 1.0 kB more: the disk of %s has"},
	} {
		s := open(t, c.change)
		if what != "free" {
			if _, err := s.send(pipeline.CodecFile, make([]byte, 4000), pipeline.Meta{Name: "first"}); err != nil {
				t.Fatal(err)
			}
		}
		before := s.tree()
		words := fmt.Sprintf(c.words, s.dir)
		o, err := s.send(pipeline.CodecJPEG, photo, pipeline.Meta{Name: "new/photo.jpg"})
		if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: Write gives %v, wants %q", what, err, words)
		}
		_, err = s.Sink.(pipeline.Keeper).Have(t.Context(), o)
		if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: Have gives %v, wants %q", what, err, words)
		}
		if got := s.tree(); !slices.Equal(got, before) {
			t.Errorf("%s: %v stays", what, got)
		}
		if _, err := os.Stat(filepath.Join(s.dir, "new")); err == nil {
			t.Errorf("%s: a folder stays", what)
		}
	}
}

// TestLargerThanTheDisk refuses before anything is sent what could only fill the disk.
func TestLargerThanTheDisk(t *testing.T) {
	if !filesystem.KnowsFree {
		t.Skip("free disk space is not known on this system")
	}
	s := open(t, func(*Config) {})
	o := pipeline.Offer{Meta: pipeline.Meta{Name: "huge"}, Format: pipeline.AnyFile, Size: 1 << 60}
	_, err := s.Sink.(pipeline.Keeper).Have(t.Context(), o)
	if want := "the disk is full: " + s.dir + " needs 1152.9 PB more, and "; !errors.Is(err, pipeline.ErrSkip) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Have gives %v, wants %s", err, want)
	}
}

// TestRefusalsAreTold has the user see that pictures are refused, until one is taken.
func TestRefusalsAreTold(t *testing.T) {
	cfg := Spec().Config().(*Config)
	cfg.Dir, cfg.MaxBytes = t.TempDir(), 5000
	pool := pipeline.NewPool()
	env := pipelinetest.Env(t, pool)
	var notes []string
	env.Note = func(text string) { notes = append(notes, text) }
	sink, err := Spec().NewSink(cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	s := &shots{Sink: sink, t: t, pool: pool, dir: cfg.Dir}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		o := pipeline.Offer{Meta: pipeline.Meta{Name: "a"}, Format: pipeline.AnyFile, Size: 6000}
		if _, err := s.Sink.(pipeline.Keeper).Have(t.Context(), o); !errors.Is(err, pipeline.ErrSkip) {
			t.Errorf("Have gives %v", err)
		}
	}
	for _, name := range []string{"small", "another"} {
		if _, err := s.send(pipeline.CodecFile, []byte(name), pipeline.Meta{Name: name}); err != nil {
			t.Error(err)
		}
	}
	words := "no room for 6.0 kB more: " + cfg.Dir + " holds 0 bytes, and max_bytes is 5.0 kB"
	if want := []string{"refused: " + words, "refused: " + words, "refused: " + words, ""}; !slices.Equal(notes, want) {
		t.Errorf("the notes are %q, wants %q", notes, want)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestVerdict tells apart who would hear of trouble with the disk.
func TestVerdict(t *testing.T) {
	live, photo, whole := &pipeline.Frame{}, &pipeline.Frame{Lossless: true, Confirm: true}, &pipeline.Frame{Lossless: true}
	full := fmt.Errorf("write x: %w: %w", store.ErrFull, syscall.ENOSPC)
	gone := fmt.Errorf("write x: %w", syscall.EIO)
	other := errors.New("write x: something else")
	for _, c := range []struct {
		what string
		f    *pipeline.Frame
		err  error
		want error // what it wraps; nil for the error as it is
	}{
		{"full, live", live, full, pipeline.ErrSkip},
		{"full, photo", photo, full, pipeline.ErrSkip},
		{"full, nobody would hear", whole, full, nil},
		{"gone, live", live, gone, pipeline.ErrLost},
		{"gone, photo", photo, gone, pipeline.ErrLost},
		{"gone, nobody would hear", whole, gone, nil},
		{"other, photo", photo, other, nil},
	} {
		got := verdict(c.f, c.err)
		if c.want == nil && got != c.err || c.want != nil && !errors.Is(got, c.want) || !errors.Is(got, c.err) {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

// TestFolderThatIsGone has the folder's disk unplugged: it is waited for and not made anew.
func TestFolderThatIsGone(t *testing.T) {
	cfg := Spec().Config().(*Config)
	cfg.Dir = filepath.Join(t.TempDir(), "usb")
	pool := pipeline.NewPool()
	sink, err := Spec().NewSink(cfg, pipelinetest.Env(t, pool))
	if err != nil {
		t.Fatal(err)
	}
	s := &shots{Sink: sink, t: t, pool: pool, dir: cfg.Dir}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	away := cfg.Dir + " away"
	if err := os.Rename(cfg.Dir, away); err != nil {
		t.Skip(err)
	}
	if err := os.RemoveAll(away); err != nil {
		t.Fatal(err)
	}
	if _, err := s.send(pipeline.CodecJPEG, jpeg(t, 1), pipeline.Meta{Name: "a.jpg"}); !errors.Is(err, pipeline.ErrLost) {
		t.Errorf("Write gives %v, wants ErrLost", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Open(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open gives %v", err)
	}
	if err := os.Mkdir(cfg.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.send(pipeline.CodecJPEG, jpeg(t, 1), pipeline.Meta{Name: "a.jpg"}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRotatedAgainAndAgain uses the memory for the turned picture again.
func TestRotatedAgainAndAgain(t *testing.T) {
	s := open(t, func(*Config) {})
	for i := range 3 {
		data := jpeg(t, uint64(i))
		name := fmt.Sprint(i, ".jpg")
		if _, err := s.send(pipeline.CodecJPEG, data, pipeline.Meta{Name: name, Rotation: 270}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(s.dir, name))
		if err != nil || len(got) != len(data)+36 || !bytes.HasSuffix(got, data[2:]) {
			t.Errorf("%s has %d bytes, wants %d (%v)", name, len(got), len(data)+36, err)
		}
	}
}

func TestValidateLimits(t *testing.T) {
	err := (&Config{Dir: "x", MaxBytes: -1, MaxFiles: -2, MinFree: -3}).Validate()
	want := "max_bytes: -1 is below zero (0 means no limit)\nmax_files: -2 is below zero (0 means no limit)\nmin_free: -3 is below zero (0 means none)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, wants %s", err, want)
	}
}

// BenchmarkHave asks for a photo of 4 MB that was there before: its bytes are looked into once.
func BenchmarkHave(b *testing.B) {
	cfg := Spec().Config().(*Config)
	cfg.Dir = b.TempDir()
	data := make([]byte, 4<<20)
	path := filepath.Join(cfg.Dir, "a.jpg")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		b.Fatal(err)
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, past, past); err != nil {
		b.Fatal(err)
	}
	sink, err := Spec().NewSink(cfg, pipelinetest.Env(b, pipeline.NewPool()))
	if err != nil {
		b.Fatal(err)
	}
	if err := sink.Open(b.Context()); err != nil {
		b.Fatal(err)
	}
	o := pipeline.Offer{
		Meta: pipeline.Meta{Name: "a.jpg"}, Format: pipeline.JPEG(4000, 3000), Size: int64(len(data)), Sum: sha256.Sum256(data),
	}
	b.ReportAllocs()
	for b.Loop() {
		if have, err := sink.(pipeline.Keeper).Have(b.Context(), o); !have || err != nil {
			b.Fatalf("Have gives %t, %v", have, err)
		}
	}
	if err := sink.Close(); err != nil {
		b.Fatal(err)
	}
}
