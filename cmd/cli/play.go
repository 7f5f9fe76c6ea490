package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

func (a *app) playCommand() *cli.Command {
	return &cli.Command{
		Name:      "play",
		Usage:     "play a recording, or a folder of them, in a window or to another machine",
		ArgsUsage: "PATH",
		Description: "PATH is a video file, a folder of recordings, or a URL.\n\n" +
			"Keys, in the window and on the terminal:\n\n" + keyHelp + "\n" +
			"--send and --listen send the pictures instead of showing them, as config files do with `send`;\n" +
			"the other end is `framewire run receiver`. Their secret is FRAMEWIRE_SECRET, where that is set.",
		Flags: append([]cli.Flag{
			&cli.Float64Flag{Name: "speed", Value: 1, Usage: "how many times as fast as it was recorded, `FACTOR` from 0.0625 to 16"},
			&cli.DurationFlag{Name: "start", Usage: "where to begin, `DURATION` from the first picture, as in 1m30s"},
			&cli.BoolFlag{Name: "loop", Usage: "begin again after the last picture"},
			&cli.BoolFlag{Name: "fullscreen", Usage: "begin on the whole screen"},
			&cli.StringFlag{Name: "send", Usage: "send to the receiver that listens at `HOST:PORT`"},
			&cli.StringFlag{Name: "listen", Usage: "send to every receiver that connects to `HOST:PORT`"},
		}, runFlags()...),
		Action: a.playAction,
	}
}

func (a *app) playAction(ctx *cli.Context) error {
	switch {
	case !ctx.Args().Present():
		return usagef("framewire play: which recording? for example: framewire play recordings/clip.mkv")
	case ctx.Args().Len() > 1:
		return usagef("framewire play: takes one file or folder, but got %q too", ctx.Args().Get(1))
	case ctx.String("send") != "" && ctx.String("listen") != "":
		return usagef("framewire play: --send and --listen exclude each other")
	case ctx.Bool("fullscreen") && (ctx.String("send") != "" || ctx.String("listen") != ""):
		return usagef("framewire play: --fullscreen is for the window, and --send and --listen show none")
	}
	if path := ctx.Args().First(); !strings.Contains(path, "://") {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return usagef("framewire play: %s: no such file or folder", path)
		}
	}
	text, err := playConfig(ctx)
	if err != nil {
		return err
	}
	return a.launch(ctx, func(opts config.Options) ([]pipeline.Chain, error) {
		opts.ReadFile = func(string) ([]byte, error) { return text, nil }
		chains, err := config.Load(a.reg, opts, "play")
		return chains, withoutPlaces(err)
	})
}

// withoutPlaces leaves out where in a config faults are, for one that the user has not written.
func withoutPlaces(err error) error {
	var faults config.Faults
	if !errors.As(err, &faults) {
		return err
	}
	var lines []string
	for _, f := range faults {
		line := "framewire play: " + f.Problem
		switch {
		case strings.Contains(f.Hint, "FRAMEWIRE_SECRET"): // which says what to write into a config
			line += "\n    give both ends the same FRAMEWIRE_SECRET in their environment; `framewire secret` makes one"
		case f.Hint != "":
			line += "\n    " + f.Hint
		}
		lines = append(lines, line)
	}
	return errors.New(strings.Join(lines, "\n"))
}

// playConfig writes the config that a play command stands for.
func playConfig(ctx *cli.Context) ([]byte, error) {
	path := ctx.Args().First()
	if !utf8.ValidString(path) {
		return nil, usagef("framewire play: %q is no UTF-8: rename it, or name the folder that it is in", path)
	}
	source := map[string]any{
		"type": "file", "path": literal(path), "speed": ctx.Float64("speed"),
		"start": ctx.Duration("start").String(), "loop": ctx.Bool("loop"),
	}
	chain := map[string]any{"source": source}
	send := map[string]any{"type": "tcp"}
	switch {
	case ctx.String("send") != "":
		send["dial"] = literal(ctx.String("send"))
	case ctx.String("listen") != "":
		send["listen"] = literal(ctx.String("listen"))
	default:
		window := map[string]any{"type": "window", "fullscreen": ctx.Bool("fullscreen")}
		chain["sinks"] = []any{window}
	}
	if len(send) > 1 {
		if os.Getenv("FRAMEWIRE_SECRET") != "" {
			send["secret"] = "${FRAMEWIRE_SECRET}"
		}
		chain["encoder"], chain["send"] = map[string]any{"type": "jpeg"}, send
	}
	return json.Marshal(chain) // which is YAML
}

// literal keeps a value from being taken for one that asks the environment.
func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }
