package config

import (
	"testing"
	"time"
)

const day = 24 * time.Hour

func durations() map[string]time.Duration {
	return map[string]time.Duration{
		"0": 0, "5s": 5 * time.Second, "-1h": -time.Hour, "1m30s": 90 * time.Second,
		"1d": day, "30d": 30 * day, "1.5d": 36 * time.Hour, ".5d": 12 * time.Hour, "1d12h": 36 * time.Hour,
		"-1d12h": -36 * time.Hour, "0d5s": 5 * time.Second, "106751d": 106751 * day,
	}
}

func notDurations() []string {
	return []string{
		"", "d", "5", "1h2d", "1dd", "1d2", "1d-2h", "1d+2h", "- 1d", "1 d", "1e3d", "106752d", "-106752d", "106751d23h50m", "1d1d", "infd",
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range durations() {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q is %s, %v, wants %s", text, got, err, want)
		}
	}
	for _, text := range notDurations() {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

// FuzzParseDuration wants what is written to be read as the same.
func FuzzParseDuration(f *testing.F) {
	for text := range durations() {
		f.Add(text)
	}
	for _, text := range notDurations() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err != nil {
			return
		}
		if again, err := parseDuration(writtenDuration(d)); err != nil || again != d {
			t.Errorf("%q is %s, and that written is %s, %v", text, d, again, err)
		}
	})
}
