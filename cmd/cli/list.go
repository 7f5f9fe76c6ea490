package cli

import (
	"github.com/urfave/cli/v2"

	"framewire/pipeline/config"
)

func (a *app) listCommand() *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "list the plugins, or one plugin's fields with type, default and meaning",
		ArgsUsage: "[KIND [NAME]]",
		Action: func(ctx *cli.Context) error {
			kind, name := ctx.Args().Get(0), ctx.Args().Get(1)
			if kind == "" {
				return config.WriteList(a.stdout, a.reg)
			}
			k, spec, err := config.Find(a.reg, kind, name)
			switch {
			case err != nil:
				return usageError{err}
			case spec == nil:
				return config.WriteKind(a.stdout, a.reg, k)
			}
			return config.WritePlugin(a.stdout, *spec)
		},
	}
}
