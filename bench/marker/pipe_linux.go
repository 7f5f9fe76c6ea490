package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// widen lets a pipe hold as much as everybody may ask for (pipe(7)), so that who writes a picture into it does
// not wait for us. What is no pipe stays as it is.
func widen(pipe *os.File) {
	if raw, err := pipe.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
	}
}
