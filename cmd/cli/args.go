package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves a command's flags in front of its arguments, so that `run sender.yaml --for 5s` works
// like `run --for 5s sender.yaml`. What follows `--` stays where it is.
func flagsFirst(app *cli.App, args []string) []string {
	at := slices.IndexFunc(args[min(1, len(args)):], func(arg string) bool { return app.Command(arg) != nil })
	if at < 0 {
		return args
	}
	at += 2
	command := app.Command(args[at-1])
	var flags, rest []string
	for i := at; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			rest = append(rest, args[i:]...)
			i = len(args)
		case len(arg) < 2 || arg[0] != '-':
			rest = append(rest, arg)
		default:
			flags = append(flags, arg)
			if takesValue(command, arg) && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return slices.Concat(args[:at], flags, rest)
}

// takesValue reports whether the flag's value is the next argument.
func takesValue(command *cli.Command, arg string) bool {
	if strings.Contains(arg, "=") {
		return false
	}
	name := strings.TrimLeft(arg, "-")
	for _, flag := range command.Flags {
		if slices.Contains(flag.Names(), name) {
			_, isBool := flag.(*cli.BoolFlag)
			return !isBool
		}
	}
	return false
}
