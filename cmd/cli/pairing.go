package cli

import (
	"fmt"
	"io"
	"net"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/mattn/go-isatty"

	"framewire/pipeline"
	"framewire/transports/pairing"
	"framewire/transports/secret"
)

// pairingLine makes what to type at the other end, and on a terminal the secret for it.
type pairingLine struct {
	terminal bool   // somebody is there to read a secret
	text     string // the secret that was made for this run, or empty
	made     secret.Secret
}

func (a *app) newPairing() *pairingLine {
	return &pairingLine{terminal: isatty.IsTerminal(os.Stdin.Fd()) && isatty.IsTerminal(a.stderr.Fd())}
}

// prepare puts a secret into a config that has none and needs one.
func (p *pairingLine) prepare(cfg any) {
	c, ok := cfg.(pairing.Config)
	if !ok || !p.terminal || !c.Pairing().Bare() {
		return
	}
	if p.text == "" {
		p.text = secret.Generate()
		p.made = secret.New(p.text)
	}
	*c.Pairing().Secret = p.made
}

// tell says for each listening end what to type at the other. The secret stands there only when it was
// made for this run, which nobody but a terminal is told.
func (p *pairingLine) tell(chains []pipeline.Chain, log hclog.Logger, out io.Writer) {
	for _, chain := range chains {
		for _, node := range append([]pipeline.Node{chain.Input}, chain.Outputs...) {
			c, ok := node.Config.(pairing.Config)
			if !ok {
				continue
			}
			end, shown := c.Pairing(), pairing.Placeholder
			made := p.text != "" && *end.Secret == p.made
			if made {
				shown = p.text
			}
			line, ok := end.Line(node.Spec.Kind, shown, net.InterfaceAddrs)
			switch {
			case !ok && made: // no address is known, but the secret has to be told
				fmt.Fprintf(out, "the secret for this run: FRAMEWIRE_SECRET=%s\n", shown)
			case !ok:
			case p.terminal:
				fmt.Fprintf(out, "type at the other end:\n\n    %s\n\n", line)
			default:
				log.Named(chain.Name).Info("at the other end: " + line)
			}
		}
	}
}
