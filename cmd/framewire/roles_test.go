//go:build unix

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"framewire/pipeline"
)

// rolesDir is where the role configs lie.
const rolesDir = "../../configs"

// role gives the absolute path of a role's config.
func role(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(rolesDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// pattern is the test pattern as an override for a role's source.
const pattern = "source={type: testpattern, size: 320x240, fps: 30}"

func TestRoleSenderAndRecorder(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	sender := start(t, dir, "run", role(t, "sender.yaml"), "--set", pattern, "--set", "send.listen="+addr)
	recorder := start(t, dir, "run", role(t, "recorder.yaml"), "--set", "receive.dial="+addr,
		"--set", "sinks.0.path=out.mkv", "--report", "rec.json", "--for", "2s")
	recorder.ends(0)
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	rep := readReport(t, filepath.Join(dir, "rec.json"))
	in, out := stageOf(t, rep, "receive", "tcp"), stageOf(t, rep, "sink", "file")
	if in.FramesOut == 0 || in.FramesOut != out.FramesOut || out.Dropped != 0 {
		t.Errorf("received %d frames, recorded %d, dropped %d", in.FramesOut, out.FramesOut, out.Dropped)
	}
	if rep.State != pipeline.StateEnded || rep.Latency.P50 <= 0 {
		t.Errorf("state %q, latency %+v", rep.State, rep.Latency)
	}

	// What we recorded we can play and send again, in every build, to the last frame.
	run(t, dir, 0, "run", "--report", "again.json", config(t, dir, "again.yaml", `
source: {type: file, path: out.mkv, pace: fast}
sinks: [{type: "null", decode: true}]
`))
	played := readReport(t, filepath.Join(dir, "again.json"))
	if got := stageOf(t, played, "sink", "null"); got.FramesIn != out.FramesOut {
		t.Errorf("%d of %d frames were decoded", got.FramesIn, out.FramesOut)
	}
}

// TestRoleArchive has each frame once, in files that are finished one after the other.
func TestRoleArchive(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	start(t, dir, "run", role(t, "sender.yaml"), "--set", pattern, "--set", "send.listen="+addr)
	archive := start(t, dir, "run", role(t, "archive.yaml"), "--set", "receive.dial="+addr, "--set", "sinks.0.segment.every=1s",
		"--set", "sinks.0.path=rec/{seq}.mkv", "--report", "rec.json", "--for", "4s")
	archive.ends(0)
	in := stageOf(t, readReport(t, filepath.Join(dir, "rec.json")), "receive", "tcp")
	names := filesIn(t, filepath.Join(dir, "rec"))
	if len(names) < 3 { // two segments and the index
		t.Errorf("there are %q", names)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s is not finished", name)
		}
	}
	run(t, dir, 0, "run", "--report", "again.json", config(t, dir, "again.yaml", `
source: {type: file, path: rec, pace: fast}
sinks: [{type: "null", decode: true}]
`))
	if got := stageOf(t, readReport(t, filepath.Join(dir, "again.json")), "sink", "null"); got.FramesIn != in.FramesOut || got.FramesIn == 0 {
		t.Errorf("%d of %d frames were played", got.FramesIn, in.FramesOut)
	}
}

// TestRoleMotionRecorder records the test pattern, in which something always moves.
func TestRoleMotionRecorder(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, 0, "run", role(t, "motion-recorder.yaml"), "--set", pattern, "--set", "sinks.0.path=clips/{seq}.mkv",
		"--report", "rec.json", "--for", "3s")
	out := stageOf(t, readReport(t, filepath.Join(dir, "rec.json")), "sink", "file")
	if names := filesIn(t, filepath.Join(dir, "clips")); len(names) != 2 || out.FramesOut == 0 { // a clip and the index
		t.Errorf("%d frames are in %q", out.FramesOut, names)
	}
}

func TestRoleRelay(t *testing.T) {
	dir, addr, relayed := t.TempDir(), freeAddress(t), freeAddress(t)
	start(t, dir, "run", role(t, "relay.yaml"), "--set", "receive.dial="+addr, "--set", "send.listen="+relayed, "--report", "relay.json")
	snaps := start(t, dir, "run", "--report", "end.json", config(t, dir, "end.yaml", `
receive: {type: tcp, dial: "`+relayed+`"}
sinks: [{type: snapshot, dir: shots, count: 3}]
`))
	start(t, dir, "run", role(t, "sender.yaml"), "--set", pattern, "--set", "send.listen="+addr)
	snaps.ends(0) // a snapshot sink that has all it wants ends its pipeline
	if got := len(filesIn(t, filepath.Join(dir, "shots"))); got != 3 {
		t.Errorf("%d snapshots, want 3", got)
	}
}

func TestPhotosArriveByteForByteUnderTheirNames(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	photos := filepath.Join(dir, "photos")
	want := writePhotos(t, photos, 25)
	sender := start(t, dir, "run", role(t, "photo-sender.yaml"), "--set", "send.listen="+addr, "--report", "sent.json")
	sender.says(0, "waiting for 1 receiver")
	receiver := start(t, dir, "run", role(t, "photo-receiver.yaml"), "--set", "receive.dial="+addr, "--report", "received.json")
	sender.ends(0)
	receiver.ends(0)
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, "received", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes arrived that differ from the %d sent", name, len(got), len(content))
		}
	}
	if got := filesIn(t, filepath.Join(dir, "received")); len(got) != len(want)+1 { // and the PNG, as JPEG
		t.Errorf("%d files arrived: %q", len(got), got)
	}
	rep := readReport(t, filepath.Join(dir, "received.json"))
	if rep.State != pipeline.StateEnded || stageOf(t, rep, "receive", "tcp").FramesOut != uint64(len(want)+1) {
		t.Errorf("report %+v", rep)
	}
}

// writePhotos fills a folder with n JPEG files of different sizes, some with an EXIF segment, and one PNG.
// It gives the JPEG files' contents by name.
func writePhotos(t *testing.T, dir string, n int) map[string][]byte {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	contents := make(map[string][]byte)
	for i := range n {
		var buf bytes.Buffer
		if err := jpeg.Encode(&buf, gradient(33+i*40, 17+i*30, i), &jpeg.Options{Quality: 40 + 2*i}); err != nil {
			t.Fatal(err)
		}
		content := buf.Bytes()
		if i%2 == 0 { // an EXIF segment behind the start marker must survive
			exif := []byte("\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x00")
			content = append(append(append([]byte{}, content[:2]...), exif...), content[2:]...)
		}
		name := fmt.Sprintf("Urlaub %d – Strand.jpg", i)
		contents[name] = content
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, gradient(64, 48, 3)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "drawing.png"), buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return contents
}

func gradient(w, h, seed int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 3), uint8(y * 5), uint8(seed*40 + x ^ y), 255})
		}
	}
	return m
}

func TestDemoConfigRunsInOneProcess(t *testing.T) {
	dir := t.TempDir()
	_, port, _ := strings.Cut(freeAddress(t), ":")
	p := startEnv(t, dir, []string{"FRAMEWIRE_DEMO_PORT=" + port}, "run", "--for", "2s", role(t, "demo.yaml"))
	p.ends(0)
	if got := filesIn(t, filepath.Join(dir, "demo-out", "snapshots")); len(got) == 0 {
		t.Error("no snapshots")
	}
}

func TestDemoCommand(t *testing.T) {
	dir := t.TempDir()
	p := run(t, dir, 0, "demo", "--for", "2s", "--dir", "it's: $out")
	out := p.stdout.String()
	for _, want := range []string{"sent ", "received ", "recorded  it's: $out/recording-", "photos "} {
		if !strings.Contains(out, want) {
			t.Errorf("the summary lacks %q:\n%s", want, out)
		}
	}
}

func TestEveryRoleChecks(t *testing.T) {
	t.Setenv("FRAMEWIRE_SECRET", "what the reader has set")
	files, err := filepath.Glob(filepath.Join(rolesDir, "*.yaml"))
	if err != nil || len(files) < 7 {
		t.Fatalf("%d configs, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p := start(t, "", "check", file)
			<-p.done
			usesNative := strings.Contains(p.log(), "needs OpenCV")
			switch code := p.cmd.ProcessState.ExitCode(); {
			case code == 0 && strings.Contains(p.stdout.String(), "pipeline "):
			case code == 2 && usesNative && !native:
			default:
				t.Errorf("exit status %d\n%s%s", code, p.stdout.String(), p.log())
			}
		})
	}
}

func TestLosslessRawIsBitIdentical(t *testing.T) {
	const frames = 795
	dir, addr := t.TempDir(), freeAddress(t)
	clip := makeClip(t, dir, frames)
	// What this build decodes without a network between is the truth.
	run(t, dir, 0, "run", config(t, dir, "local.yaml", `
source: {type: file, path: "`+clip+`", pace: fast}
encoder: {type: raw}
sinks: [{type: snapshot, dir: local, format: png, name: "{seq}"}]
`))
	receiver := start(t, dir, "run", "--report", "received.json", config(t, dir, "receiver.yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks: [{type: snapshot, dir: remote, format: png, name: "{seq}"}]
`))
	run(t, dir, 0, "run", "--report", "sent.json", config(t, dir, "sender.yaml", `
source: {type: file, path: "`+clip+`", pace: fast}
encoder: {type: raw}
send: {type: tcp, listen: "`+addr+`"}
`))
	receiver.ends(0)
	local, remote := filesIn(t, filepath.Join(dir, "local")), filesIn(t, filepath.Join(dir, "remote"))
	if len(local) != frames || len(remote) != frames {
		t.Fatalf("%d frames local, %d remote, want %d", len(local), len(remote), frames)
	}
	for i, name := range local {
		a, errA := os.ReadFile(filepath.Join(dir, "local", name))
		b, errB := os.ReadFile(filepath.Join(dir, "remote", remote[i]))
		if errA != nil || errB != nil || name != remote[i] || !bytes.Equal(a, b) {
			t.Fatalf("frame %d (%s, %s) differs: %v %v", i, name, remote[i], errA, errB)
		}
	}
	rep := readReport(t, filepath.Join(dir, "received.json"))
	if rep.State != pipeline.StateEnded {
		t.Errorf("the receiver of a finished file is %q", rep.State)
	}
}

// makeClip makes a clip of n frames: H.264 where this build plays that, otherwise JPEG in Matroska,
// recorded by the program itself.
func makeClip(t *testing.T, dir string, n int) string {
	t.Helper()
	if native {
		return ffmpegClip(t, dir, "clip.mp4", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=320x240:rate=30:duration=%d", (n+29)/30),
			"-frames:v", fmt.Sprint(n), "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-preset", "veryfast")
	}
	run(t, dir, 0, "run", config(t, dir, "clip.yaml", fmt.Sprintf(`
source: {type: testpattern, size: 320x240, frames: %d, pace: fast}
encoder: {type: jpeg}
sinks: [{type: file, path: clip.mkv}]
`, n)))
	return "clip.mkv"
}

func TestReceiverOfAFinishedFileEnds(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	receiver := config(t, dir, "r.yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks: [{type: "null"}]
`)
	receivers := make([]*process, 3)
	for i := range receivers {
		receivers[i] = start(t, dir, "run", "--report", fmt.Sprintf("r%d.json", i), receiver)
	}
	run(t, dir, 0, "run", config(t, dir, "s.yaml", `
source: {type: testpattern, size: 64x48, frames: 300, pace: fast}
encoder: {type: raw}
send: {type: tcp, listen: "`+addr+`", min_peers: 3}
`))
	for i, r := range receivers {
		r.ends(0)
		rep := readReport(t, filepath.Join(dir, fmt.Sprintf("r%d.json", i)))
		if got := stageOf(t, rep, "sink", "null").FramesIn; got != 300 {
			t.Errorf("receiver %d got %d of 300 frames", i, got)
		}
	}
}
