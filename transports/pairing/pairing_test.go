package pairing

import (
	"errors"
	"net"
	"testing"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/transports/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLine(t *testing.T) {
	known := secret.New("correct horse battery")
	none := secret.Secret{}
	here := func() ([]net.Addr, error) {
		return []net.Addr{
			&net.IPNet{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(8, 32)},
			&net.IPNet{IP: net.IPv4(192, 168, 1, 20), Mask: net.CIDRMask(24, 32)},
		}, nil
	}
	offline := func() ([]net.Addr, error) { return nil, errors.New("no network") }
	tests := []struct {
		name       string
		end        End
		kind       pipeline.Kind
		interfaces func() ([]net.Addr, error)
		want       string
	}{
		{"sender", End{Network: "tcp", Listen: "0.0.0.0:5000", Secret: &known}, pipeline.KindSend, here,
			"FRAMEWIRE_SECRET=... framewire run --set receive.dial=192.168.1.20:5000 receiver"},
		{"receiver", End{Network: "tcp", Listen: ":5000", Secret: &known}, pipeline.KindReceive, here,
			"FRAMEWIRE_SECRET=... framewire run --set send.listen= --set send.dial=192.168.1.20:5000 sender"},
		{"udp", End{Network: "udp", Listen: "192.168.7.7:5000", Secret: &known}, pipeline.KindSend, here,
			"FRAMEWIRE_SECRET=... framewire run --set receive.dial=192.168.7.7:5000 udp-receiver"},
		{"IPv6", End{Network: "udp", Listen: "[fd00::2]:5000", Secret: &known}, pipeline.KindSend, here,
			"FRAMEWIRE_SECRET=... framewire run --set 'receive.dial=[fd00::2]:5000' udp-receiver"},
		{"a name", End{Network: "tcp", Listen: "kitchen-pi:5000", Secret: &known}, pipeline.KindSend, here,
			"FRAMEWIRE_SECRET=... framewire run --set receive.dial=kitchen-pi:5000 receiver"},
		{"insecure", End{Network: "tcp", Listen: "0.0.0.0:5000", Secret: &none, Insecure: true}, pipeline.KindSend, here,
			"framewire run --set receive.dial=192.168.1.20:5000 --set receive.insecure=true receiver"},
		{"loopback", End{Network: "tcp", Listen: "127.0.0.1:5000", Secret: &known}, pipeline.KindSend, here, ""},
		{"dials", End{Network: "tcp", Secret: &known}, pipeline.KindSend, here, ""},
		{"certificates", End{Network: "tcp", Listen: "0.0.0.0:5000", Secret: &none, TLS: true}, pipeline.KindSend, here, ""},
		{"any port", End{Network: "tcp", Listen: "0.0.0.0:0", Secret: &known}, pipeline.KindSend, here, ""},
		{"offline", End{Network: "tcp", Listen: "0.0.0.0:5000", Secret: &known}, pipeline.KindSend, offline, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.end.Line(tt.kind, Placeholder, tt.interfaces)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestBare(t *testing.T) {
	known, none := secret.New("correct horse battery"), secret.Secret{}
	tests := []struct {
		end  End
		want bool
	}{
		{End{Listen: "0.0.0.0:5000", Secret: &none}, true},
		{End{Listen: ":5000", Secret: &none}, true},
		{End{Listen: "0.0.0.0:5000", Secret: &known}, false},
		{End{Listen: "0.0.0.0:5000", Secret: &none, TLS: true}, false},
		{End{Listen: "0.0.0.0:5000", Secret: &none, Insecure: true}, false},
		{End{Listen: "localhost:5000", Secret: &none}, false},
		{End{Listen: "nonsense", Secret: &none}, false},
		{End{Secret: &none}, false},
	}
	for _, tt := range tests {
		if got := tt.end.Bare(); got != tt.want {
			t.Errorf("%+v: %v", tt.end, got)
		}
	}
}
