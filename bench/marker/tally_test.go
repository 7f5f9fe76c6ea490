package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

func TestSummarize(t *testing.T) {
	zero := time.Unix(1000, 0)
	at := func(ms float64) time.Time { return zero.Add(time.Duration(ms * float64(time.Millisecond))) }
	came := func(number uint64, captured, came float64) arrival { return arrival{number, at(captured), at(came)} }
	for _, c := range []struct {
		name   string
		tally  tally
		stamps map[uint64]time.Time
		want   summary
	}{
		{name: "nothing"},
		{
			name:  "all",
			tally: tally{came: []arrival{came(0, 0, 3), came(1, 10, 12), came(2, 20, 21)}},
			want:  summary{Frames: 3, Min: 1, P50: 2, P95: 3, P99: 3, Max: 3, Rate: 3 / 0.021},
		},
		{
			name:  "the first do not count",
			tally: tally{skip: 2, came: []arrival{came(1, 0, 100), came(2, 100, 101)}},
			want:  summary{Frames: 1, Min: 1, P50: 1, P95: 1, P99: 1, Max: 1, Rate: 2 / 0.101},
		},
		{
			name:  "lost and doubled",
			tally: tally{damaged: 4, came: []arrival{came(0, 0, 1), came(3, 30, 31), came(3, 30, 90)}},
			want:  summary{Frames: 2, Lost: 2, Doubled: 1, Damaged: 4, Min: 1, P50: 1, P95: 1, P99: 1, Max: 1, Rate: 3 / 0.090},
		},
		{
			name:   "stamps count, and say what is lost at the end",
			tally:  tally{skip: 1, came: []arrival{came(1, 0, 15)}},
			stamps: map[uint64]time.Time{0: at(0), 1: at(10), 2: at(20), 3: at(30)},
			want:   summary{Frames: 1, Lost: 2, Min: 5, P50: 5, P95: 5, P99: 5, Max: 5, Rate: 1 / 0.015},
		},
	} {
		got, err := c.tally.summarize(c.stamps)
		if math.Abs(got.Rate-c.want.Rate) < 1e-6 {
			got.Rate = c.want.Rate
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

func TestRank(t *testing.T) {
	delays := make([]time.Duration, 200)
	for i := range delays {
		delays[i] = time.Duration(i+1) * time.Millisecond
	}
	for percent, want := range map[int]float64{0: 1, 50: 100, 95: 190, 99: 198, 100: 200} {
		if got := rank(delays, percent); got != want {
			t.Errorf("%d %%: %v, want %v", percent, got, want)
		}
	}
}

// TestStampsThatAreJustWritten leaves a line out that has no end yet.
func TestStampsThatAreJustWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stamps")
	if err := os.WriteFile(path, []byte("0 5\n1 17"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readStamps(path)
	if err != nil || len(got) != 1 || !got[0].Equal(time.Unix(0, 5)) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestLikeness compares with pictures that differ by a known amount.
func TestLikeness(t *testing.T) {
	size := config.Size{Width: 64, Height: 64}
	path := filepath.Join(t.TempDir(), "kept")
	if status, _, said := call(t, nil, "feed", "-size", size.String(), "-frames", "2", "-fps", "1000", "-keep", path); status != 0 {
		t.Fatal(said)
	}
	f := &pipeline.Frame{Format: pipeline.Raw(pipeline.LayoutI420, size.Width, size.Height)}
	f.Data = make([]byte, f.Format.Bytes())
	like := newLikeness(path, size)
	defer like.close()
	if err := like.compare(f, 1); err != nil {
		t.Fatal(err)
	}
	var sum float64
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range file[len(file)-len(f.Data):] {
		sum += float64(v) * float64(v)
	}
	if want := 10 * math.Log10(255*255*float64(len(f.Data))/sum); math.Abs(like.worst-want) > 1e-9 {
		t.Errorf("zeroes beside the second picture: %v dB, want %v", like.worst, want)
	}
	if err := like.compare(f, 2); err == nil {
		t.Error("a picture that was not kept is compared")
	}
}
