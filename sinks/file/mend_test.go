package file

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/internal/shelf"
	"framewire/sinks/file/recordindex"
)

// torn makes a recording of 50 frames that a crash has cut off in its last one.
func torn(t *testing.T, path string) {
	t.Helper()
	dir := t.TempDir()
	cfg := settings(filepath.Join(dir, "a"+filepath.Ext(path)))
	b := newBench(t, cfg)
	b.frames(t, 51, nil)
	data, err := os.ReadFile(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.close(t); err != nil {
		t.Fatal(err)
	}
	if ext := filepath.Ext(path); ext == shelf.Unfinished {
		t.Fatal("the name says no container")
	}
	write(t, path, data[:len(data)-100])
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLeftovers finds what a crash can have left.
func TestLeftovers(t *testing.T) {
	for _, ext := range []string{".mkv", ".mp4", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, dir := inFolder(t, "rec-{seq}"+ext)
				in := func(name string) string { return filepath.Join(dir, name+ext) }
				torn(t, in("rec-000001"))
				for from, to := range map[string]string{"rec-000001": "rec-000002", "rec-000002": "other"} { // unfinished under its name
					data, err := os.ReadFile(in("rec-000001"))
					if err != nil {
						t.Fatal(err)
					}
					_ = from
					write(t, in(to), data)
				}
				if err := os.Rename(in("rec-000001"), in("rec-000001")+".part"); err != nil {
					t.Fatal(err)
				}
				write(t, in("rec-000003")+".part", nil)
				write(t, in("rec-000004")+".part", []byte("no recording of ours"))
				write(t, in("rec-000005"), []byte("no recording either"))
				data, err := os.ReadFile(in("other"))
				if err != nil {
					t.Fatal(err)
				}
				write(t, in("rec-000006")+".part", data)
				locked, err := disk.OS{}.Open(in("rec-000006") + ".part")
				if err != nil {
					t.Fatal(err)
				}
				defer locked.Close()

				cfg.Segment.Every = 3600e9
				b := newBench(t, cfg)
				synctest.Wait()
				b.frames(t, 10, nil)
				if err := b.close(t); err != nil {
					t.Error(err)
				}
				want := []string{
					"index.jsonl", "other" + ext, "rec-000001" + ext, "rec-000002" + ext, "rec-000003" + ext,
					"rec-000004" + ext + ".part", "rec-000005" + ext, "rec-000006" + ext + ".part",
				}
				if got := names(t, in("x")); !slices.Equal(got, want) {
					t.Errorf("files are %v, wants %v\n%s", got, want, b.log)
				}
				frames := map[string]uint64{}
				for _, e := range index(t, dir) {
					frames[e.File] = e.Frames
					if e.Width != 64 || e.Format != "jpeg" || e.Began.IsZero() || e.Seconds < 0.3 {
						t.Errorf("the index has %+v", e)
					}
				}
				if len(frames) != 3 || frames["rec-000001"+ext] != 50 || frames["rec-000002"+ext] != 50 || frames["rec-000003"+ext] != 10 {
					t.Errorf("the index lists %v", frames)
				}
				if left, err := os.ReadFile(in("other")); err != nil || !slices.Equal(left, data) {
					t.Errorf("a file of another name was touched: %v", err)
				}
				if n := b.log.count("repaired a recording"); n != 2 {
					t.Errorf("%d repairs are told:\n%s", n, b.log)
				}
				if n := b.log.count("cannot be repaired"); n != 1 {
					t.Errorf("%d are told that cannot be repaired, wants the foreign one:\n%s", n, b.log)
				}
			})
		})
	}
}

// TestCrashWhileNaming has a finished file that has lost its process before, or in the middle of, getting its name.
func TestCrashWhileNaming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "rec-{seq}.mkv")
		cfg.Segment.Every = 3600e9
		b := newBench(t, cfg)
		b.frames(t, 10, nil)
		if err := b.close(t); err != nil {
			t.Fatal(err)
		}
		final := filepath.Join(dir, "rec-000001.mkv")
		reopen := func() {
			t.Helper()
			b := newBench(t, cfg)
			synctest.Wait()
			if err := b.close(t); err != nil {
				t.Fatal(err)
			}
			if got := names(t, final); !slices.Equal(got, []string{"index.jsonl", "rec-000001.mkv"}) {
				t.Errorf("files are %v", got)
			}
			if text, err := os.ReadFile(filepath.Join(dir, recordindex.Name)); err != nil || bytes.Count(text, []byte("\n")) != 1 {
				t.Errorf("the index has not one line: %v\n%s", err, text)
			}
			sh := shelf.New(disk.OS{}, shelf.NewNames(cfg.Path, "test"))
			info, err := os.Stat(final)
			if err != nil || sh.Load() != nil || sh.Bytes() != info.Size() {
				t.Errorf("the shelf has %d bytes: %v", sh.Bytes(), err)
			}
		}
		if err := os.Rename(final, final+".part"); err != nil { // listed, and not yet named
			t.Fatal(err)
		}
		reopen()
		if err := os.Link(final, final+".part"); err != nil { // both names
			t.Skip(err)
		}
		reopen()
		if err := os.Rename(final, final+".part"); err != nil { // not yet listed
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, recordindex.Name)); err != nil {
			t.Fatal(err)
		}
		reopen()
	})
}
