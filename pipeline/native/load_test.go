//go:build opencv && linux && (amd64 || arm64)

package native_test

import (
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"gocv.io/x/gocv"

	"framewire/pipeline/native"
	"framewire/sources/file/libav"
)

// task says to a run of this test's binary what it is to do instead of testing: what ends a process, or needs one that
// has loaded nothing, is tried in a process of its own.
const task = "FRAMEWIRE_NATIVE_TASK"

func TestMain(m *testing.M) {
	switch os.Getenv(task) {
	case "call":
		gocv.NewMat()
	case "load":
		fmt.Println(native.Load(native.FFmpeg))
	default:
		goleak.VerifyTestMain(m)
	}
}

// Several may load at a time, and call what they have loaded while others still do.
func TestLoad(t *testing.T) {
	calls := map[native.Library]func() error{
		native.Core:      allocate,
		native.ImgProc:   shrink,
		native.ImgCodecs: encode,
		native.HighGUI:   func() error { return nil }, // nothing of it works without a display
		native.VideoIO:   record,
		native.FFmpeg:    openClip,
	}
	var all sync.WaitGroup
	for range 3 {
		for library, call := range calls {
			all.Go(func() {
				err := native.Load(library)
				if err == nil {
					err = call()
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
}

func allocate() error {
	m := picture()
	return m.Close()
}

func picture() gocv.Mat { return gocv.NewMatWithSize(16, 16, gocv.MatTypeCV8UC3) }

func shrink() error {
	from, to := picture(), gocv.NewMat()
	err := gocv.Resize(from, &to, image.Pt(8, 8), 0, 0, gocv.InterpolationArea)
	if err == nil && to.Cols() != 8 {
		err = fmt.Errorf("scaled to %d columns", to.Cols())
	}
	return errors.Join(err, from.Close(), to.Close())
}

func encode() error {
	from := picture()
	png, err := gocv.IMEncode(gocv.PNGFileExt, from)
	if err == nil {
		png.Close()
	}
	return errors.Join(err, from.Close())
}

// record opens a file that cannot be written.
func record() error {
	video, err := gocv.VideoWriterFileWithAPI("/nowhere/a.avi", gocv.VideoCaptureFFmpeg, "MJPG", 25, 16, 16, true)
	if err == nil && video.IsOpened() {
		err = errors.New("a file in a folder that is not there was opened")
	}
	return errors.Join(err, video.Close())
}

func openClip() error {
	clip, err := libav.New()
	if err != nil {
		return err
	}
	defer clip.Close()
	if err := clip.Open(os.DevNull, libav.Rules{}); !errors.Is(err, libav.ErrNoVideo) {
		return fmt.Errorf("an empty file: %v", err)
	}
	return nil
}

// What OpenCV throws is an error, although this binary has a type of its own for it.
func TestExceptions(t *testing.T) {
	if err := native.Load(native.ImgProc); err != nil {
		t.Fatal(err)
	}
	empty, into := gocv.NewMat(), gocv.NewMat()
	defer func() { _ = errors.Join(empty.Close(), into.Close()) }()
	if err := gocv.Resize(empty, &into, image.Pt(8, 8), 0, 0, gocv.InterpolationArea); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("scaling an empty picture: %v", err)
	}
}

// A call before Load says what is wrong and ends the process.
func TestCallBeforeLoad(t *testing.T) {
	out, err := again("call")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(out, "was called before native.Load") {
		t.Errorf("%v, and it says %.300s", err, out)
	}
}

// A library that is not as it should be is named, with what to do about it.
func TestDamagedLibrary(t *testing.T) {
	dir := t.TempDir()
	for version := range 100 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("libswscale.so.%d", version)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := again("load", "LD_LIBRARY_PATH="+dir)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(out, ": file too short: ")
	if !strings.HasPrefix(before, "load "+dir+"/libswscale.so.") || after != "install the FFmpeg that has it, or build again for the version that is here\n" {
		t.Errorf("it says %q", out)
	}
}

// again runs this binary with a task.
func again(what string, env ...string) (out string, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), task+"="+what), env...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}
