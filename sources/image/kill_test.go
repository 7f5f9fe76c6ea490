package image

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"

	"github.com/hashicorp/go-hclog"
)

// senderFolder is set for the copy of this program that TestKilled kills.
const senderFolder = "FRAMEWIRE_TEST_SENDER_FOLDER"

// sender is what runs there: it sends the photos of a watched folder, one for each byte that it is told, and
// says of each that it is confirmed.
func sender(dir string) {
	cfg := Config{Path: dir, Watch: true, Recursive: true}
	s, err := Spec().NewSource(&cfg, pipeline.Env{
		Pool: pipeline.NewPool(), Log: hclog.NewNullLogger(), Counters: new(pipeline.Counters), Confirmed: true,
	})
	if err == nil {
		err = s.Open(context.Background())
	}
	told := bufio.NewReader(os.Stdin)
	for err == nil {
		if _, err = told.ReadByte(); err != nil {
			break
		}
		var f *pipeline.Frame
		if f, err = s.Read(context.Background()); err == nil {
			fmt.Println(f.Meta.Name)
			settled := f.Settled
			f.Release()
			settled(nil)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(3)
}

// TestKilled ends the sender at any moment, ten times. None of the photos is forgotten, and none that stands
// in the journal is sent again.
func TestKilled(t *testing.T) {
	const kills, photos = 10, 200
	dir := t.TempDir()
	for i := range photos {
		put(t, filepath.Join(dir, fmt.Sprintf("day %d", i%3), fmt.Sprintf("%d.jpg", i)), jpegOf(t, 8+i, 8))
	}
	confirmed := make(map[string]int)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range kills + 1 {
		journal := journalled(t, dir)
		left := photos - len(journal)
		count := left // the last one sends all that is left
		if round < kills {
			count = random.IntN(min(left, 2*photos/kills) + 1)
		}
		for _, name := range sendUntilKilled(t, dir, count) {
			if journal[name] {
				t.Errorf("%s stands in the journal and is sent again", name)
			}
			confirmed[name]++
		}
	}
	if len(confirmed) != photos {
		t.Errorf("%d of %d photos were sent", len(confirmed), photos)
	}
	again := -photos
	for _, n := range confirmed {
		again += n
	}
	t.Logf("%d photos were sent again, being confirmed and not in the journal when it was killed", again)
}

// journalled gives the photos that the journal has.
func journalled(t *testing.T, dir string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, ".framewire-journal"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	j := &journal{entries: make(map[string]entry)}
	if err := j.parse(bytes.NewReader(data)); err != nil && len(data) > 0 {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for name := range j.entries {
		names[name] = true
	}
	return names
}

// sendUntilKilled runs the sender, kills it as soon as it has confirmed so many photos, and gives their names.
func sendUntilKilled(t *testing.T, dir string, photos int) (confirmed []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), senderFolder+"="+dir)
	var fault bytes.Buffer
	cmd.Stderr = &fault
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range photos {
		if _, err := in.Write([]byte{'.'}); err != nil || !lines.Scan() {
			break
		}
		confirmed = append(confirmed, lines.Text())
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	if len(confirmed) < photos || fault.Len() > 0 {
		t.Fatalf("the sender confirmed %d photos, want %d: %s", len(confirmed), photos, fault.String())
	}
	return confirmed
}
