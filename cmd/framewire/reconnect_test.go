//go:build unix

package main

import (
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"framewire/pipeline"
)

// These tests restart ends of a live stream and wait for it to go on. That it does so within two seconds is
// the back-off's business, whose longest pause is one second.

func liveSender(t *testing.T, dir, addr string, flags ...string) *process {
	t.Helper()
	return start(t, dir, append([]string{"run", role(t, "sender.yaml"), "--set", pattern, "--set", "send.listen=" + addr}, flags...)...)
}

func photographer(t *testing.T, dir, addr, shots string, flags ...string) *process {
	t.Helper()
	return start(t, dir, append([]string{"run", "--log-level", "debug", config(t, dir, "p-"+shots+".yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks: [{type: snapshot, dir: `+shots+`, every: 100ms}]
`)}, flags...)...)
}

// moreShots waits until the folder holds more photos than it did.
func moreShots(t *testing.T, dir string) {
	t.Helper()
	had := len(filesIn(t, dir))
	eventually(t, "more photos in "+dir, func() bool { return len(filesIn(t, dir)) > had+1 })
}

func TestReceiverStartedBeforeTheSender(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	receiver := photographer(t, dir, addr, "shots")
	receiver.says(0, "waiting for")
	liveSender(t, dir, addr)
	moreShots(t, filepath.Join(dir, "shots"))
}

func TestSenderKilledAndRestarted(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			dir, addr := t.TempDir(), freeAddress(t)
			receiver := photographer(t, dir, addr, "shots", "--report", "r.json")
			sender := liveSender(t, dir, addr)
			moreShots(t, filepath.Join(dir, "shots"))
			sender.signal(s)
			<-sender.done
			liveSender(t, dir, addr)
			moreShots(t, filepath.Join(dir, "shots"))
			receiver.signal(syscall.SIGINT)
			receiver.ends(0)
			rep := readReport(t, filepath.Join(dir, "r.json"))
			if in := stageOf(t, rep, "receive", "tcp"); in.Reconnects != 1 {
				t.Errorf("the receiver reports %d reconnects, want 1", in.Reconnects)
			}
			if rep.State != pipeline.StateStopped {
				t.Errorf("state %q", rep.State)
			}
		})
	}
}

func TestReceiverKilledAndRestarted(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	sender := liveSender(t, dir, addr, "--report", "s.json")
	receiver := photographer(t, dir, addr, "first")
	moreShots(t, filepath.Join(dir, "first"))
	receiver.kill()
	photographer(t, dir, addr, "second")
	moreShots(t, filepath.Join(dir, "second"))
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	send := stageOf(t, readReport(t, filepath.Join(dir, "s.json")), "send", "tcp")
	if send.Reconnects != 1 {
		t.Errorf("the sender reports %d reconnects, want 1", send.Reconnects)
	}
}

func TestListeningReceiver(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	sender := start(t, dir, "run", config(t, dir, "s.yaml", `
source: {type: testpattern, size: 64x48, frames: 100, pace: fast}
encoder: {type: jpeg}
send: {type: tcp, dial: "`+addr+`"}
`))
	run(t, dir, 0, "run", "--report", "r.json", config(t, dir, "r.yaml", `
receive: {type: tcp, listen: "`+addr+`"}
sinks: [{type: "null"}]
`))
	sender.ends(0)
	if got := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), "sink", "null").FramesIn; got != 100 {
		t.Errorf("%d of 100 frames", got)
	}
}

// One of five receivers is stopped in the middle. The others go on: the numbers of the frames that they saved
// tell how many they missed. That the stalled one costs them none is the transport's own test.
func TestStalledReceiverDisturbsNobody(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	sender := liveSender(t, dir, addr, "--report", "s.json")
	var receivers []*process
	for i := range 5 {
		name := strconv.Itoa(i)
		receivers = append(receivers, start(t, dir, "run", "--report", "r"+name+".json", config(t, dir, "r"+name+".yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks: [{type: snapshot, dir: shots`+name+`, name: "{seq}"}]
`)))
	}
	for i := range 5 {
		moreShots(t, filepath.Join(dir, "shots"+strconv.Itoa(i)))
	}
	receivers[4].signal(syscall.SIGSTOP)
	mark := len(filesIn(t, filepath.Join(dir, "shots0")))
	eventually(t, "eight seconds of frames after the stall", func() bool {
		return len(filesIn(t, filepath.Join(dir, "shots0"))) > mark+240
	})
	sender.says(0, "no sign of life")
	for _, r := range receivers[:4] {
		r.signal(syscall.SIGINT)
	}
	for i, r := range receivers[:4] {
		r.ends(0)
		shots := filesIn(t, filepath.Join(dir, "shots"+strconv.Itoa(i)))
		first, last := seqOf(t, shots[0]), seqOf(t, shots[len(shots)-1])
		if 2*len(shots) < last-first+1 { // a busy machine costs a frame now and then, waiting for the stalled one most
			t.Errorf("receiver %d has %d frames of %d", i, len(shots), last-first+1)
		}
	}
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
}

// seqOf reads the frame number that a snapshot is named after.
func seqOf(t *testing.T, name string) int {
	t.Helper()
	n, err := strconv.Atoi(name[:len(name)-len(filepath.Ext(name))])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
