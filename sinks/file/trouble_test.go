package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
)

// step is the time between two frames of a bench.
const step = 40 * time.Millisecond

func placeOf(n int) time.Duration { return time.Duration(n) * step }

// pass lets the time of n frames go by, in a bubble.
func pass(n int) {
	timer := time.NewTimer(time.Duration(n) * step)
	<-timer.C
	synctest.Wait()
}

// inFolder gives settings for recordings in a folder of the test.
func inFolder(t *testing.T, name string) (Config, string) {
	dir := t.TempDir()
	return settings(filepath.Join(dir, filepath.FromSlash(name))), dir
}

// TestBlockedDisk has the disk take no write for three seconds.
func TestBlockedDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "rec.mkv")
		b := newBench(t, cfg)
		taken := b.frames(t, 25, nil)
		goOn := b.disk.stall()
		taken += b.frames(t, 75, nil)
		goOn()
		taken += b.frames(t, 25, nil)
		if err := b.close(t); err != nil {
			t.Error(err)
		}
		list, _ := recordings(t, dir)
		if taken != 125 || len(list) != 1 || list[0].Frames != 125 {
			t.Errorf("%d frames were taken, and recorded are %+v", taken, list)
		}
	})
}

// TestFullBuffer has the disk block for longer than the buffer lasts.
func TestFullBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "rec.mkv")
		cfg.Buffer = leastBuffer
		b := newBench(t, cfg)
		goOn := b.disk.stall()
		taken := 0
		large := func(f *pipeline.Frame) { enlarge(f, 100_000) }
		taken += b.frames(t, 125, large)
		if taken != 12 && taken != 11 { // ten or so wait, and one is with the disk
			t.Errorf("%d frames of 100 kB were taken", taken)
		}
		if got := b.env.Counters.Dropped.Load(); int(got) != 125-taken {
			t.Errorf("%d are counted as dropped, wants %d", got, 125-taken)
		}
		if n := b.log.count("the disk is too slow"); n < 4 || n > 6 {
			t.Errorf("it is told %d times in about 5 s:\n%s", n, b.log)
		}
		waiting := make(chan error, 1)
		go func() { // one that must arrive waits
			f := b.frame()
			defer f.Release()
			enlarge(f, 100_000)
			f.Lossless = true
			waiting <- b.Write(t.Context(), f)
		}()
		synctest.Wait()
		if len(waiting) != 0 {
			t.Error("a lossless frame does not wait")
		}
		goOn()
		if err := <-waiting; err != nil {
			t.Error(err)
		}
		if err := b.close(t); err != nil {
			t.Error(err)
		}
		if list, _ := recordings(t, dir); total(list) != taken+1 {
			t.Errorf("%d frames are recorded, wants %d", total(list), taken+1)
		}
	})
}

// TestDiskFails has the disk give each error for a while, in the middle of a write.
func TestDiskFails(t *testing.T) {
	for _, fault := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.ESTALE, syscall.ENOENT} {
		for _, name := range []string{"rec.mkv", "rec.mp4", "rec.avi", "{date}/{time}.mkv"} {
			if fault != syscall.ENOSPC && strings.HasPrefix(name, "rec.") {
				continue // what kind of file it is makes no difference
			}
			t.Run(fault.Error()+" "+strings.NewReplacer("{", "", "}", "").Replace(name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					cfg, dir := inFolder(t, name)
					if strings.Contains(name, "{") {
						cfg.Segment.Every = time.Minute
					}
					b := newBench(t, cfg)
					taken := b.frames(t, 50, nil)
					b.disk.set(fault)
					taken += b.frames(t, 20*25, nil)
					if n := b.log.count("[ERROR]"); n != 1 || b.log.count(`cause="`+fault.Error()+`"`)+b.log.count("cause="+fault.Error()) != 1 || b.log.count(dir) < 2 {
						t.Errorf("the log names the path and the cause %d times:\n%s", n, b.log)
					}
					if notes := b.noted(); len(notes) == 0 || notes[len(notes)-1] != "not recording: "+fault.Error() {
						t.Errorf("notes are %q", notes)
					}
					taken += b.frames(t, 20*25, nil)
					if n := b.log.count("[ERROR]"); n != 2 {
						t.Errorf("after 40 s it is told %d times, wants 2", n)
					}
					b.disk.set(nil)
					taken += b.frames(t, 5*25, nil)
					if n := b.log.count("recording again"); n != 1 {
						t.Errorf("within 5 s it is told %d times that it works again:\n%s", n, b.log)
					}
					if err := b.close(t); err != nil {
						t.Error(err)
					}
					list, names := recordings(t, dir)
					if len(list) != 2 || total(list) != taken || taken != 50+45*25 {
						t.Errorf("%d frames of %d in %v, wants all in two files:\n%s", total(list), taken, names, b.log)
					}
				})
			})
		}
	}
}

// TestDiskFailsAtTheEnd ends streams while the disk fails.
func TestDiskFailsAtTheEnd(t *testing.T) {
	for _, lossless := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			cfg, dir := inFolder(t, "rec.mkv")
			b := newBench(t, cfg)
			mark := func(f *pipeline.Frame) { f.Lossless = lossless }
			b.frames(t, 50, mark)
			b.disk.set(syscall.ENOSPC)
			b.frames(t, 50, mark)
			ended := make(chan error, 1)
			ctx, cancel := context.WithCancel(t.Context())
			go func() { ended <- b.End(ctx) }()
			pass(10 * 25)
			if waits := len(ended) == 0; waits != lossless {
				t.Errorf("lossless %v: End waits for the disk: %v", lossless, waits)
			}
			cancel()
			<-ended
			if err := b.close(t); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the last 50 frames are not recorded") || !strings.Contains(err.Error(), dir) {
				t.Errorf("Close gives %v", err)
			}
			if c := b.env.Counters; c.Dropped.Load() != 50 || int64(c.FramesOut.Load()) != -50 { // the bench does not count what is taken
				t.Errorf("of 100 frames that were taken %d are dropped and %d taken back", c.Dropped.Load(), -int64(c.FramesOut.Load()))
			}
			b.disk.set(nil)
			b.Open(t.Context()) // repairs
			pass(1)
			if err := b.close(t); err != nil {
				t.Error(err)
			}
			if list, _ := recordings(t, dir); total(list) != 50 {
				t.Errorf("%d frames are recorded, wants 50", total(list))
			}
		})
	}
}

// TestFullDiskNeedsRoom frees some bytes of a full disk, and then enough.
func TestFullDiskNeedsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "rec.mkv")
		b := newBench(t, cfg)
		b.frames(t, 25, nil)
		b.disk.set(syscall.ENOSPC)
		b.frames(t, 25, nil)
		b.disk.set(nil)
		b.disk.free = leastRoom
		b.frames(t, 5*25, nil)
		if got := names(t, filepath.Join(dir, "rec.mkv")); len(got) != 1 {
			t.Errorf("with hardly any room there are %v", got)
		}
		b.disk.mu.Lock()
		b.disk.free = 2 * leastRoom
		b.disk.mu.Unlock()
		b.frames(t, 2*25, nil)
		if err := b.close(t); err != nil {
			t.Error(err)
		}
		if list, names := recordings(t, dir); len(list) != 2 || total(list) != 25+25+7*25 {
			t.Errorf("%d frames are in %v", total(list), names)
		}
	})
}

// TestFolderVanishes removes the folder with the recording in it.
func TestFolderVanishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "rec/{time}.mkv")
		cfg.Segment.Every = time.Hour
		b := newBench(t, cfg)
		b.frames(t, 50, nil)
		if err := os.RemoveAll(filepath.Join(dir, "rec")); err != nil {
			t.Fatal(err)
		}
		b.frames(t, 5*25, nil)
		if err := b.close(t); err != nil {
			t.Error(err)
		}
		list, names := recordings(t, dir)
		if len(list) != 1 || total(list) < 4*25-1 || b.log.count("[ERROR]") != 1 || b.log.count("recording again") != 1 {
			t.Errorf("%d frames are in %v, wants all but those of a second:\n%s", total(list), names, b.log)
		}
	})
}

// TestStuckAtTheEnd has Close give up what a slow disk does not take in time.
func TestStuckAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, dir := inFolder(t, "rec.mkv")
		b := newBench(t, cfg)
		b.frames(t, 10, nil)
		goOn := b.disk.stall()
		b.frames(t, 10, func(f *pipeline.Frame) { f.Lossless = true })
		closed := make(chan error, 1)
		go func() { closed <- b.Close() }()
		pass(25)
		goOn()
		if err := <-closed; err == nil || !strings.Contains(err.Error(), "the last 9 frames are not recorded: there was no time") {
			t.Errorf("Close gives %v", err)
		}
		if list, _ := recordings(t, dir); total(list) != 11 {
			t.Errorf("%d frames are recorded, wants those before and the one under way", total(list))
		}
		if n := b.pool.Outstanding(); n != 0 {
			t.Errorf("%d frames are still held", n)
		}
	})
}
