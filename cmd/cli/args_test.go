package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestFlagsFirst(t *testing.T) {
	app := (&app{}).commands()
	tests := []struct{ in, want string }{
		{"framewire", "framewire"},
		{"framewire run a.yaml --for 5s", "framewire run --for 5s a.yaml"},
		{"framewire run a.yaml --for=5s b.yaml", "framewire run --for=5s a.yaml b.yaml"},
		{"framewire run a.yaml --no-status b.yaml", "framewire run --no-status a.yaml b.yaml"},
		{"framewire run a.yaml --set x=1 --set y=2", "framewire run --set x=1 --set y=2 a.yaml"},
		{"framewire --log-level debug run a.yaml --for 5s", "framewire --log-level debug run --for 5s a.yaml"},
		{"framewire run -- --for 5s", "framewire run -- --for 5s"},
		{"framewire run a.yaml --unknown", "framewire run --unknown a.yaml"},
		{"framewire run a.yaml --for", "framewire run --for a.yaml"},
		{"framewire a.yaml", "framewire a.yaml"},
	}
	for _, tt := range tests {
		if got := strings.Join(flagsFirst(app, strings.Fields(tt.in)), " "); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := flagsFirst(app, nil); !slices.Equal(got, nil) {
		t.Errorf("nothing becomes %q", got)
	}
}
