package cli

import (
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"
)

// logFlags are accepted before and after the command.
func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "log-level", Value: "info", Usage: "trace, debug, info, warn, error or off"},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: "text or json"},
	}
}

// newLogger makes the logger that the flags ask for, writing to w.
func newLogger(ctx *cli.Context, w io.Writer) (hclog.Logger, error) {
	name := flagValue(ctx, "log-level")
	level := hclog.LevelFromString(name)
	if level == hclog.NoLevel {
		return nil, usagef("framewire: --log-level %q is none of trace, debug, info, warn, error, off", name)
	}
	format := flagValue(ctx, "log-format")
	if format != "text" && format != "json" {
		return nil, usagef("framewire: --log-format %q is neither text nor json", format)
	}
	color := hclog.ColorOff
	if format == "text" && isTerminal(os.Stderr) && os.Getenv("NO_COLOR") == "" {
		color = hclog.ForceColor
	}
	clock := "15:04:05.000"
	if format == "json" {
		clock = "" // hclog's own: RFC 3339 with date and zone
	}
	return hclog.New(&hclog.LoggerOptions{
		Level: level, Output: w, JSONFormat: format == "json", Color: color, ColorHeaderOnly: true, TimeFormat: clock,
	}), nil
}

// flagValue is a flag's value where it was given, at the command or in front of it, or its default.
func flagValue(ctx *cli.Context, name string) string {
	for _, level := range ctx.Lineage() {
		if level.IsSet(name) {
			return level.String(name)
		}
	}
	return ctx.String(name)
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb" }
