package snapshot

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	for _, format := range []string{"jpg", "png"} {
		t.Run(format, func(t *testing.T) {
			pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Allocs: -1, Configure: func(t *testing.T, cfg any) {
				c := cfg.(*Config)
				c.Dir, c.Format = t.TempDir(), format
			}})
		})
	}
}

// shots is an open snapshot sink.
type shots struct {
	pipeline.Sink
	t    *testing.T
	pool *pipeline.Pool
	dir  string
}

func open(t *testing.T, change func(c *Config)) *shots {
	t.Helper()
	s := &shots{t: t, pool: pipeline.NewPool(), dir: filepath.Join(t.TempDir(), "photos")}
	cfg := Spec().Config().(*Config)
	cfg.Dir = s.dir
	change(cfg)
	var err error
	if s.Sink, err = Spec().NewSink(cfg, pipelinetest.Env(t, s.pool)); err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// write writes a JPEG frame and gives its bytes.
func (s *shots) write(seq int, name string) ([]byte, error) {
	s.t.Helper()
	f := pipelinetest.Frame(s.pool, pipeline.JPEG(64, 48), uint64(seq))
	defer f.Release()
	f.Meta.Name = name
	f.Captured = time.Date(2024, 5, 6, 7, 8, 9, 0, time.Local)
	return bytes.Clone(f.Data), s.Write(s.t.Context(), f)
}

func (s *shots) files() (list []string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestPhotosKeepBytesAndNames(t *testing.T) {
	s := open(t, func(*Config) {})
	for name, want := range map[string]string{
		"Füße (1).JPG":     "Füße (1).JPG",
		"scan.jpeg":        "scan.jpeg",
		"was a.png":        "was a.jpg",
		"../../escape.jpg": "escape.jpg",
		"no extension":     "no extension.jpg",
		"NUL":              "_NUL.jpg",
	} {
		sent, err := s.write(len(name), name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(s.dir, want)); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%q: %s does not hold the bytes sent (%v)", name, want, err)
		}
	}
	if got := len(s.files()); got != 6 {
		t.Errorf("files are %v, wants 6", s.files())
	}
}

func TestTwoPhotosOfOneName(t *testing.T) {
	s := open(t, func(*Config) {})
	for _, seq := range []int{1, 2, 1, 2} {
		if _, err := s.write(seq, "a.jpg"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.files(); !slices.Equal(got, []string{"a-1.jpg", "a.jpg"}) {
		t.Errorf("files are %v, wants each picture once", got)
	}
}

func TestPattern(t *testing.T) {
	s := open(t, func(c *Config) { c.Name = "{date}/{photo}_{seq}" })
	if _, err := s.write(5, "x/IMG.JPG"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "2024-05-06", "IMG_000005.jpg")); err != nil {
		t.Error(err)
	}
}

// TestStrangersNames has the sink go on whatever a sender calls its photos.
func TestStrangersNames(t *testing.T) {
	for _, pattern := range []string{"", "{photo}-{date}-{time}-{seq}", "{photo}/{seq}", "{photo}{photo}"} {
		s := open(t, func(c *Config) { c.Name = pattern })
		names := []string{strings.Repeat("A", 1024), strings.Repeat("é", 512) + ".jpg", "-rf.jpg", "a\u2028b\u202e.jpg", "%s", "a/b"}
		for i, name := range names {
			if _, err := s.write(i, name); err != nil {
				t.Errorf("%q, %.20q: %v", pattern, name, err)
			}
		}
		got := s.files()
		if len(got) != len(names) {
			t.Errorf("%q: files are %v, wants %d", pattern, got, len(names))
		}
		for _, name := range got {
			if len(name) > 240 || !utf8.ValidString(name) || strings.HasPrefix(name, "-") || strings.ContainsAny(name, "\u2028\u202e") {
				t.Errorf("%q makes %q", pattern, name)
			}
		}
	}
}

// TestNameAtFault skips a photo whose folder would have to be where a file is.
func TestNameAtFault(t *testing.T) {
	s := open(t, func(c *Config) { c.Name = "{photo}/{seq}" })
	if err := os.WriteFile(filepath.Join(s.dir, "taken"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := s.write(0, "taken.jpg")
	if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), "taken/000000.jpg: the name cannot be used: not a directory") {
		t.Errorf("Write gives %v, wants a skip that names the folder", err)
	}
	if _, err := s.write(1, "free.jpg"); err != nil {
		t.Error(err)
	}
}

func TestVideoNames(t *testing.T) {
	s := open(t, func(*Config) {})
	if _, err := s.write(12, ""); err != nil {
		t.Fatal(err)
	}
	if got := s.files(); !slices.Equal(got, []string{"test-2024-05-06-07-08-09-000012.jpg"}) {
		t.Errorf("files are %v", got)
	}
}

func TestEvery(t *testing.T) {
	s := open(t, func(c *Config) { c.Every = time.Second })
	var saved []int
	for seq := range 80 { // 25 a second
		switch _, err := s.write(seq, ""); {
		case err == nil:
			saved = append(saved, seq)
		case !errors.Is(err, pipeline.ErrSkip):
			t.Fatal(err)
		}
	}
	if !slices.Equal(saved, []int{0, 25, 50, 75}) {
		t.Errorf("saved frames are %v, wants one a second", saved)
	}
}

func TestCount(t *testing.T) {
	s := open(t, func(c *Config) { c.Count = 3 })
	for seq := range 3 {
		_, err := s.write(seq, "")
		if want := seq == 2; errors.Is(err, pipeline.ErrDone) != want || (!want && err != nil) {
			t.Errorf("frame %d: Write gives %v", seq, err)
		}
	}
	if got := s.files(); len(got) != 3 {
		t.Errorf("files are %v, wants 3", got)
	}
}

func TestPNG(t *testing.T) {
	s := open(t, func(c *Config) { c.Format = "png" })
	f := pipelinetest.Frame(s.pool, pipeline.Raw(pipeline.LayoutBGR, 33, 7), 0)
	defer f.Release()
	f.Meta.Name = "scan.tiff"
	if err := s.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(s.dir, "scan.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	r, g, b, _ := img.At(32, 6).RGBA()
	if last := f.Data[len(f.Data)-3:]; byte(b>>8) != last[0] || byte(g>>8) != last[1] || byte(r>>8) != last[2] {
		t.Errorf("the last pixel is %d,%d,%d, wants %v from blue to red", r>>8, g>>8, b>>8, last)
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, `^dir: is missing \(for example dir: photos\)$`},
		{Config{Dir: "x", Every: -1, Count: -2}, `^every: -1ns is below zero\ncount: -2 is below zero \(0 means no limit\)$`},
		{Config{Dir: "x", Name: "{foto}"}, `^name: unknown placeholder "\{foto\}": known are \{name\}, \{photo\}, \{date\}, \{time\}, \{seq\}$`},
		{Config{Dir: "x", Name: "../x"}, `^name: "../x" is not a name inside dir \(it is a path below dir\)$`},
		{Config{Dir: "x", Name: "/x"}, `is not a name inside dir`},
		{Config{Dir: "x", Name: "{date}/{photo}"}, `^$`},
	} {
		got := ""
		if err := c.cfg.Validate(); err != nil {
			got = err.Error()
		}
		if !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%+v:\n got %s\nwant %s", c.cfg, got, c.want)
		}
	}
}

func BenchmarkWriteJPEG(b *testing.B) {
	pool := pipeline.NewPool()
	small := pipelinetest.Frame(pool, pipeline.JPEG(64, 48), 0)
	f := small.Derive(200_000)
	copy(f.Data, small.Data)
	cfg := Spec().Config().(*Config)
	cfg.Dir = b.TempDir()
	s, err := Spec().NewSink(cfg, pipelinetest.Env(b, pool))
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Open(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(f.Data)))
	b.ReportAllocs()
	for b.Loop() {
		f.Seq++
		if err := s.Write(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
