package file

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/internal/mux"
)

// faulty is the real disk, until it is told to fail or to block.
type faulty struct {
	disk.OS
	mu    sync.Mutex
	fault error         // of everything that changes something
	block chan struct{} // writes wait until it is closed
	free  int64         // 0: what the real one says
	syncs int
	begun []part // that it was told to begin with
}

// part is n bytes of a file.
type part struct{ at, n int64 }

func (d *faulty) set(fault error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault
}

// stall has writes wait until the function that it gives is called.
func (d *faulty) stall() (goOn func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	block := make(chan struct{})
	d.block = block
	return func() { close(block) }
}

func (d *faulty) check(op, path string) error {
	d.mu.Lock()
	fault, block := d.fault, d.block
	d.mu.Unlock()
	if block != nil && op == "write" {
		<-block
	}
	if fault != nil {
		return &fs.PathError{Op: op, Path: path, Err: fault}
	}
	return nil
}

func (d *faulty) Create(path string) (disk.File, error) {
	if err := d.check("create", path); err != nil {
		return nil, err
	}
	f, err := d.OS.Create(path)
	return faultyFile{f, d}, err
}

func (d *faulty) Open(path string) (disk.File, error) {
	f, err := d.OS.Open(path)
	return faultyFile{f, d}, err
}

func (d *faulty) MkdirAll(dir string) error {
	if err := d.check("mkdir", dir); err != nil {
		return err
	}
	return d.OS.MkdirAll(dir)
}

func (d *faulty) Append(path string, line []byte) error {
	if err := d.check("write", path); err != nil {
		return err
	}
	return d.OS.Append(path, line)
}

func (d *faulty) Place(f disk.File, to string) error {
	if err := d.check("rename", to); err != nil {
		return err
	}
	return d.OS.Place(f.(faultyFile).File, to)
}

func (d *faulty) Free(dir string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.free != 0 {
		return d.free, nil
	}
	return d.OS.Free(dir)
}

type faultyFile struct {
	disk.File
	d *faulty
}

func (f faultyFile) WriteAt(p []byte, at int64) (int, error) {
	if err := f.d.check("write", f.Name()); err != nil {
		n, _ := f.File.WriteAt(p[:len(p)/2], at) // torn
		return n, err
	}
	return f.File.WriteAt(p, at)
}

func (f faultyFile) Sync() error {
	f.d.mu.Lock()
	f.d.syncs++
	f.d.mu.Unlock()
	if err := f.d.check("sync", f.Name()); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f faultyFile) BeginSync(at, n int64) {
	f.d.mu.Lock()
	f.d.begun = append(f.d.begun, part{at, n})
	f.d.mu.Unlock()
	f.File.BeginSync(at, n)
}

// bench is a sink on a faulty disk, with what it logs and notes.
type bench struct {
	*sink
	disk *faulty
	pool *pipeline.Pool
	log  *lines
	next int // frame
	jpeg [25]*pipeline.Frame

	mu    sync.Mutex
	notes []string
}

// lines collects the log.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// count gives how many lines have the text.
func (l *lines) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.b.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newBench(t *testing.T, cfg Config) *bench {
	t.Helper()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	b := &bench{disk: new(faulty), pool: pipeline.NewPool(), log: new(lines)}
	env := pipelinetest.Env(t, b.pool)
	env.Queue = pipeline.Queue{}
	env.Log = hclog.New(&hclog.LoggerOptions{Output: b.log, DisableTime: true})
	env.Note = func(text string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.notes = append(b.notes, text)
	}
	b.sink = newSink(cfg, env)
	b.sink.disk = b.disk
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) noted() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.notes
}

// frame gives the next frame, 1/25 s after the one before. There are 25 pictures.
func (b *bench) frame() *pipeline.Frame {
	n := b.next
	b.next++
	known := &b.jpeg[n%len(b.jpeg)]
	if *known == nil {
		*known = at(pipeline.NewPool(), pipeline.JPEG(64, 48), n, 0)
	}
	f := b.pool.Get(len((*known).Data))
	copy(f.Data, (*known).Data)
	f.Format, f.Stream, f.Key, f.Seq = (*known).Format, (*known).Stream, true, uint64(n)
	f.PTS = placeOf(n)
	f.Captured = (*known).Captured.Add(placeOf(n))
	return f
}

// frames writes n frames at their time of day and gives how many were taken.
func (b *bench) frames(t *testing.T, n int, change func(*pipeline.Frame)) (taken int) {
	t.Helper()
	for range n {
		f := b.frame()
		if change != nil {
			change(f)
		}
		err := b.Write(t.Context(), f)
		f.Release()
		pass(1)
		if err == nil {
			taken++
		} else if err != pipeline.ErrSkip {
			t.Fatal(err)
		}
	}
	return taken
}

func (b *bench) close(t *testing.T) error {
	t.Helper()
	err := b.Close()
	if n := b.pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are still held", n)
	}
	return err
}

// recordings inspects all files below the folder that are recordings, in the order of their names.
func recordings(t *testing.T, dir string) (list []mux.Summary, names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) == ".jsonl" {
			return err
		}
		f, err := disk.OS{}.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		sum, err := mux.Inspect(f)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		rel, _ := filepath.Rel(dir, path)
		if !sum.Whole {
			t.Errorf("%s is not finished", rel)
		}
		list, names = append(list, sum), append(names, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list, names
}

// total is how many frames the recordings have.
func total(list []mux.Summary) (frames int) {
	for _, sum := range list {
		frames += int(sum.Frames)
	}
	return frames
}

// enlarge makes a picture n bytes long, with an end of image.
func enlarge(f *pipeline.Frame, n int) {
	f.Resize(n)
	copy(f.Data[n-2:], "\xFF\xD9")
}
