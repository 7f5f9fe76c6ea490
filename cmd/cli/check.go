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
			var plans []*pipeline.Plan
			for _, chain := range chains {
				plan, err := pipeline.NewPlan(chain, a.reg)
				if err == nil {
					_, err = pipeline.NewRunner(plan, pipeline.Options{Main: a.main})
				}
				if err != nil {
					return usageError{err}
				}
				plans = append(plans, plan)
			}
			for i, plan := range plans {
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				plan.Print(a.stdout)
			}
			return nil
		},
	}
}
