package standard

import (
	"net/netip"
	"strings"
	"testing"

	"framewire/transports/discovery"
)

func TestWriteNetwork(t *testing.T) {
	tests := []struct {
		name  string
		found []discovery.Found
		want  string
	}{
		{"nobody", nil, "no sender or receiver was found in the local network\n" +
			"only those are that listen beyond loopback and have `announce: true`, which is the default;\n" +
			"a firewall that blocks UDP port 5353, guest Wi-Fi, containers and routers keep them apart\n"},
		{"two, one with a name that is up to something", []discovery.Found{
			{Name: "garden (kitchen-pi)", Role: discovery.Sender, Network: "tcp", Secured: true, Address: netip.MustParseAddrPort("192.168.1.20:5000")},
			{Name: "x\x1b[2J", Role: discovery.Receiver, Network: "udp", Address: netip.MustParseAddrPort("[fe80::1%eth0]:5001")},
		}, "" +
			"NAME                 ROLE      ADDRESS              TRANSPORT  SECURED\n" +
			"garden (kitchen-pi)  sender    192.168.1.20:5000    tcp        yes\n" +
			`x\x1b[2J             receiver  [fe80::1%eth0]:5001  udp        no` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := writeNetwork(&b, tt.found); err != nil {
				t.Fatal(err)
			}
			if b.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), tt.want)
			}
		})
	}
}
