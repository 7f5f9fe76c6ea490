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
	noted := running
	noted.notes = []string{"0:12 / 1:30  2x  paused", "disk full in 3 d 4 h"}
	photos := sending
	photos.progress = &pipeline.Progress{Unit: "photos", Done: 1, Total: 2, Bytes: 1e6, TotalBytes: 2e6}
	photos.rate.perSecond = 5e5
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
		{"notes", noted, sample{at: began}, "cam: 0:12 / 1:30  2x  paused  disk full in 3 d 4 h  30.0 frames/s  8.0 Mbit/s  12.0 ms  0 dropped"},
		{"photos", photos, sample{at: began}, "cam: [##########..........] 1 of 2 photos  1.0 of 2.0 MB  0.5 MB/s  2 s left  2 peers"},
		{"first", running, sample{}, "cam: starting"},
		{"over", over, sample{at: began}, "cam: ended"},
	}
	for _, tt := range tests {
		if got := tt.now.since(tt.last); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	if got, want := printable("über 3 \x1b[2J\n\u202e.mkv"), "über 3 ?[2J??.mkv"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
