package motion

import (
	"strconv"
	"time"

	"framewire/pipeline"
)

// tellEvery is the least time between two lines of a kind.
const tellEvery = 10 * time.Second

// teller tells the user when motion begins and ends, and which pictures could not be read.
type teller struct {
	env    pipeline.Env
	told   time.Time // of the last line about motion
	silent int       // motions since then
	inLine bool      // the running one was told

	began    time.Duration // PTS
	faulty   time.Time     // of the last line about a picture
	unlooked int           // pictures since then
}

// begins tells that a motion began with a frame.
func (t *teller) begins(f *pipeline.Frame, percent float64) {
	t.env.Note("motion")
	t.began = f.PTS
	now := time.Now()
	if t.inLine = now.Sub(t.told) >= tellEvery; !t.inLine {
		t.silent++
		return
	}
	args := []any{"changed", strconv.FormatFloat(percent, 'f', 1, 64) + "%"}
	if t.silent > 0 {
		args = append(args, "untold_before", t.silent)
	}
	t.env.Log.Info("motion begins", args...)
	t.told, t.silent = now, 0
}

// ended tells that it was over before a frame.
func (t *teller) ended(f *pipeline.Frame) {
	t.env.Note("last motion " + f.Captured.Local().Format(time.TimeOnly))
	if t.inLine {
		t.env.Log.Info("motion ended", "lasted", (f.PTS - t.began).Round(100*time.Millisecond).String())
	}
}

// unreadable tells of a picture that passed without being looked at.
func (t *teller) unreadable(cause error) {
	t.unlooked++
	if now := time.Now(); now.Sub(t.faulty) >= tellEvery {
		t.env.Log.Warn("a picture cannot be looked at and passes unmarked", "cause", cause, "since_last_told", t.unlooked)
		t.faulty, t.unlooked = now, 0
	}
}
