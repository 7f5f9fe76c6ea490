package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"

	"github.com/urfave/cli/v2"
)

// The flags that name files which a run leaves behind.
const (
	flagReport     = "report"
	flagCPUProfile = "cpuprofile"
	flagMemProfile = "memprofile"
	flagTrace      = "trace"
)

// outputFlags lists them.
func outputFlags() []string { return []string{flagReport, flagCPUProfile, flagMemProfile, flagTrace} }

func profileFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagCPUProfile, Usage: "write where the processor's time went to `FILE`, for go tool pprof; time in C libraries stands at the call into them"},
		&cli.StringFlag{Name: flagMemProfile, Usage: "write what holds Go's memory at the end to `FILE`, for go tool pprof"},
		&cli.StringFlag{Name: flagTrace, Usage: "write what every goroutine did when to `FILE`, for go tool trace; it grows by megabytes a second"},
	}
}

// checkOutputs finds out before anything runs whether the files that the flags name can be written.
func checkOutputs(ctx *cli.Context) error {
	for i, flag := range outputFlags() {
		file := ctx.String(flag)
		if file == "" {
			continue
		}
		fail := func(problem string) error {
			return usagef("framewire %s: --%s %s%s", ctx.Command.Name, flag, file, problem)
		}
		if slices.Contains(ctx.Args().Slice(), file) {
			what := map[bool]string{true: "recording", false: "config"}[ctx.Command.Name == "play"]
			return fail(" would overwrite the " + what + ": name another file")
		}
		for _, other := range outputFlags()[:i] {
			if ctx.String(other) == file {
				return fail(" is the file of --" + other + ": name another one")
			}
		}
		if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
			return fail(": there is no folder " + filepath.Dir(file))
		}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return fail(": it is a folder, name a file in it")
		}
	}
	return nil
}

// profiles are what is recorded of a run for those who want to make it faster.
type profiles struct {
	heap string         // file for the heap; empty for none
	open []func() error // ends those that are being written
}

// startProfiles begins those that the flags ask for.
func startProfiles(ctx *cli.Context) (*profiles, error) {
	p := &profiles{heap: ctx.String(flagMemProfile)}
	err := errors.Join(
		p.begin(ctx.String(flagCPUProfile), func(f *os.File) error { return pprof.StartCPUProfile(f) }, pprof.StopCPUProfile),
		p.begin(ctx.String(flagTrace), func(f *os.File) error { return trace.Start(f) }, trace.Stop),
	)
	if err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

// begin starts one, unless no file is named.
func (p *profiles) begin(file string, start func(*os.File) error, stop func()) error {
	if file == "" {
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if err := start(f); err != nil {
		return fmt.Errorf("profile: %w", errors.Join(err, f.Close()))
	}
	p.open = append(p.open, func() error {
		stop()
		return f.Close()
	})
	return nil
}

// end writes what is left and closes the files.
func (p *profiles) end() error {
	var all []error
	for _, end := range p.open {
		all = append(all, end())
	}
	if p.heap != "" {
		all = append(all, writeHeap(p.heap))
	}
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	return nil
}

func writeHeap(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	runtime.GC() // the profile tells of the last collection
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}
