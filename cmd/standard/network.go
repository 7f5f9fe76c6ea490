package standard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"framewire/transports/discovery"
)

// printNetwork writes who is announced in the local network, for people.
func printNetwork(ctx context.Context, w io.Writer) error {
	found, err := discovery.Browse(ctx, "tcp", "udp")
	if err != nil {
		return err
	}
	return writeNetwork(w, found)
}

func writeNetwork(w io.Writer, found []discovery.Found) error {
	var b bytes.Buffer
	if len(found) == 0 {
		b.WriteString("no sender or receiver was found in the local network\n" +
			"only those are that listen beyond loopback and have `announce: true`, which is the default;\n" +
			"a firewall that blocks UDP port 5353, guest Wi-Fi, containers and routers keep them apart\n")
	} else {
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NAME\tROLE\tADDRESS\tTRANSPORT\tSECURED")
		for _, f := range found {
			secured := "no"
			if f.Secured {
				secured = "yes"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", discovery.Printable(f.Name), f.Role, f.Address, f.Network, secured)
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
