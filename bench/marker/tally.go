package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"framewire/pipeline"
	"framewire/sources/testpattern"
)

// tally collects which picture came when. The zero tally is ready; it is not safe for concurrent use.
type tally struct {
	skip    uint64 // pictures at the beginning that do not count: programs warm up
	came    []arrival
	damaged int
	like    *likeness // nil where nothing is compared
}

// arrival is one picture where it came out.
type arrival struct {
	number   uint64
	captured time.Time // as the picture itself says
	at       time.Time
}

// add takes a picture that came at that time.
func (t *tally) add(f *pipeline.Frame, at time.Time) error {
	m, err := testpattern.ReadMarker(f)
	if err != nil {
		t.damaged++
		return nil
	}
	t.came = append(t.came, arrival{m.Seq, m.Captured, at})
	if t.like == nil {
		return nil
	}
	return t.like.compare(f, m.Seq)
}

// summary is what a tally comes to, as JSON. Times are milliseconds.
type summary struct {
	Frames  int     `json:"frames"`  // different pictures that came, after those that are skipped
	Lost    int     `json:"lost"`    // that did not come, between the first that counts and the last
	Doubled int     `json:"doubled"` // that came once more
	Damaged int     `json:"damaged"` // whose marker could not be read
	Rate    float64 `json:"rate"`    // pictures a second, from the first one's capture to the arrival of the last
	Min     float64 `json:"min"`
	P50     float64 `json:"p50"`
	P95     float64 `json:"p95"`
	P99     float64 `json:"p99"`
	Max     float64 `json:"max"`
	PSNR    float64 `json:"psnr,omitempty"` // of the picture that differs most from the one sent, in dB
}

// summarize gives the latencies. stamps are when each picture was complete; without them it is when the picture
// says that it was captured.
func (t *tally) summarize(stamps map[uint64]time.Time) (summary, error) {
	s := summary{Damaged: t.damaged}
	seen := make(map[uint64]bool)
	var delays []time.Duration
	last := t.skip
	for _, a := range t.came {
		if a.number < t.skip {
			continue
		}
		if seen[a.number] {
			s.Doubled++
			continue
		}
		seen[a.number] = true
		from := a.captured
		if stamps != nil {
			var ok bool
			if from, ok = stamps[a.number]; !ok {
				return summary{}, fmt.Errorf("picture %d came and was never sent", a.number)
			}
		}
		delays = append(delays, a.at.Sub(from))
		last = max(last, a.number+1)
	}
	s.Frames = len(delays)
	if n := len(t.came); n > 0 {
		s.Rate = float64(n) / t.came[n-1].at.Sub(t.came[0].captured).Seconds()
	}
	s.Lost = int(last-t.skip) - s.Frames
	for number := range stamps {
		if number >= last {
			s.Lost++
		}
	}
	slices.Sort(delays)
	s.Min, s.P50, s.P95, s.P99, s.Max = rank(delays, 0), rank(delays, 50), rank(delays, 95), rank(delays, 99), rank(delays, 100)
	if t.like != nil {
		s.PSNR = min(t.like.worst, 99) // JSON has no infinity
	}
	return s, nil
}

// rank gives a percentile of what is sorted in milliseconds, by the nearest rank; 0 where there is nothing.
func rank(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := (len(sorted)*percent + 99) / 100
	return float64(sorted[max(at, 1)-1].Microseconds()) / 1000
}

// readStamps reads what feed has written so far; a line that it is just writing does not count.
func readStamps(file string) (map[uint64]time.Time, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	stamps := make(map[uint64]time.Time)
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var number uint64
		var at int64
		if _, err := fmt.Sscanf(string(line), "%d %d\n", &number, &at); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", file, len(stamps)+1, err)
		}
		stamps[number] = time.Unix(0, at)
	}
	return stamps, nil
}

// print writes the summary as one line of JSON.
func (s summary) print(out io.Writer) error { return json.NewEncoder(out).Encode(s) }
