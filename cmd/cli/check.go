package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

func (a *app) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "validate config files and print each pipeline's resolved chain",
		ArgsUsage: "CONFIG...",
		Description: "Opens no device, no file but the configs, and no connection. Exit status 2 when something is wrong.\n" +
			roleHelp(),
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "set", Usage: "override one config value, `PATH=VALUE`; may be repeated"},
		},
		Action: func(ctx *cli.Context) error {
			files := ctx.Args().Slice()
			if len(files) == 0 {
				return usagef("framewire check: which config? for example: framewire check configs/sender.yaml")
			}
			chains, err := config.Load(a.reg, config.Options{Set: ctx.StringSlice("set"), ReadFile: readConfig}, files...)
			if err != nil {
				return usageError{err}
			}
			group, err := a.prepare(chains, pipeline.Options{})
			if err != nil {
				return err
			}
			for i, r := range group.Runners() {
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				r.Plan().Print(a.stdout)
			}
			return nil
		},
	}
}
