//go:build hardware && opencv && linux

package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// These tests want a machine with two vivid cameras (/dev/video0 and /dev/video1, root's alone) and a
// loopback device (/dev/video9); .ci/hardware runs them in a virtual machine that has them. It is slow, so
// pictures are small and nothing here looks at how long something takes.

const vividDriver = "/sys/bus/platform/drivers/vivid/"

// camera opens a source on a real device.
func camera(t *testing.T, cfg Config, want ...pipeline.Format) (*source, error) {
	t.Helper()
	env := pipeline.Env{
		Log:  hclog.New(&hclog.LoggerOptions{Output: t.Output(), Level: hclog.Debug}),
		Pool: pipeline.NewPool(), Counters: &pipeline.Counters{}, Want: want,
		Control: pipeline.NewControl(), Note: func(string) {},
	}
	plugin, err := newPlugin(&cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	s := plugin.(*source)
	if err := s.Open(t.Context()); err != nil {
		return s, err
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		<-s.reader.gone
		if n := env.Pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
	return s, nil
}

// small asks for what the slow guest can do.
func small(device string) Config {
	cfg := Defaults()
	cfg.Device, cfg.Size, cfg.FPS, cfg.Timeout = device, config.Size{Width: 320, Height: 180}, 10, 20*time.Second
	return cfg
}

func picture(t *testing.T, s *source) *pipeline.Frame {
	t.Helper()
	f, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestHardwareDevices(t *testing.T) {
	list, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"/dev/video0", "/dev/video1"} {
		at := slices.IndexFunc(list, func(d Device) bool { return d.Path == path })
		if at < 0 {
			t.Fatalf("%s is not listed: %+v", path, list)
		}
		d := list[at]
		if d.Name != "vivid" || d.Driver != "vivid" || d.Problem != "" || d.ID != []string{"platform:vivid-000/vivid", "platform:vivid-001/vivid"}[i] {
			t.Errorf("%+v", d)
		}
		if !d.has("YUYV", 320, 180, 60) || d.has("YUYV", 320, 180, 200) || d.has("MJPG", 0, 0, 0) {
			t.Errorf("modes of %s: %+v", path, d.Modes)
		}
	}
}

func TestHardwareRaw(t *testing.T) {
	for _, device := range []string{"0", "/dev/video1", "platform:vivid-000/vivid"} {
		for _, format := range []Format{Auto, Raw} {
			cfg := small(device)
			cfg.Format = format
			s, err := camera(t, cfg)
			if err != nil {
				t.Fatalf("%s: %v", device, err)
			}
			last := time.Duration(-1)
			for range 3 {
				f := picture(t, s)
				if f.Format != pipeline.Raw(pipeline.LayoutBGR, 320, 180) || f.PTS <= last {
					t.Errorf("%s: %s at %s after %s", device, f.Format, f.PTS, last)
				}
				if slices.Min(f.Data) == slices.Max(f.Data) {
					t.Errorf("%s: the picture is empty", device)
				}
				last = f.PTS
				f.Release()
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s.reader.close(0)
		}
	}
}

func TestHardwarePhotos(t *testing.T) {
	photo := func(t *testing.T, s *source, n int) *pipeline.Frame {
		f := picture(t, s)
		want := regexp.MustCompile(fmt.Sprintf(`^camera-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-%06d\.jpg$`, n))
		if !want.MatchString(f.Meta.Name) || !f.Lossless || slices.Min(f.Data) == slices.Max(f.Data) {
			t.Errorf("photo %d is %q, lossless %t", n, f.Meta.Name, f.Lossless)
		}
		return f
	}
	t.Run("by the clock", func(t *testing.T) {
		cfg := small("0")
		cfg.Every = time.Second
		s, err := camera(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		last := settleTime - 1 // the first one waits for the exposure
		for n := 1; n <= 3; n++ {
			f := photo(t, s, n)
			if f.PTS <= last {
				t.Errorf("photo %d at %s after %s", n, f.PTS, last)
			}
			last = f.PTS
			f.Release()
		}
	})
	t.Run("on request", func(t *testing.T) {
		cfg := small("0")
		cfg.Trigger.Signal = true
		s, err := camera(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 2; n++ {
			asked := time.Now()
			s.env.Control.Send(pipeline.Command{Action: pipeline.ActionTrigger, From: "signal"})
			f := photo(t, s, n)
			if f.Captured.Before(asked) {
				t.Errorf("photo %d was captured %s before it was asked for", n, asked.Sub(f.Captured))
			}
			f.Release()
		}
	})
}

func TestHardwareErrors(t *testing.T) {
	demanding := small("0")
	demanding.Format = MJPG
	for want, cfg := range map[string]Config{
		"no camera /dev/video7 is here: there are /dev/video0 (platform:vivid-000/vivid), /dev/video1 (platform:vivid-001/vivid)": small("7"),
		`no camera "usb-none" is here: there are /dev/video0 (platform:vivid-000/vivid)`:                                          small("usb-none"),
		"/dev/video0 has no MJPG, it offers ": demanding,
		"/dev/null is no camera: ":            small("/dev/null"),
	} {
		if _, err := camera(t, cfg); err == nil || !strings.HasPrefix(err.Error(), want) || errors.Is(err, pipeline.ErrLost) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// feeder runs ffmpeg until the end of the test.
func feeder(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// webcam feeds the loopback device with a clip of JPEG images, and waits until it is a camera.
func webcam(t *testing.T) (clip []byte, feed *exec.Cmd) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mjpeg")
	made := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=2", "-c:v", "mjpeg", "-huffman", "default", path)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	clip, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	feed = feeder(t, "-re", "-stream_loop", "-1", "-f", "mjpeg", "-framerate", "10", "-i", path, "-c", "copy", "-f", "v4l2", "/dev/video9")
	until(t, "the loopback device is a camera", func() bool {
		list, err := Devices()
		return err == nil && slices.ContainsFunc(list, func(d Device) bool { return d.Path == "/dev/video9" })
	})
	return clip, feed
}

// until looks every now and then whether something has come to be.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited a minute and it is not so: %s", what)
		}
	}
}

// One feeding for all of it: after the first one this loopback driver is no camera any more.
func TestHardwareWebcam(t *testing.T) {
	clip, feed := webcam(t)
	cfg := small("/dev/video9")
	cfg.Size = config.Size{Width: 320, Height: 240}

	t.Run("JPEG is decoded where the chain wants pixels", func(t *testing.T) {
		s, err := camera(t, cfg, pipeline.AnyRaw)
		if err != nil {
			t.Fatal(err)
		}
		f := picture(t, s)
		if f.Format != pipeline.Raw(pipeline.LayoutBGR, 320, 240) || slices.Min(f.Data) == slices.Max(f.Data) {
			t.Errorf("got %s", f.Format)
		}
		f.Release()
	})
	t.Run("JPEG passes untouched", func(t *testing.T) {
		s, err := camera(t, cfg, pipeline.AnyJPEG, pipeline.AnyRaw)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			f := picture(t, s)
			if f.Format != pipeline.JPEG(320, 240) || !bytes.Contains(clip, f.Data) {
				t.Errorf("%s of %d bytes is not among those that were fed", f.Format, len(f.Data))
			}
			if !bytes.HasPrefix(f.Data, []byte{0xFF, 0xD8}) || !bytes.HasSuffix(f.Data, []byte{0xFF, 0xD9}) {
				t.Errorf("not exactly one image: % x .. % x", f.Data[:4], f.Data[len(f.Data)-4:])
			}
			f.Release()
		}
	})
	t.Run("a silent camera is lost", func(t *testing.T) {
		s, err := camera(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		picture(t, s).Release()
		s.cfg.Timeout = time.Second
		if err := feed.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = feed.Process.Signal(syscall.SIGCONT) }) // before the camera's read is waited for
		for {
			f, err := s.Read(t.Context())
			if err == nil {
				f.Release()
				continue
			}
			// The driver may end the stream before the watchdog does: lost it is either way.
			silent := strings.Contains(err.Error(), "gave no picture for 1s") || strings.Contains(err.Error(), "gives no more pictures")
			if !errors.Is(err, pipeline.ErrLost) || !silent {
				t.Errorf("a silent camera: %v", err)
			}
			return
		}
	})
}

func TestHardwareBusy(t *testing.T) {
	feeder(t, "-f", "v4l2", "-video_size", "320x180", "-framerate", "10", "-i", "/dev/video1", "-f", "null", "-")
	var err error
	until(t, "ffmpeg holds the camera", func() bool {
		_, err = prepare(request{path: "/dev/video1", cfg: small("1")})
		return err != nil
	})
	if !strings.HasPrefix(err.Error(), "/dev/video1 is in use by ffmpeg (process ") {
		t.Errorf("got %v", err)
	}
	s, err := camera(t, small("1"))
	if err == nil || !strings.HasPrefix(err.Error(), "/dev/video1 is in use by ffmpeg (process ") {
		t.Errorf("got %v from %s", err, s.who)
	}
}

func TestHardwarePermission(t *testing.T) {
	const role = "FRAMEWIRE_TEST_AS_NOBODY"
	if os.Getenv(role) != "" {
		_, err := camera(t, small("0"))
		if err == nil || err.Error() != "/dev/video0: permission denied: add your user to the video group: sudo usermod -aG video $USER (and log in again)" {
			t.Errorf("got %v", err)
		}
		list, err := Devices()
		if err != nil || len(list) < 2 || list[0].Name == "" || !strings.Contains(list[0].Problem, "permission denied: add your user") {
			t.Errorf("%+v, %v", list, err)
		}
		return
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestHardwarePermission$", "-test.v")
	cmd.Env = append(os.Environ(), role+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

func TestHardwareUnplugAndReplug(t *testing.T) {
	s, err := camera(t, small("platform:vivid-001/vivid"))
	if err != nil {
		t.Fatal(err)
	}
	picture(t, s).Release()
	unplug := func(what string) {
		if err := os.WriteFile(vividDriver+what, []byte("vivid.0"), 0); err != nil {
			t.Fatal(err)
		}
	}
	unplug("unbind")
	for {
		f, err := s.Read(t.Context())
		if err == nil {
			f.Release()
			continue
		}
		if !errors.Is(err, pipeline.ErrLost) {
			t.Fatalf("got %v, want ErrLost", err)
		}
		t.Logf("unplugged: %v", err)
		break
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err == nil {
		t.Fatal("opened a camera that was unplugged")
	} else {
		t.Logf("while it is away: %v", err)
	}
	unplug("bind")
	until(t, "the camera is back", func() bool { return s.Open(t.Context()) == nil })
	picture(t, s).Release()
}

func TestHardwareSlowChainGetsTheNewest(t *testing.T) {
	s, err := camera(t, small("0"))
	if err != nil {
		t.Fatal(err)
	}
	picture(t, s).Release()
	until(t, "pictures were replaced", func() bool { return s.env.Counters.Dropped.Load() >= 3 })
	before := time.Now()
	f := picture(t, s)
	if age := before.Sub(f.Captured); age > 2*time.Second {
		t.Errorf("the picture is %s old", age)
	}
	f.Release()
}
