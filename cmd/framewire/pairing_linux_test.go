package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"framewire/pipeline"
)

// terminal opens a pseudo-terminal: what a program writes to the second file is read from the first.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close() })
	return master, slave
}

// reachable gives a port of every interface that nobody listens on; without an interface that others
// reach the test is skipped.
func reachable(t *testing.T) string {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && ip.IP.IsGlobalUnicast() {
			l, err := net.Listen("tcp4", "0.0.0.0:0") // a port that is free on loopback may be taken elsewhere
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			return l.Addr().String()
		}
	}
	t.Skip("this machine has no address that others reach")
	return ""
}

const (
	drawn   = "source={type: testpattern, size: 64x48, fps: 50}"
	nowhere = `sinks=[{type: "null"}]`
	known   = "correct horse battery staple"
)

// onTerminal starts a listening sender on a terminal and gives the lines that it shows there.
func onTerminal(t *testing.T, listen string, env ...string) (lines func() string) {
	t.Helper()
	master, slave := terminal(t)
	cmd := exec.Command(program, "run", "--no-status", "--set", drawn, "--set", "send.listen="+listen, "--set", "send.announce=false", "sender")
	cmd.Env = append(append(os.Environ(), "NO_COLOR=1", "TERM=xterm"), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	_ = slave.Close()
	shown := bufio.NewScanner(master)
	return func() string {
		if !shown.Scan() { // the terminal is gone when the program is
			t.Fatal("the sender ended before it said what to type")
		}
		return strings.TrimSpace(shown.Text())
	}
}

// TestPairing types at the other end what the listening one shows.
func TestPairing(t *testing.T) {
	line := onTerminal(t, reachable(t), "FRAMEWIRE_SECRET=")
	command := ""
	for command == "" {
		if text := line(); strings.Contains(text, "framewire run") {
			command = text
		}
	}
	if !strings.HasPrefix(command, "FRAMEWIRE_SECRET=fw1-") || !strings.HasSuffix(command, " receiver") {
		t.Fatalf("to be typed: %q", command)
	}
	dir := t.TempDir()
	typed := exec.Command("sh", "-c", command+" --set '"+nowhere+"' --for 2s --report r.json")
	typed.Dir = dir
	typed.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
	if out, err := typed.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	if got := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), pipeline.KindReceive, "tcp"); got.FramesOut == 0 {
		t.Errorf("no frame came: %+v", got)
	}
	made, _, _ := strings.Cut(strings.TrimPrefix(command, "FRAMEWIRE_SECRET="), " ")
	for text := line(); ; text = line() { // until the receiver's visit
		if strings.Contains(text, made) {
			t.Errorf("the secret is shown again: %q", text)
		}
		if strings.Contains(text, "receiver left") {
			return
		}
	}
}

// TestPairingWithASecret shows where the user's secret goes, and never the secret.
func TestPairingWithASecret(t *testing.T) {
	line := onTerminal(t, reachable(t), "FRAMEWIRE_SECRET="+known)
	for text := ""; !strings.Contains(text, "listening"); {
		text = line()
		if strings.Contains(text, known) {
			t.Errorf("the secret is shown: %q", text)
		}
		if strings.Contains(text, "framewire run") && !strings.HasPrefix(text, "FRAMEWIRE_SECRET=... framewire run --set receive.dial=") {
			t.Errorf("to be typed: %q", text)
		}
	}
}

// TestNoSecretWithoutATerminal keeps the config's error where nobody would read a secret.
func TestNoSecretWithoutATerminal(t *testing.T) {
	p := startEnv(t, t.TempDir(), []string{"FRAMEWIRE_SECRET="}, "run", "--set", drawn, "--set", "send.listen=0.0.0.0:0", "sender")
	p.ends(2)
	if text := p.log(); !strings.Contains(text, "nothing protects it") || strings.Contains(text, "fw1-") {
		t.Errorf("it said:\n%s", text)
	}
}

// TestDiscovery finds a sender in the local network, lists it and dials it by its name.
func TestDiscovery(t *testing.T) {
	if !multicast() {
		t.Skip("no interface here knows multicast")
	}
	listen, dir := reachable(t), t.TempDir()
	name := fmt.Sprintf("e2e-%d", os.Getpid())
	env := []string{"FRAMEWIRE_SECRET=" + known}
	sender := startEnv(t, dir, env, "run", "--set", drawn, "--set", "send.listen="+listen, "--set", "name="+name, "sender")
	sender.says(0, "announced in the local network")

	eventually(t, "the sender is listed", func() bool {
		list := run(t, dir, 0, "devices", "--network")
		for row := range strings.Lines(list.stdout.String()) {
			if fields := strings.Fields(row); strings.HasPrefix(row, name+" (") {
				return fields[2] == "sender" && fields[4] == "tcp" && fields[5] == "yes"
			}
		}
		return false
	})

	receiver := startEnv(t, dir, env, "run", "--set", "receive.dial=auto:"+name, "--set", nowhere, "receiver")
	receiver.says(0, "sender connected")
	receiver.signal(unix.SIGTERM)
	receiver.ends(0)
}

func multicast() bool {
	list, err := net.Interfaces()
	if err != nil {
		return false
	}
	for _, i := range list {
		if i.Flags&net.FlagUp != 0 && i.Flags&net.FlagMulticast != 0 {
			return true
		}
	}
	return false
}
