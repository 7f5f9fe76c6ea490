package cli

import (
	"github.com/urfave/cli/v2"

	"framewire/pipeline/config"
)

func (a *app) docsCommand() *cli.Command {
	return &cli.Command{
		Name:  "docs",
		Usage: "print the generated documentation",
		Subcommands: []*cli.Command{
			{
				Name:   "plugins",
				Usage:  "the plugin reference, in Markdown",
				Action: noArguments(func(*cli.Context) error { return config.WriteMarkdown(a.stdout, a.reg) }),
			},
			{
				Name:  "schema",
				Usage: "the JSON Schema of config files, for editors",
				Action: noArguments(func(*cli.Context) error {
					schema, err := config.Schema(a.reg)
					if err != nil {
						return err
					}
					_, err = a.stdout.Write(schema)
					return err
				}),
			},
		},
		Action: func(ctx *cli.Context) error {
			if name := ctx.Args().First(); name != "" {
				return usagef("framewire docs: there is no %q, only plugins and schema", name)
			}
			return cli.ShowSubcommandHelp(ctx)
		},
	}
}
