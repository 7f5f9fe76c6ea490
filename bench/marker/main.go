// Command marker measures what programs make of pictures: it paints pictures whose number and time machines
// can read (package testpattern), feeds them to a program, reads them where they come out, and counts viewers.
// The rows of bench run it; nothing of it is in framewire itself.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

const usage = `usage: marker COMMAND [FLAGS]; marker COMMAND -h lists the flags

  feed       write pictures to standard output, at a rate
  read       read pictures from standard input and print their latencies as JSON
  viewers    connect many receivers to a sender and print what they saw as JSON
  first      wait for a sender that is being started and print when its first picture comes
  run        framewire run, with the sink marker beside the plugins of framewire
`

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	s := streams{os.Stdin, os.Stdout, os.Stderr}
	if len(os.Args) > 1 && os.Args[1] == "run" {
		os.Exit(runFramewire(os.Args))
	}
	os.Exit(dispatch(s, os.Args[1:]))
}

// dispatch runs one command and gives the exit status: 1 when it failed, 2 when it was called wrongly.
func dispatch(s streams, args []string) int {
	commands := map[string]func(streams, []string) error{"feed": feed, "read": read, "viewers": viewers, "first": first}
	if len(args) == 0 || commands[args[0]] == nil {
		fmt.Fprint(s.err, usage)
		return 2
	}
	err := commands[args[0]](s, args[1:])
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintf(s.err, "marker %s: %v\n", args[0], err)
	if wrong := (usageError{}); errors.As(err, &wrong) {
		return 2
	}
	return 1
}

// usageError is a mistake of the one who typed the command.
type usageError struct{ error }

// parse reads a command's flags; it takes no other arguments.
func parse(s streams, set *flag.FlagSet, args []string) error {
	set.SetOutput(s.err)
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{err}
	}
	if set.NArg() > 0 {
		return usageError{fmt.Errorf("takes no arguments, but got %q", strings.Join(set.Args(), " "))}
	}
	return nil
}
