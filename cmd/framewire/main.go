// Command framewire streams live pictures from one machine to another. It is the template for a binary
// with plugins of your own: add their specs to the list.
package main

import (
	"os"
	"runtime"

	"framewire/cmd/cli"
	"framewire/cmd/standard"
)

// Window systems insist on the process's first thread; only init is sure to run on it.
func init() { runtime.LockOSThread() }

func main() {
	os.Exit(cli.Main(standard.Program(), os.Args))
}
