package address

import (
	"strings"
	"testing"
)

const (
	addLine = " (add `secret: ${FRAMEWIRE_SECRET}` to both ends (`framewire secret` makes one), or `insecure: true` where everybody may watch and send)"
	reached = ` is reached from other machines, and nothing protects it` + addLine
	other   = ` may be another machine, and nothing protects it` + addLine
)

func TestCheckEnds(t *testing.T) {
	open, insecure := Guard{}, Guard{Insecure: true}
	tests := []struct {
		listen, dial string
		guard        Guard
		err          string
	}{
		{"127.0.0.1:5000", "", open, ""},
		{"127.9.9.9:5000", "", open, ""},
		{"[::1]:5000", "", open, ""},
		{"[::ffff:127.0.0.1]:5000", "", open, ""},
		{"localhost:5000", "", open, ""},
		{"LOCALHOST:5000", "", open, ""},
		{"127.0.0.1:0", "", open, ""},
		{"", "127.0.0.1:5000", open, ""},
		{"", "localhost:65535", open, ""},
		{":5000", "", insecure, ""},
		{":5000", "", Guard{Secret: true}, ""},
		{":5000", "", Guard{TLS: true}, ""},
		{"", "camera.example.org:5000", insecure, ""},
		{"", "camera.example.org:5000", Guard{Secret: true}, ""},
		{":5000", "", open, `listen: ":5000"` + reached},
		{"0.0.0.0:5000", "", open, `listen: "0.0.0.0:5000"` + reached},
		{"[::]:5000", "", open, `listen: "[::]:5000"` + reached},
		{"192.0.2.7:5000", "", open, `listen: "192.0.2.7:5000"` + reached},
		{"localhost.example.org:5000", "", open, `listen: "localhost.example.org:5000"` + reached},
		{"", "192.0.2.7:5000", open, `dial: "192.0.2.7:5000"` + other},
		{"", "camera:5000", open, `dial: "camera:5000"` + other},
		{"", "", open, "listen: neither listen nor dial is given (write `listen: 127.0.0.1:5000` at one end and `dial: 127.0.0.1:5000` at the other)"},
		{"127.0.0.1:1", "127.0.0.1:2", open, "dial: both listen and dial are given (keep one of them)"},
		{"127.0.0.1:70000", "", open, `listen: port 70000 of "127.0.0.1:70000" is not between 1 and 65535`},
		{"127.0.0.1:-1", "", open, `listen: port -1 of "127.0.0.1:-1" is not between 1 and 65535`},
		{"", "127.0.0.1:0", open, `dial: port 0 of "127.0.0.1:0" is not between 1 and 65535`},
		{"127.0.0.1:http", "", open, `listen: port "http" of "127.0.0.1:http" is not a number`},
		{"127.0.0.1", "", open, `listen: "127.0.0.1" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{"::1:5000", "", open, `listen: "::1:5000" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{"", ":5000", insecure, `dial: ":5000" names no host (write HOST:PORT, such as 127.0.0.1:5000)`},
		{"", "tcp://127.0.0.1:5000", insecure, `dial: "tcp://127.0.0.1:5000" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{"", "user@host:5000", insecure, `dial: "user@host" is not a host (write HOST:PORT without a scheme or a path)`},

		{"", "auto", insecure, ""},
		{"", "auto:garden (kitchen-pi)", Guard{Secret: true}, ""},
		{"", "auto", Guard{TLS: true}, ""},
		{"", "auto", open, `dial: what answers` + other},
		{"", "auto:garden", open, `dial: what answers` + other},
		{"", "auto:", insecure, `dial: "auto:" names nothing (write auto:NAME, or auto where there is only one)`},
		{"", "auto:a\x1bb", insecure, `dial: "a\x1bb" is no name`},
		{"", "auto:" + strings.Repeat("n", 64), insecure, `dial: the name has 64 bytes, and the limit is 63`},
		{"auto", "", insecure, `listen: "auto" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
	}
	for _, test := range tests {
		if got := text(CheckEnds(test.listen, test.dial, test.guard)); got != test.err {
			t.Errorf("%q %q %+v:\n%s, want\n%s", test.listen, test.dial, test.guard, got, test.err)
		}
	}
}

func TestCheckGroup(t *testing.T) {
	tests := []struct {
		group string
		guard Guard
		err   string
	}{
		{"239.1.2.3:5000", Guard{Secret: true}, ""},
		{"239.1.2.3:5000", Guard{}, `group: "239.1.2.3:5000"` + reached},
		{"239.1.2.3:0", Guard{Secret: true}, `group: port 0 of "239.1.2.3:0" is not between 1 and 65535`},
		{":5000", Guard{Secret: true}, `group: ":5000" names no host (write HOST:PORT, such as 239.1.2.3:5000)`},
	}
	for _, test := range tests {
		if got := text(Check("group", test.group, test.guard)); got != test.err {
			t.Errorf("%q: got\n%s, want\n%s", test.group, got, test.err)
		}
	}
}

func TestCheckInsecure(t *testing.T) {
	tests := []struct {
		guard Guard
		err   string
	}{
		{Guard{}, ""},
		{Guard{Insecure: true}, ""},
		{Guard{Secret: true, TLS: true}, ""},
		{Guard{Insecure: true, Secret: true}, "insecure: there is a secret too (remove this line: with a secret every address is allowed)"},
		{Guard{Insecure: true, TLS: true}, "insecure: there is tls too (remove this line: with tls every address is allowed)"},
	}
	for _, test := range tests {
		if got := text(CheckInsecure(test.guard)); got != test.err {
			t.Errorf("%+v: got %q, want %q", test.guard, got, test.err)
		}
	}
}

func TestIsDiscovery(t *testing.T) {
	tests := []struct {
		dial, name string
		ok         bool
	}{
		{"auto", "", true},
		{"auto:garden", "garden", true},
		{"auto:5000", "5000", true}, // a host named auto is dialled by its full name
		{"automat:5000", "", false},
		{"127.0.0.1:5000", "", false},
		{"", "", false},
	}
	for _, test := range tests {
		name, ok := IsDiscovery(test.dial)
		if ok != test.ok || ok && name != test.name {
			t.Errorf("%q: %q, %v", test.dial, name, ok)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"127.0.0.1:5000", "[::1]:0", ":5000", "auto", "auto:x", "[fe80::1%eth0]:1", "[::ffff:127.0.0.1]:1", "a:b:c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, field := range []string{"listen", "dial", "group"} {
			open, guarded := Check(field, s, Guard{}), Check(field, s, Guard{Secret: true})
			if open == nil && guarded != nil {
				t.Errorf("%s %q is allowed only without a secret: %v", field, s, guarded)
			}
		}
	})
}
