//go:build opencv && unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"framewire/pipeline"
)

// Clips that another program made go through sender and receiver into a recording, every frame of them, and
// the recording is as long as the clip.
func TestRealClips(t *testing.T) {
	source := []string{"-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=3"}
	sound := append(append([]string{}, source...), "-f", "lavfi", "-i", "sine=duration=3")
	clips := []struct {
		name  string
		input []string
		args  []string
	}{
		{"h264-bframes.mp4", source, []string{"-c:v", "libx264", "-bf", "3", "-pix_fmt", "yuv420p", "-preset", "veryfast"}},
		{"h264-sound.mkv", sound, []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-c:a", "aac"}},
		{"mpeg4.avi", source, []string{"-c:v", "mpeg4", "-q:v", "4"}},
		{"mjpeg-optimal.avi", source, []string{"-c:v", "mjpeg", "-q:v", "3", "-huffman", "optimal"}},
		{"mjpeg.mov", source, []string{"-c:v", "mjpeg", "-q:v", "3", "-huffman", "default"}},
		{"odd.mp4", []string{"-f", "lavfi", "-i", "testsrc2=size=321x241:rate=30000/1001:duration=3"},
			[]string{"-c:v", "libx264", "-pix_fmt", "yuv444p", "-preset", "veryfast"}},
		{"vfr.mkv", source, []string{"-vf", "select='not(mod(n,3))+gt(n,40)'", "-fps_mode", "vfr", "-c:v", "libx264", "-pix_fmt", "yuv420p"}},
	}
	for _, clip := range clips {
		t.Run(clip.name, func(t *testing.T) {
			dir, addr := t.TempDir(), freeAddress(t)
			ffmpegClip(t, dir, clip.name, append(clip.input, clip.args...)...)
			receiver := start(t, dir, "run", config(t, dir, "r.yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks: [{type: file, path: out.mkv}]
`))
			run(t, dir, 0, "run", config(t, dir, "s.yaml", `
source: {type: file, path: `+clip.name+`, pace: fast}
encoder: {type: jpeg}
send: {type: tcp, listen: "`+addr+`"}
`))
			receiver.ends(0)
			wantFrames, wantLength := probe(t, filepath.Join(dir, clip.name))
			frames, length := probe(t, filepath.Join(dir, "out.mkv"))
			if frames != wantFrames {
				t.Errorf("%d frames of %d were recorded", frames, wantFrames)
			}
			if diff := length - wantLength; diff > 0.25 || diff < -0.25 {
				t.Errorf("the recording lasts %.3f s, the clip %.3f s", length, wantLength)
			}
		})
	}
}

// probe counts a video's frames and gives its length in seconds, by ffprobe.
func probe(t *testing.T, file string) (frames int, seconds float64) {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v:0", "-count_frames",
		"-show_entries", "stream=nb_read_frames:format=duration", "-of", "default=noprint_wrappers=1", file).CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe %s: %v\n%s", file, err, out)
	}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "nb_read_frames":
			frames, err = strconv.Atoi(value)
		case "duration":
			seconds, err = strconv.ParseFloat(value, 64)
		default:
			t.Errorf("ffprobe complains about %s: %s", file, line)
		}
		if err != nil {
			t.Fatalf("ffprobe says %q: %v", line, err)
		}
	}
	return frames, seconds
}

func TestPortraitClipIsUpright(t *testing.T) {
	dir := t.TempDir()
	ffmpegClip(t, dir, "flat.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=1", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	ffmpegClip(t, dir, "portrait.mp4", "-i", filepath.Join(dir, "flat.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90")
	run(t, dir, 0, "run", config(t, dir, "c.yaml", `
source: {type: file, path: portrait.mp4, pace: fast}
sinks: [{type: file, path: out.mkv}]
`))
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", filepath.Join(dir, "out.mkv")).Output()
	if err != nil || strings.TrimSpace(string(out)) != "240,320" {
		t.Errorf("the recording is %q, error %v; want 240,320", out, err)
	}
}

func TestClipOverHTTP(t *testing.T) {
	dir := t.TempDir()
	ffmpegClip(t, dir, "clip.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	run(t, dir, 0, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: file, path: "`+server.URL+`/clip.mp4", pace: fast}
sinks: [{type: "null", decode: true}]
`))
	if got := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), "sink", "null").FramesIn; got != 50 {
		t.Errorf("%d of 50 frames", got)
	}
	missing := run(t, dir, 1, "run", config(t, dir, "m.yaml", `
source: {type: file, path: "`+server.URL+`/nosuch.mp4"}
sinks: [{type: "null"}]
`))
	if !strings.Contains(missing.log(), "404") {
		t.Errorf("the log does not say 404:\n%s", missing.log())
	}
}

func TestKilledRecordingPlays(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	liveSender(t, dir, addr)
	recorder := start(t, dir, "run", role(t, "recorder.yaml"), "--set", "receive.dial="+addr, "--set", "sinks.0.path=out.mkv",
		"--set", "sinks.1={type: snapshot, dir: shots, name: '{seq}'}")
	eventually(t, "100 photographed frames", func() bool { return len(filesIn(t, filepath.Join(dir, "shots"))) > 100 })
	recorder.kill()
	frames, seconds := probe(t, filepath.Join(dir, "out.mkv"))
	if frames < 100-30 || seconds < 2.3 { // 30 frames are the second that may be lost
		t.Errorf("%d frames and %.2f s can be played", frames, seconds)
	}
	run(t, dir, 0, "run", "--report", "again.json", config(t, dir, "again.yaml", `
source: {type: file, path: out.mkv, pace: fast}
sinks: [{type: "null", decode: true}]
`))
	if got := stageOf(t, readReport(t, filepath.Join(dir, "again.json")), "sink", "null").FramesIn; int(got) != frames {
		t.Errorf("we play %d frames of %d", got, frames)
	}
}

func TestRecordingIsNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	c := config(t, dir, "c.yaml", "source: {type: testpattern, size: 64x48, frames: 10, pace: fast}\nsinks: [{type: file, path: out.mkv}]\n")
	run(t, dir, 0, "run", c)
	first, err := os.ReadFile(filepath.Join(dir, "out.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, 0, "run", c)
	again, err := os.ReadFile(filepath.Join(dir, "out.mkv"))
	if err != nil || string(first) != string(again) {
		t.Errorf("the first recording has changed (%v)", err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "out*.mkv")); len(files) != 2 {
		t.Errorf("recordings %q, want two", files)
	}
}

// The receiver role shows the stream in a window, on a display of the test's own.
func TestRoleReceiverShowsTheStream(t *testing.T) {
	display := startXvfb(t)
	dir, addr := t.TempDir(), freeAddress(t)
	liveSender(t, dir, addr)
	receiver := startEnv(t, dir, []string{"DISPLAY=" + display}, "run", role(t, "receiver.yaml"), "--set", "receive.dial="+addr, "--report", "r.json")
	shot := filepath.Join(dir, "shot.png")
	eventually(t, "the red bar on the screen", func() bool {
		cmd := exec.Command("import", "-display", display, "-window", "root", "-depth", "8", shot)
		if cmd.Run() != nil {
			return false
		}
		out, err := exec.Command("identify", "-format", "%k %[fx:mean.r]", shot).Output()
		colors, mean, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
		n, _ := strconv.Atoi(colors)
		m, _ := strconv.ParseFloat(mean, 64)
		return err == nil && n > 8 && m > 0.02 // more than a bare screen: bars and gray ramp
	})
	press := exec.Command("xdotool", "search", "--name", "Framewire", "mousemove", "--window", "%1", "60", "60", "key", "q")
	press.Env = append(os.Environ(), "DISPLAY="+display)
	if out, err := press.CombinedOutput(); err != nil {
		t.Fatalf("xdotool: %v\n%s", err, out)
	}
	receiver.ends(0)
	if state := readReport(t, filepath.Join(dir, "r.json")).State; state != pipeline.StateEnded {
		t.Errorf("closing the window ends the pipeline as %q", state)
	}
}

// startXvfb starts a virtual display and gives its name. It ends with the test.
func startXvfb(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = r.Close()
	})
	buf := make([]byte, 16)
	n, err := r.Read(buf)
	if err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	return ":" + strings.TrimSpace(string(buf[:n]))
}
