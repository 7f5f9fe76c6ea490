//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// recorded makes recordings of that many frames, of 30 a second, in a folder of their own.
func recorded(t *testing.T, dir string, frames int, names ...string) {
	t.Helper()
	for _, name := range names {
		run(t, dir, 0, "run", config(t, dir, "record.yaml", fmt.Sprintf(
			"source: {type: testpattern, size: 64x48, frames: %d, pace: fast}\nencoder: {type: jpeg}\nsinks: [{type: file, path: %q}]\n", frames, name)))
	}
}

// A folder of recordings is sent to a receiver, again and again, as fast as was asked for.
func TestPlaySendsAFolder(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	recorded(t, dir, 60, "rec/1.mkv", "rec/2.mkv", "rec/10.mkv")
	receiver := start(t, dir, "run", config(t, dir, "r.yaml",
		"receive: {type: tcp, dial: \""+addr+"\"}\nsinks: [{type: snapshot, dir: got, count: 200}]\n"))
	sender := start(t, dir, "play", "--listen", addr, "--speed", "4", "--loop", "--report", "s.json", "rec")
	receiver.ends(0) // it has more than the folder holds
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	if note := stageOf(t, readReport(t, filepath.Join(dir, "s.json")), "source", "file").Note; !strings.Contains(note, " of 3)") || !strings.HasSuffix(note, "  4x") {
		t.Errorf("the source's note is %q", note)
	}
	if n := len(filesIn(t, filepath.Join(dir, "got"))); n != 200 {
		t.Errorf("%d pictures came, want 200", n)
	}
}

func TestPlayErrors(t *testing.T) {
	dir := t.TempDir()
	recorded(t, dir, 2, "clip.mkv")
	if got := run(t, dir, 2, "clip.mkv").log(); !strings.HasSuffix(got, "to play that recording: framewire play clip.mkv") {
		t.Errorf("framewire clip.mkv: %s", got)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "framewire play: which recording? for example: framewire play recordings/clip.mkv"},
		{[]string{"nothing.mkv"}, "framewire play: nothing.mkv: no such file or folder"},
		{[]string{"clip.mkv", "--loop", "clip.mkv"}, `framewire play: takes one file or folder, but got "clip.mkv" too`},
		{[]string{"--listen", "127.0.0.1:0", "--speed", "99", "clip.mkv"}, "framewire play: source file: speed: 99 is not between 0.0625 and 16\n    1 is the clip's own, 2 twice as fast"},
		{[]string{"--start", "soon", "clip.mkv"}, `framewire play: --start "soon" is not a duration: write 10s or 2m`},
		{[]string{"--listen", "127.0.0.1:0", "--start", "-3s", "clip.mkv"}, "framewire play: source file: start: -3s is below zero\n    0s is the first picture"},
		{[]string{"--send", "a:1", "--listen", "b:1", "clip.mkv"}, "framewire play: --send and --listen exclude each other"},
		{[]string{"--send", "127.0.0.1:1", "--fullscreen", "clip.mkv"}, "framewire play: --fullscreen is for the window, and --send and --listen show none"},
		{[]string{"--send", "10.1.2.3:1", "clip.mkv"}, "framewire play: send tcp: dial: \"10.1.2.3:1\" may be another machine, and nothing protects it\n" +
			"    give both ends the same FRAMEWIRE_SECRET in their environment; `framewire secret` makes one"},
		{[]string{"--report", "clip.mkv", "clip.mkv"}, "framewire play: --report clip.mkv would overwrite the recording: name another file"},
	} {
		p := startEnv(t, dir, []string{"FRAMEWIRE_SECRET="}, append([]string{"play"}, tt.args...)...)
		p.ends(2)
		if got := p.log(); got != tt.want {
			t.Errorf("framewire play %s:\n got %s\nwant %s", strings.Join(tt.args, " "), got, tt.want)
		}
	}
}

// Nothing of a name is taken for a variable, and nothing of it reaches the terminal.
func TestPlayOddName(t *testing.T) {
	dir := t.TempDir()
	recorded(t, dir, 2, "clip.mkv")
	name := "a ${HOME} $$ \"b\" 'c' #d: \x1b[2J.mkv"
	if err := os.Rename(filepath.Join(dir, "clip.mkv"), filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	p := run(t, dir, 0, "play", "--listen", "127.0.0.1:0", "--report", "r.json", name)
	if n := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), "source", "file").FramesOut; n != 2 {
		t.Errorf("%d frames were played, want 2", n)
	}
	if strings.Contains(p.log(), "\x1b") {
		t.Errorf("the log steers the terminal: %q", p.log())
	}
}

func TestSignalThatTriggersNothing(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "run", "--log-level", "debug", config(t, dir, "c.yaml", endless))
	p.says(0, "starting")
	p.signal(syscall.SIGUSR1)
	p.says(0, "the signal triggers nothing")
	p.signal(syscall.SIGTERM)
	p.ends(0)
}

// A picture is taken when the signal comes, and when Enter is pressed.
func TestTriggers(t *testing.T) {
	dir := t.TempDir()
	k := typing(t, dir, "run", config(t, dir, "c.yaml",
		"source: {type: testpattern, size: 64x48, trigger: {signal: true, key: true}}\nsinks: [{type: snapshot, dir: photos}]\n"))
	eventually(t, "somebody who listens", func() bool { return k.settings().Lflag&unix.ICANON == 0 })
	k.types("\r")
	k.says("picture taken")
	k.types("")
	if err := k.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	k.says("asked_by=signal")
	eventually(t, "two photos", func() bool { return len(filesIn(t, filepath.Join(dir, "photos"))) == 2 })
	k.types("\x03")
	k.ends(0)
}

// typist is a terminal with framewire in it.
type typist struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	before unix.Termios
	ended  chan struct{}

	mu   sync.Mutex
	text []byte
	more chan struct{} // closed and renewed with each piece of text
}

func typing(t *testing.T, dir string, args ...string) *typist {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 200})
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	k := &typist{t: t, master: master, ended: make(chan struct{}), more: make(chan struct{})}
	k.before = k.settings()
	k.cmd = exec.Command(program, args...)
	k.cmd.Dir, k.cmd.Env = dir, append(os.Environ(), "TERM=xterm")
	k.cmd.Stdin, k.cmd.Stdout, k.cmd.Stderr = slave, slave, slave
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go k.listen()
	go func() {
		_ = k.cmd.Wait()
		close(k.ended)
	}()
	t.Cleanup(func() {
		_ = k.cmd.Process.Kill()
		<-k.ended
		slave.Close() // until here, so that its settings stay
		if t.Failed() {
			t.Logf("framewire %s said:\n%q", strings.Join(args, " "), k.said())
		}
	})
	return k
}

// settings are those of the terminal at this moment.
func (k *typist) settings() unix.Termios {
	k.t.Helper()
	now, err := unix.IoctlGetTermios(int(k.master.Fd()), unix.TCGETS)
	if err != nil {
		k.t.Fatal(err)
	}
	return *now
}

func (k *typist) listen() {
	buf := make([]byte, 4096)
	for {
		n, err := k.master.Read(buf)
		if err != nil {
			return
		}
		k.mu.Lock()
		k.text = append(k.text, buf[:n]...)
		close(k.more)
		k.more = make(chan struct{})
		k.mu.Unlock()
	}
}

func (k *typist) said() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(k.text)
}

// types presses keys; what is said from then on is what says looks at.
func (k *typist) types(keys string) {
	k.t.Helper()
	k.mu.Lock()
	k.text = nil
	k.mu.Unlock()
	if _, err := k.master.WriteString(keys); err != nil {
		k.t.Fatal(err)
	}
}

// says waits until the terminal shows the text.
func (k *typist) says(text string) {
	k.t.Helper()
	limit := time.After(patience)
	for {
		k.mu.Lock()
		found, more := bytes.Contains(k.text, []byte(text)), k.more
		k.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-k.ended:
			k.t.Fatalf("it ended without saying %q", text)
		case <-limit:
			k.t.Fatalf("it does not say %q", text)
		}
	}
}

// ends waits for the end, and that the terminal is as it was.
func (k *typist) ends(status int) {
	k.t.Helper()
	select {
	case <-k.ended:
	case <-time.After(patience):
		k.t.Fatal("it does not end")
	}
	if got := k.cmd.ProcessState.ExitCode(); got != status {
		k.t.Errorf("exit status %d, want %d", got, status)
	}
	if k.settings() != k.before {
		k.t.Error("the terminal's settings are not what they were")
	}
}

func TestPlayKeysOnATerminal(t *testing.T) {
	dir := t.TempDir()
	recorded(t, dir, 3000, "clip.mkv") // of 100 s
	// So slowly that on the slowest machine the place is one of the keys' making.
	k := typing(t, dir, "play", "--listen", "127.0.0.1:0", "--speed", "0.0625", "clip.mkv")
	k.says("0:00 / 1:40  0.0625x  ")
	k.types(" ")
	k.says("  paused")
	k.types("\x1b[C")
	k.says("0:10 / 1:40")
	k.types("\x1b[C\x1b[C\x1b[C\x1b[D")
	k.says("0:30 / 1:40")
	k.types("..")
	k.says("  paused")
	k.types("++-")
	k.says("  0.125x  paused")
	k.types("\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C")
	k.says("1:39 / 1:40") // the last picture, and it stays
	k.types("\x1b[D ")
	k.says("1:29 / 1:40  0.125x  ")
	k.types("q")
	k.ends(0)
}

// Ctrl-C ends it as ever, Ctrl-Z gives the terminal back for as long as it sleeps.
func TestTerminalIsGivenBack(t *testing.T) {
	dir := t.TempDir()
	recorded(t, dir, 3000, "clip.mkv")
	k := typing(t, dir, "play", "--listen", "127.0.0.1:0", "clip.mkv")
	taken := func() bool { return k.settings().Lflag&unix.ICANON == 0 }
	eventually(t, "the terminal to be taken", taken)
	k.types("\x1A")
	eventually(t, "it to sleep", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", k.cmd.Process.Pid))
		return err == nil && bytes.Contains(stat, []byte(") T "))
	})
	if k.settings() != k.before {
		t.Error("it sleeps and has not given the terminal back")
	}
	if err := k.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the terminal to be taken again", taken)
	k.types(" ")
	k.says("paused")
	k.types("\x03")
	k.ends(0)

	k = typing(t, dir, "play", "--listen", "127.0.0.1:0", "clip.mkv")
	eventually(t, "the terminal to be taken", taken)
	k.types("\x1C") // Ctrl-\, at which Go's runtime tells where it was
	k.ends(2)

	// A pipeline that nobody can do anything with leaves the terminal alone.
	k = typing(t, dir, "run", config(t, dir, "c.yaml", endless))
	k.says("frames/s")
	if k.settings() != k.before {
		t.Error("the terminal was taken although no stage listens")
	}
	k.types("\x03")
	k.ends(0)
}

func TestProgressBarOnATerminal(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, 0, "run", config(t, dir, "p.yaml",
		"source: {type: testpattern, size: 64x48, frames: 3, pace: fast}\nsinks: [{type: snapshot, dir: photos}]\n"))
	k := typing(t, dir, "run", config(t, dir, "c.yaml",
		"source: {type: image, path: photos, interval: 1500ms}\nsinks: [{type: snapshot, dir: copies}]\n"))
	k.says("] 1 of 3 photos  ")
	k.says("] 2 of 3 photos  ")
	k.ends(0)
}

// The keys of the window, in the build that has one.
func TestPlayInAWindow(t *testing.T) {
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil || buildTags == "" {
			t.Skipf("needs a build with a window, and %s", tool)
		}
	}
	dir := t.TempDir()
	recorded(t, dir, 3000, "clip.mkv")
	env := []string{"DISPLAY=" + display(t), "WAYLAND_DISPLAY=", "QT_QPA_PLATFORM="}
	p := startEnv(t, dir, env, "play", "--log-level", "debug", "--speed", "0.0625", "--report", "r.json", "clip.mkv")
	xdotool := func(args ...string) string {
		cmd := exec.Command("xdotool", args...)
		cmd.Env = append(os.Environ(), env...)
		out, _ := cmd.Output()
		return strings.TrimSpace(string(out))
	}
	var id string
	eventually(t, "a window", func() bool {
		id = xdotool("search", "--name", "^framewire: play$")
		return id != ""
	})
	eventually(t, "the window to take the first picture's size", func() bool {
		return strings.Contains(xdotool("getwindowgeometry", id), "64x48")
	})
	for _, key := range []string{"space", "Right", "Right", "plus"} {
		xdotool("key", "--window", id, key)
	}
	p.says(0, "action=speed")
	xdotool("key", "--window", id, "q")
	p.ends(0)
	if note := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), "source", "file").Note; note != "0:20 / 1:40  0.125x  paused" {
		t.Errorf("the source's note is %q", note)
	}
}

// display starts an X server without a screen and gives its name.
func display(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(number)
}
