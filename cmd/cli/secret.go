package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"framewire/transports/secret"
	"framewire/transports/secure"
)

func (a *app) secretCommand() *cli.Command {
	return &cli.Command{
		Name:  "secret",
		Usage: "print a new secret for both ends of a connection, or a certificate's fingerprint",
		Description: "Prints a secret of 160 random bits, which nobody can guess. Give it to both ends:\n\n" +
			"   export FRAMEWIRE_SECRET=$(framewire secret)\n\n" +
			"and write `secret: ${FRAMEWIRE_SECRET}` into both configs.\n\n" +
			"With --fingerprint it prints what the other end writes as `tls: {pin: ...}`.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "fingerprint", Usage: "print the fingerprint of the certificate in this PEM `FILE`"},
		},
		Action: noArguments(a.secretAction),
	}
}

func (a *app) secretAction(ctx *cli.Context) error {
	answer := secret.Generate()
	if ctx.IsSet("fingerprint") {
		cert, err := secure.LeafOf(ctx.String("fingerprint"))
		if err != nil {
			return usagef("framewire secret: %w", err)
		}
		answer = secure.Fingerprint(cert)
	}
	_, err := fmt.Fprintln(a.stdout, answer)
	return err
}
