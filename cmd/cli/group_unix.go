//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps the terminal's Ctrl-C from a child, which gets it from the demo: two signals would end it
// at once.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
