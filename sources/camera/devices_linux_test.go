package camera

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"framewire/pipeline/config"
)

func TestChooseFormat(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    Config
		jpeg   bool // the chain takes JPEG
		device int
		mjpg   bool // is asked for
		err    string
	}{
		{"jpeg chain", Config{Format: Auto}, true, 0, true, ""},
		{"pixels, small", Config{Format: Auto, Size: config.Size{Width: 640, Height: 480}}, false, 0, false, ""},
		{"pixels, large", Config{Format: Auto, Size: config.Size{Width: 1920, Height: 1080}}, false, 0, true, ""},
		{"pixels, large and slow", Config{Format: Auto, Size: config.Size{Width: 1920, Height: 1080}, FPS: 5}, false, 0, false, ""},
		{"raw demanded", Config{Format: Raw}, true, 0, false, ""},
		{"mjpg demanded", Config{Format: MJPG}, false, 0, true, ""},
		{"no mjpg", Config{Format: Auto}, true, 1, false, ""},
		{"mjpg demanded, none", Config{Format: MJPG}, true, 1, false, "/dev/video4 has no MJPG, it offers YUYV: use format: auto"},
	} {
		r, err := chooseFormat(request{path: someDevices[c.device].Path, cfg: c.cfg, packets: c.jpeg}, someDevices[c.device])
		if got := fmt.Sprint(err); err != nil && got != c.err || err == nil && c.err != "" {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && (r.mjpg != c.mjpg || r.packets != (c.jpeg && c.mjpg)) {
			t.Errorf("%s: mjpg %t, packets %t", c.name, r.mjpg, r.packets)
		}
	}
}

func TestExplain(t *testing.T) {
	for want, err := range map[string]error{
		"/dev/video0: permission denied: add your user to the video group: sudo usermod -aG video $USER (and log in again)": fs.ErrPermission,
		"/dev/video0 is in use by another program: close it, or choose another camera":                                      unix.EBUSY,
		"/dev/video0: the camera was unplugged":                                                                             unix.ENODEV,
		"open /dev/video0: no space left on device":                                                                         unix.ENOSPC,
	} {
		if got := explain("/dev/video0", &os.PathError{Op: "open", Path: "x", Err: err}); err != unix.ENOSPC && got.Error() != want {
			t.Errorf("got %v\nwant %s", got, want)
		}
	}
	if got := explain("/dev/video0", unix.ENOSPC); got.Error() != "open /dev/video0: no space left on device" {
		t.Errorf("got %v", got)
	}
}

func TestPrepareRefusesWhatIsNoCamera(t *testing.T) {
	if _, err := prepare(request{path: os.DevNull}); err == nil || !strings.HasPrefix(err.Error(), os.DevNull+" is no camera: ") {
		t.Errorf("got %v", err)
	}
	if _, err := prepare(request{path: "/dev/video999"}); err == nil || !strings.HasPrefix(err.Error(), "no camera /dev/video999 is here") {
		t.Errorf("got %v", err)
	}
}

func TestNodeNumber(t *testing.T) {
	for path, want := range map[string]int{"/dev/video0": 0, "/dev/video12": 12, "/dev/video": -1, "/dev/videodev": -1} {
		if got := nodeNumber(path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestStableLinks(t *testing.T) {
	folder := t.TempDir()
	target := filepath.Join(folder, "video3")
	if err := errors.Join(os.WriteFile(target, nil, 0o644), os.Mkdir(filepath.Join(folder, "by-id"), 0o755),
		os.Symlink("../video3", filepath.Join(folder, "by-id", "usb-Acme"))); err != nil {
		t.Fatal(err)
	}
	if got := stableLinks(filepath.Join(folder, "by-id")); len(got) != 1 || got[target] != "usb-Acme" {
		t.Errorf("got %v", got)
	}
	if got := stableLinks(filepath.Join(folder, "none")); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestDevicesWithoutCameras(t *testing.T) {
	list, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Path == "" || d.Problem == "" && len(d.Modes) == 0 {
			t.Errorf("%+v", d)
		}
	}
}

func TestFourCCAndText(t *testing.T) {
	if got := fourCC(0x47504A4D) + fourCC(0x20303859); got != "MJPGY80" {
		t.Errorf("got %q", got)
	}
	if got := text([]byte("webcam \x00rest")); got != "webcam" {
		t.Errorf("got %q", got)
	}
	if perSecond(1001, 30000) < 29.9 || perSecond(0, 1) != 0 {
		t.Error("rates")
	}
}
