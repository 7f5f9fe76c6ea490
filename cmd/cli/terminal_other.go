//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package cli

import "os"

// terminal takes no keys here; the window's work.
type terminal struct{}

func newTerminal(*os.File) *terminal { return nil }

func (*terminal) read([]byte) []byte       { return nil }
func (*terminal) restore()                 {}
func (*terminal) notify() <-chan os.Signal { return nil }
func (*terminal) forget()                  {}
func (*terminal) obey(os.Signal)           {}
