package udp

import (
	"testing"

	"framewire/transports/internal/ends"
)

func TestDropsCause(t *testing.T) {
	tests := []struct {
		drops drops
		want  string
	}{
		{drops{Missed: ends.Missed{Count: 1}}, "it reports nothing: the network is down, or the program there is stopped"},
		{drops{Missed: ends.Missed{Count: 1}, wrote: 1e6, behind: true, rate: 750e3}, "the network carries no more than 0.8 MB/s"},
		{drops{Missed: ends.Missed{Count: 1}, wrote: 1e6}, "frames come in bursts, or this machine is busy with other work"},
	}
	for _, tt := range tests {
		if got := tt.drops.cause(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.drops, got, tt.want)
		}
	}
}
