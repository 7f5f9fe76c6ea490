package tcp

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"framewire/pipeline"
)

// The receiver in docs/examples is written from docs/wire-format.md alone: it gets every frame.
func TestPythonReceiver(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	dir := t.TempDir()
	s, _ := startSender(t, SendConfig{Listen: loopback}, quick())
	cmd := exec.CommandContext(limited(t), python, "../../docs/examples/receiver.py", addressOf(s.end), "--save", dir, "--verify")
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	jpeg := s.env.Pool.Get(2000)
	copy(jpeg.Data, bytes.Repeat([]byte("jpeg"), 500))
	jpeg.Seq, jpeg.Format, jpeg.Lossless, jpeg.Meta.Name = 3, pipeline.JPEG(40, 30), true, "Grüße.jpg"
	defer jpeg.Release()
	sendAll(t, s, 0, 3, true)
	if err := s.Write(t.Context(), jpeg); err != nil {
		t.Fatal(err)
	}
	if err := s.End(limited(t)); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	want := "0 1 64x48 3072 \n1 1 64x48 3072 \n2 1 64x48 3072 \n3 2 40x30 2000 Grüße.jpg\n"
	if got := strings.ReplaceAll(out.String(), "\r", ""); got != want {
		t.Errorf("it printed %q, want %q", got, want)
	}
	for seq := range uint64(3) {
		f := picture(s.env.Pool, seq, true)
		got, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%06d.raw", seq)))
		if err != nil || !bytes.Equal(got, f.Data) {
			t.Errorf("frame %d was saved with %d bytes, %v", seq, len(got), err)
		}
		f.Release()
	}
	if got, err := os.ReadFile(filepath.Join(dir, "000003.jpg")); err != nil || !bytes.Equal(got, jpeg.Data) {
		t.Errorf("the photo was saved with %d bytes, %v", len(got), err)
	}
}
