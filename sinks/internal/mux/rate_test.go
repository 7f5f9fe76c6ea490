package mux

import (
	"testing"
	"time"

	"framewire/sinks/internal/mux/muxtest"
)

func TestFindRate(t *testing.T) {
	jitter := func(list []time.Duration, d ...time.Duration) []time.Duration {
		for i := range list {
			list[i] += d[i%len(d)]
		}
		return list
	}
	without := func(list []time.Duration, lost int) []time.Duration {
		return append(list[:lost:lost], list[lost+1:]...)
	}
	for _, c := range []struct {
		name  string
		times []time.Duration
		want  rate
	}{
		{"one frame", muxtest.Every(1, 30, 1), rate{25, 1}},
		{"thirty", muxtest.Every(9, 30, 1), rate{30, 1}},
		{"ntsc", muxtest.Every(9, 30000, 1001), rate{30000, 1001}},
		{"film", muxtest.Every(9, 24000, 1001), rate{24000, 1001}},
		{"jitter of 5 ms", jitter(muxtest.Every(9, 25, 1), 0, 5*time.Millisecond, -5*time.Millisecond), rate{25, 1}},
		{"a lost frame", without(muxtest.Every(10, 30, 1), 4), rate{30, 1}},
		{"seven", muxtest.Every(9, 7, 1), rate{7000, 1000}},
		{"photos 10 s apart", muxtest.Every(2, 1, 10), rate{1000, 1000}},
		{"all at once", muxtest.Every(9, 10000, 1), rate{240, 1}},
	} {
		if got := findRate(c.times); got != c.want {
			t.Errorf("%s: %d/%d, wants %d/%d", c.name, got.num, got.den, c.want.num, c.want.den)
		}
	}
}
