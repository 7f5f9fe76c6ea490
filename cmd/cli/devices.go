package cli

import "github.com/urfave/cli/v2"

func (a *app) devicesCommand() *cli.Command {
	return &cli.Command{
		Name:  "devices",
		Usage: "list the cameras here: stable id, formats, sizes, rates, permission problems",
		Description: "With --network it looks for two seconds who is announced in the local network instead: senders\n" +
			"and receivers that listen beyond loopback, which `dial: auto` or `dial: auto:NAME` finds too.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "network", Usage: "list senders and receivers in the local network instead"},
		},
		Action: noArguments(func(ctx *cli.Context) error {
			if ctx.Bool("network") {
				return a.program.Network(ctx.Context, a.stdout)
			}
			return a.program.Devices(a.stdout)
		}),
	}
}
