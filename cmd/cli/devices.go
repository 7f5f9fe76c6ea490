package cli

import "github.com/urfave/cli/v2"

func (a *app) devicesCommand() *cli.Command {
	return &cli.Command{
		Name:  "devices",
		Usage: "list the cameras here: stable id, formats, sizes, rates, permission problems",
		Action: noArguments(func(*cli.Context) error {
			return a.program.Devices(a.stdout)
		}),
	}
}
