// Command check is the regression guard: it counts the instructions and allocations of the hot paths and fails
// when one of them needs more than was recorded. Instructions are counted by valgrind's callgrind, so that
// other work on the machine does not show. Run it by `make bench-check` from the repository's root.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

// recordedFile holds the figures to compare with.
const recordedFile = "bench/check/recorded.json"

// options are the flags.
type options struct {
	update   bool
	only     string
	tags     string
	profiles string
}

func main() {
	var opts options
	flag.BoolVar(&opts.update, "update", false, "record what is measured now")
	flag.StringVar(&opts.only, "only", "", "measure only cases whose name contains this")
	flag.StringVar(&opts.tags, "tags", "", "build tags of the cases that need native libraries; without them these are left out")
	flag.StringVar(&opts.profiles, "profiles", "", "folder in which callgrind leaves a profile of each case, for callgrind_annotate")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := check(ctx, os.Stdout, opts); err != nil {
		cancel()
		fmt.Fprintln(os.Stderr, "bench-check:", err)
		os.Exit(1)
	}
}

// check measures all cases and prints them. It fails when one has grown.
func check(ctx context.Context, out io.Writer, opts options) error {
	if _, err := exec.LookPath("valgrind"); err != nil {
		return errors.New("valgrind is not installed: apt-get install valgrind")
	}
	old, err := load(recordedFile)
	if err != nil {
		return err
	}
	here, err := tools(ctx)
	if err != nil {
		return err
	}
	if !opts.update && old.Tools != here {
		return fmt.Errorf("the figures were recorded with %s, and here is %s, which alone changes them\n"+
			"    record those of the unchanged tree first: UPDATE=1 make bench-check", old.Tools, here)
	}
	m, err := newMeter(opts)
	if err != nil {
		return err
	}
	defer m.close()

	now := recorded{Tools: here, Cases: make(map[string]figures)}
	var grown []string
	fmt.Fprintln(out, heading)
	for _, c := range cases {
		before, known := old.Cases[c.name]
		if !strings.Contains(c.name, opts.only) || c.native && opts.tags == "" {
			if known { // recording some keeps the others
				now.Cases[c.name] = before
			}
			continue
		}
		limit := before
		if !known || opts.update {
			limit = unlimited
		}
		got, err := m.measure(ctx, c, limit)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		now.Cases[c.name] = got
		fmt.Fprintln(out, row(c, before, known, got))
		if !known || !got.within(before, c.chance) {
			grown = append(grown, c.name)
		}
	}
	if opts.update {
		fmt.Fprintln(out, "written to", recordedFile)
		return now.save(recordedFile)
	}
	if len(grown) > 0 {
		return fmt.Errorf("over %d%% more than recorded, or never recorded: %s\n"+
			"    docs/performance.md shows how to see where it goes\n"+
			"    if it has to be so, say why in the commit and record anew: UPDATE=1 make bench-check", tolerance, strings.Join(grown, ", "))
	}
	return nil
}
