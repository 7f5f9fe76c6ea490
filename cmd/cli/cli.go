// Package cli is the command line: it reads flags, loads configs, runs pipelines and tells how they do. It
// knows no plugin; a Program brings them.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framewire/configs"
	"framewire/pipeline"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // a pipeline failed while running
	exitUsage  = 2 // usage or configuration error; nothing was opened
)

// mainGrace is how long the first thread may take to return once everything is over.
const mainGrace = 200 * time.Millisecond

// Program is what a binary is made of.
type Program struct {
	Plugins []pipeline.Spec
	Devices func(w io.Writer) error // prints the cameras here
	// Network prints the senders and receivers that are announced in the local network.
	Network func(ctx context.Context, w io.Writer) error
	Native  string // the native libraries that are linked in, for `version`; may be empty
}

// Main runs the command line on the process's first thread, which it lends to window sinks, and gives the
// exit status. args is os.Args.
func Main(p Program, args []string) int {
	a := &app{program: p, stdout: os.Stdout, stderr: os.Stderr, main: pipeline.NewMainLoop()}
	ctx, cancel := context.WithCancel(context.Background())
	status := exitOK
	go func() {
		status = a.run(args)
		cancel()
		time.Sleep(mainGrace) // a window system that hangs must not keep the process
		os.Exit(status)
	}()
	a.main.Run(ctx)
	return status
}

// app carries what the commands share.
type app struct {
	program Program
	reg     *pipeline.Registry
	stdout  io.Writer
	stderr  *os.File
	main    *pipeline.MainLoop
}

// usageError is a mistake of the one who typed the command: exit status 2.
type usageError struct{ error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// errFailed says that a pipeline failed; the log has told why.
var errFailed = errors.New("a pipeline failed")

func (a *app) run(args []string) int {
	reg, err := pipeline.NewRegistry(a.program.Plugins...)
	if err != nil {
		fmt.Fprintln(a.stderr, "framewire:", err)
		return exitFailed
	}
	a.reg = reg
	c := a.commands()
	err = c.Run(flagsFirst(c, args))
	var usage usageError
	var coder cli.ExitCoder
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintln(a.stderr, err)
		return exitUsage
	case errors.As(err, &coder): // the library's own, of its help command
		fmt.Fprintln(a.stderr, "framewire:", err)
		return exitUsage
	}
	fmt.Fprintln(a.stderr, "framewire:", err)
	return exitFailed
}

func (a *app) commands() *cli.App {
	c := cli.NewApp()
	c.Name = "framewire"
	c.Usage = "stream live pictures from one machine to another"
	c.UsageText = "framewire COMMAND [FLAGS] [ARGUMENTS]"
	c.HideVersion = true
	c.Writer, c.ErrWriter = a.stdout, a.stderr
	c.DisableSliceFlagSeparator = true // a value of --set may hold commas
	c.Suggest = true
	c.ExitErrHandler = func(*cli.Context, error) {}
	c.OnUsageError = onUsageError
	c.Flags = logFlags()
	c.Action = func(ctx *cli.Context) error {
		if name := ctx.Args().First(); name != "" {
			return a.unknownCommand(ctx, name)
		}
		return cli.ShowAppHelp(ctx)
	}
	c.Commands = []*cli.Command{
		a.runCommand(), a.playCommand(), a.checkCommand(), a.listCommand(), a.devicesCommand(),
		a.demoCommand(), a.secretCommand(), a.docsCommand(), a.versionCommand(),
	}
	for _, cmd := range c.Commands {
		cmd.OnUsageError = onUsageError
		cmd.HideHelpCommand = true // a file or folder may be called help, or h
	}
	return c
}

// noArguments makes an action refuse arguments, which would mean nothing to it.
func noArguments(action cli.ActionFunc) cli.ActionFunc {
	return func(ctx *cli.Context) error {
		if ctx.Args().Present() {
			return usagef("framewire %s: takes no arguments, but got %q", ctx.Command.Name, ctx.Args().First())
		}
		return action(ctx)
	}
}

// badDuration is what the library says of a duration that it cannot read; no other flag fails so.
var badDuration = regexp.MustCompile(`^invalid value "(.*)" for flag -(\S+): parse error$`)

func onUsageError(ctx *cli.Context, err error, _ bool) error {
	name := "framewire"
	if ctx.Command != nil && ctx.Command.Name != "" && ctx.Command.Name != name {
		name += " " + ctx.Command.Name
	}
	if bad := badDuration.FindStringSubmatch(err.Error()); bad != nil {
		return usagef("%s: --%s %q is not a duration: write 10s or 2m", name, bad[2], bad[1])
	}
	return usagef("%s: %w\n    see %q", name, err, name+" --help")
}

func (a *app) unknownCommand(ctx *cli.Context, name string) error {
	hint := `see "framewire --help" for the commands`
	_, isRole := configs.Read(name)
	if _, err := os.Stat(name); isRole || err == nil && slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)) {
		hint = fmt.Sprintf("to run that config: framewire run %s", name)
	} else if err == nil {
		hint = fmt.Sprintf("to play that recording: framewire play %s", name)
	} else if near := cli.SuggestCommand(ctx.App.Commands, name); near != "" {
		hint = strings.ToLower(near[:1]) + near[1:] // it is a whole question
	}
	return usagef("framewire: there is no command %q\n    %s", name, hint)
}
