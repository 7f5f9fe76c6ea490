//go:build unix

package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"framewire/pipeline"
)

// freeDatagramAddress gives an address that nobody listens on over UDP.
func freeDatagramAddress(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().String()
}

func TestRoleUDPSender(t *testing.T) {
	t.Setenv("FRAMEWIRE_SECRET", "only the two of us know")
	dir, addr := t.TempDir(), freeDatagramAddress(t)
	sender := start(t, dir, "run", role(t, "udp-sender.yaml"), "--set", pattern, "--set", "send.listen="+addr, "--report", "sent.json")
	run(t, dir, 0, "run", role(t, "udp-receiver.yaml"), "--set", "receive.dial="+addr,
		"--set", "sinks.0={type: file, path: out.mkv}", "--report", "rec.json", "--for", "2s")
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	rep := readReport(t, filepath.Join(dir, "rec.json"))
	in, out := stageOf(t, rep, "receive", "udp"), stageOf(t, rep, "sink", "file")
	if in.FramesOut < 20 || in.FramesOut != out.FramesOut || in.BytesIn == 0 {
		t.Errorf("received %d frames in %d bytes, recorded %d", in.FramesOut, in.BytesIn, out.FramesOut)
	}
	if rep.State != pipeline.StateEnded || rep.Latency.P50 <= 0 {
		t.Errorf("state %q, latency %+v", rep.State, rep.Latency)
	}
	sent := stageOf(t, readReport(t, filepath.Join(dir, "sent.json")), "send", "udp")
	if sent.FramesOut < in.FramesOut || sent.BytesOut < in.BytesIn {
		t.Errorf("sent %d frames in %d bytes, received %d in %d", sent.FramesOut, sent.BytesOut, in.FramesOut, in.BytesIn)
	}
}

func TestPhotosOverUDPArriveByteForByte(t *testing.T) {
	dir, addr := t.TempDir(), freeDatagramAddress(t)
	want := writePhotos(t, filepath.Join(dir, "photos"), 25)
	sender := start(t, dir, "run", role(t, "photo-sender.yaml"), "--set", "send={type: udp, listen: '"+addr+"'}")
	receiver := start(t, dir, "run", role(t, "photo-receiver.yaml"), "--set", "receive={type: udp, dial: '"+addr+"'}")
	sender.ends(0)
	receiver.ends(0)
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, "received", name))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d of %d bytes arrived: %v", name, len(got), len(content), err)
		}
	}
}

func TestUDPSenderKilledAndRestarted(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			dir, addr := t.TempDir(), freeDatagramAddress(t)
			send := func() *process {
				return start(t, dir, "run", role(t, "udp-sender.yaml"), "--set", pattern, "--set", "send.listen="+addr)
			}
			receiver := start(t, dir, "run", "--report", "r.json", config(t, dir, "r.yaml", `
receive: {type: udp, dial: "`+addr+`"}
sinks: [{type: snapshot, dir: shots, every: 100ms}]
`))
			sender := send()
			moreShots(t, filepath.Join(dir, "shots"))
			sender.signal(s)
			<-sender.done
			send()
			moreShots(t, filepath.Join(dir, "shots"))
			receiver.signal(syscall.SIGINT)
			receiver.ends(0)
			in := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), "receive", "udp")
			if in.Reconnects != 1 {
				t.Errorf("the receiver reports %d reconnects, want 1", in.Reconnects)
			}
		})
	}
}
