package shelf

import (
	"testing"
	"time"
)

const (
	mb  = 1_000_000
	day = 24 * time.Hour
)

// measured gives a forecast that has seen a constant rate for a minute.
func measured(bytesPerSecond int64) *Forecast {
	var f Forecast
	for s := range int64(60) {
		f.Add(noon.Add(time.Duration(s)*time.Second), 5000+s*bytesPerSecond)
	}
	return &f
}

func TestForecastText(t *testing.T) {
	const perDay = 86_400 * mb
	for _, c := range []struct {
		name       string
		keep       Keep
		free, kept int64
		want       string
	}{
		{"days", Keep{}, 3*perDay + 4*3600*mb, 0, "disk full in 3 d 4 h"},
		{"many days", Keep{}, 12*perDay + 5*3600*mb, 0, "disk full in 12 d"},
		{"hours", Keep{}, (3600 + 10*60) * mb, 0, "disk full in 1 h 10 min"},
		{"minutes", Keep{}, 600 * mb, 0, "disk full in 10 min"},
		{"seconds", Keep{}, 59 * mb, 0, "disk full in less than a minute"},
		{"years", Keep{}, 400 * perDay, 0, "disk full in more than a year"},
		{"age holds", Keep{Age: 2 * day}, 3 * perDay, 0, "keeps 2 d 0 h"},
		{"age is too long", Keep{Age: 30 * day}, 3 * perDay, perDay, "disk full in 3 d 0 h"},
		{"age with what is there", Keep{Age: 30 * day}, 3 * perDay, 28 * perDay, "keeps 30 d"},
		{"bytes hold", Keep{Bytes: 12 * perDay}, 20 * perDay, 0, "keeps 12 d"},
		{"bytes are too many", Keep{Bytes: 12 * perDay}, 2 * perDay, 0, "disk full in 2 d 0 h"},
		{"free holds", Keep{Free: perDay}, 2 * perDay, 3 * perDay, "keeps 4 d 0 h"},
		{"the least counts", Keep{Age: 3 * day, Bytes: 50 * perDay, Free: perDay}, 20 * perDay, 0, "keeps 3 d 0 h"},
	} {
		if got := measured(mb).Text(c.keep, c.free, c.kept); got != c.want {
			t.Errorf("%s: %q, wants %q", c.name, got, c.want)
		}
	}
}

func TestForecastNeedsTime(t *testing.T) {
	var f Forecast
	for s := range 5 {
		f.Add(noon.Add(time.Duration(s)*time.Second), int64(s)*mb)
	}
	if got := f.Text(Keep{}, mb, 0); got != "" {
		t.Errorf("after four seconds it says %q", got)
	}
	if got := measured(0).Text(Keep{}, mb, 0); got != "" {
		t.Errorf("where nothing is written it says %q", got)
	}
}

// TestForecastForgets has the rate change, and wants the new one when the window is over.
func TestForecastForgets(t *testing.T) {
	var f Forecast
	bytes, at := int64(0), noon
	for _, rate := range []int64{9 * mb, 1 * mb} {
		for end := at.Add(2 * window); at.Before(end); at = at.Add(time.Second) {
			f.Add(at, bytes)
			bytes += rate
		}
		if got := f.Rate(); got < 0.99*float64(rate) || got > 1.01*float64(rate) {
			t.Errorf("the rate is %g, wants %d", got, rate)
		}
	}
}
