//go:build unix

package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"framewire/pipeline"
)

// TestRoleTimeLapse takes pictures by the clock, by a signal and by HTTP; the receiver has each under its name.
func TestRoleTimeLapse(t *testing.T) {
	dir, addr, triggers := t.TempDir(), freeAddress(t), freeAddress(t)
	start(t, dir, "run", role(t, "photo-receiver.yaml"), "--set", "receive.dial="+addr, "--set", "sinks.0.dir=got", "--set", "sinks.0.min_free=0")
	camera := start(t, dir, "run", role(t, "time-lapse.yaml"), "--report", "sent.json", "--set", "send.listen="+addr,
		"--set", "source={type: testpattern, size: 320x240, frames: 3, every: 1h, trigger: {signal: true, http: '"+triggers+"'}}")
	said := camera.says(0, "a POST is a trigger")

	camera.signal(syscall.SIGUSR1)
	said = camera.says(said, "asked_by=signal")
	response, err := http.Post("http://"+triggers+"/trigger", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	camera.says(said, "asked_by=http")

	camera.ends(0) // it was the last of three, and all are confirmed
	rep := readReport(t, filepath.Join(dir, "sent.json"))
	if got := stageOf(t, rep, "source", "testpattern"); rep.State != pipeline.StateEnded || got.Note != "3 taken, 3 confirmed" {
		t.Errorf("state %s, note %q", rep.State, got.Note)
	}
	names := filesIn(t, filepath.Join(dir, "got"))
	shape := regexp.MustCompile(`^testpattern-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-00000[123]\.jpg$`)
	if len(names) != 3 {
		t.Fatalf("there are %q, want three pictures", names)
	}
	for _, name := range names {
		if !shape.MatchString(name) {
			t.Errorf("a picture is called %s", name)
		}
	}
}

// TestTimeLapseThatIsNotConfirmed fails when nobody has got its pictures.
func TestTimeLapseThatIsNotConfirmed(t *testing.T) {
	dir := t.TempDir()
	camera := start(t, dir, "run", role(t, "time-lapse.yaml"), "--report", "sent.json", "--set", "send.listen="+freeAddress(t),
		"--set", "source={type: testpattern, size: 320x240, every: 100ms}")
	camera.says(0, "waiting for 1 receiver")
	camera.signal(syscall.SIGTERM)
	camera.ends(1)
	rep := readReport(t, filepath.Join(dir, "sent.json"))
	if rep.State != pipeline.StateFailed || !strings.Contains(rep.Error, "pictures are not confirmed") {
		t.Errorf("state %s, error %q", rep.State, rep.Error)
	}
}
