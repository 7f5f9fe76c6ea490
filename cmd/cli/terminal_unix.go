//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package cli

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"
)

// terminal is the one on standard input while keys are taken from it one by one: they are not shown and need no
// Enter, and Ctrl-C works as ever. Nothing is done to it while another process has it, as when we run in the
// background: the system would stop us.
type terminal struct {
	fd     int
	before *unix.Termios // nil while it is as it was
	stops  chan os.Signal
}

// newTerminal gives the terminal that f is, or nil where it is none.
func newTerminal(f *os.File) *terminal {
	if !isatty.IsTerminal(f.Fd()) {
		return nil
	}
	return &terminal{fd: int(f.Fd()), stops: make(chan os.Signal, 1)}
}

// ours reports whether we are in the foreground.
func (t *terminal) ours() bool {
	group, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// read gives the keys that were pressed since the last call, and never waits.
func (t *terminal) read(buf []byte) []byte {
	if !t.ours() {
		return nil
	}
	now, err := unix.IoctlGetTermios(t.fd, getTermios)
	if err != nil {
		return nil
	}
	if t.before == nil || now.Lflag&unix.ICANON != 0 || now.Cc[unix.VMIN] != 0 { // a shell may have set it back meanwhile
		if t.before == nil {
			before := *now
			t.before = &before
		}
		now.Lflag &^= unix.ICANON | unix.ECHO
		now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 0, 0
		if unix.IoctlSetTermios(t.fd, setTermios, now) != nil {
			return nil
		}
	}
	n, err := unix.Read(t.fd, buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}

// restore gives the terminal back as it was.
func (t *terminal) restore() {
	if t.before == nil || !t.ours() {
		return
	}
	_ = unix.IoctlSetTermios(t.fd, setTermios, t.before) // a terminal that is gone is nobody's concern here
	t.before = nil
}

// notify gives the signals at which the terminal has to be given back first, until forget is called.
func (t *terminal) notify() <-chan os.Signal {
	signal.Notify(t.stops, syscall.SIGTSTP, syscall.SIGQUIT)
	return t.stops
}

func (t *terminal) forget() { signal.Stop(t.stops) }

// obey does what the signal stands for.
func (t *terminal) obey(s os.Signal) {
	if s == syscall.SIGTSTP {
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		return
	}
	signal.Reset(s)
	_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
}
