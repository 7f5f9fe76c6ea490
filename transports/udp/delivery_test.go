package udp

import (
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/internal/impair"
)

// parityAlone is a stream without retransmission.
func parityAlone(c *SendConfig) {
	if err := c.FEC.UnmarshalText([]byte("20%")); err != nil {
		panic(err)
	}
	c.Retransmit = false
}

// The goals of delivery: frames of 150 KB, 30 a second, over a network with 20 ms of round trip. A frame is
// in time when it is read within the budget of 120 ms and the 10 ms that the network takes.
func TestDeliveryGoals(t *testing.T) {
	const size = 150_000
	frames, tolerance := 1500, 0.0
	if raceDetector { // it makes the test ten times slower, and looks for other faults
		frames, tolerance = 150, 1
	}
	base := impair.Conditions{Delay: 10 * time.Millisecond}
	with := func(change func(*impair.Conditions)) impair.Conditions {
		c := base
		change(&c)
		return c
	}
	loss := func(share, burst float64) impair.Conditions {
		return with(func(c *impair.Conditions) { c.Loss, c.Burst = share, burst })
	}
	tests := []struct {
		name       string
		conditions impair.Conditions
		send       func(*SendConfig)
		want       float64 // percent in time
	}{
		{"no loss", base, nil, 100},
		{"1% loss", loss(.01, 0), nil, 99.9},
		{"5% loss", loss(.05, 0), nil, 99.9},
		{"10% loss", loss(.10, 0), nil, 99.5},
		{"20% loss", loss(.20, 0), nil, 99.5},
		{"5% loss in bursts of 10", loss(.05, 10), nil, 99.5},
		{"1% loss, parity alone", loss(.01, 0), parityAlone, 99.9},
		{"5% loss, parity alone", loss(.05, 0), parityAlone, 99.9},
		{"10% loss, parity alone", loss(.10, 0), parityAlone, 98.5},
		{"5% reordered, 5% duplicated", with(func(c *impair.Conditions) { c.Reorder, c.Duplicate = .05, .05 }), nil, 100},
		{"half reordered", with(func(c *impair.Conditions) { c.Reorder, c.ReorderBy = .5, 8*time.Millisecond }), nil, 100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.conditions.Seed = 1
			advised := false
			got, w := stream(t, setting{
				conditions: test.conditions, send: test.send,
				advise: func(a pipeline.Advice) { advised = advised || a != steps[0] },
			}, frames, always(size))
			inTime := 100 * float64(got.inTime(130*time.Millisecond)) / float64(frames)
			sent := w.link.Stats(w.end("10.0.0.1"), w.end("10.0.0.2"))
			t.Logf("%-30s %6.2f%% of %d frames in time (goal %5.1f%%), p50 %2d ms, p99 %2d ms, %2.0f%% more bytes than the frames have",
				test.name, inTime, frames, test.want, got.percentile(50).Milliseconds(), got.percentile(99).Milliseconds(),
				100*(float64(sent.Bytes)/float64(frames*size)-1))
			if inTime < test.want-tolerance {
				t.Errorf("%.2f%% of the frames in time, want %.1f%%", inTime, test.want)
			}
			if test.conditions.Loss == 0 && float64(sent.Bytes) > 1.2*float64(frames*size) {
				t.Error("more was sent than 120% of the frames, where nothing was lost")
			}
			if advised {
				t.Error("the quality was lowered where loss alone is in the way")
			}
		})
	}
}

// At 120 frames a second a receiver has given up a frame, for want of room for unfinished ones, before what it
// asks for again could come: parity has to do it.
func TestFastStreamOverLoss(t *testing.T) {
	frames, want := 6000, 98.0
	if raceDetector {
		frames, want = 600, 95
	}
	got, _ := stream(t, setting{
		conditions: impair.Conditions{Seed: 1, Delay: 12 * time.Millisecond, Loss: .03}, fps: 120,
	}, frames, always(50_000))
	share := 100 * float64(len(got.seqs)) / float64(frames)
	t.Logf("%.2f%% of the frames arrived", share)
	if share < want {
		t.Errorf("%.2f%% of the frames arrived, want %.0f%%", share, want)
	}
}
