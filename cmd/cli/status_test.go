package cli

import (
	"testing"
	"time"

	"framewire/pipeline"
)

func TestStatusLine(t *testing.T) {
	began := time.Unix(1000, 0)
	running := sample{
		name: "cam", at: began.Add(time.Second), state: pipeline.StateRunning,
		frames: 30, bytes: 1e6, latency: 12 * time.Millisecond, quality: 100, every: 1,
	}
	sending := running
	sending.sends, sending.peers = true, 2
	adapted := sending
	adapted.quality, adapted.every = 40, 2
	over := running
	over.state = pipeline.StateEnded
	tests := []struct {
		name string
		now  sample
		last sample
		want string
	}{
		{"local", running, sample{at: began}, "cam: 30.0 frames/s  8.0 Mbit/s  12.0 ms  0 dropped"},
		{"sending", sending, sample{at: began}, "cam: 30.0 frames/s  8.0 Mbit/s  12.0 ms  0 dropped  2 peers"},
		{"adapted", adapted, sample{at: began}, "cam: 30.0 frames/s  8.0 Mbit/s  12.0 ms  0 dropped  2 peers  quality 40%  1 of 2 frames"},
		{"first", running, sample{}, "cam: starting"},
		{"over", over, sample{at: began}, "cam: ended"},
	}
	for _, tt := range tests {
		if got := tt.now.since(tt.last); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
