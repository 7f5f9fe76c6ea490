package cli

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/term"

	"framewire/pipeline"
)

const (
	statusInterval = 500 * time.Millisecond
	clearLine      = "\r\x1b[K"
)

// statusWriter keeps one live line at the bottom of a terminal while log lines scroll by above it.
type statusWriter struct {
	out *os.File

	mu   sync.Mutex
	line string // what the bottom line shows; empty without one
}

func newStatusWriter(out *os.File) *statusWriter { return &statusWriter{out: out} }

// Write writes log lines above the status line.
func (w *statusWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.line == "" {
		return w.out.Write(p)
	}
	if _, err := w.out.WriteString(clearLine + string(p) + w.line); err != nil {
		return 0, err
	}
	return len(p), nil
}

// set shows another line; an empty one takes it away.
func (w *statusWriter) set(line string) {
	width, _, err := term.GetSize(int(w.out.Fd()))
	if err != nil || width < 2 { // a serial line knows none
		width = 80
	}
	if runes := []rune(line); len(runes) >= width {
		line = string(runes[:width-2]) + "…"
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if line == "" && w.line == "" {
		return
	}
	w.line = line
	_, _ = w.out.WriteString(clearLine + line) // a terminal that is gone is nobody's concern here
}

// show keeps the line up to date with the pipelines until the returned function is called.
func (w *statusWriter) show(group *pipeline.Group) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(statusInterval)
		defer tick.Stop()
		last := make([]sample, len(group.Runners()))
		for {
			select {
			case now := <-tick.C:
				parts := make([]string, 0, len(last))
				for i, r := range group.Runners() {
					fresh := takeSample(r, last[i].rate, now)
					parts = append(parts, fresh.since(last[i]))
					last[i] = fresh
				}
				w.set(strings.Join(parts, "  |  "))
			case <-quit:
				w.set("")
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

// sample is how far a pipeline had come at one moment.
type sample struct {
	name          string
	at            time.Time
	state         pipeline.State
	frames, bytes uint64
	dropped       uint64
	peers         int64
	sends         bool
	latency       time.Duration
	progress      *pipeline.Progress // of a source that has one
	rate          rate               // of what it delivers
	notes         []string           // what stages say of themselves
	quality       int                // percent, the least that an output advises
	every         int                // one of so many frames, the most that an output leaves out
}

func takeSample(r *pipeline.Runner, last rate, now time.Time) sample {
	rep := r.Report()
	s := sample{name: r.Name(), at: now, state: rep.State, latency: r.RecentLatency(), progress: rep.Progress, quality: 100, every: 1}
	if s.progress != nil {
		s.rate = last.sample(s.progress.Bytes, now)
	}
	for i, stage := range rep.Stages {
		if stage.Note != "" {
			s.notes = append(s.notes, printable(stage.Note))
		}
		s.dropped += stage.Dropped
		switch {
		case i == 0:
			s.frames, s.bytes = stage.FramesOut, stage.BytesOut
		case stage.Kind == pipeline.KindEncoder:
			s.bytes = stage.BytesOut
		}
		if stage.AdviceReport != nil {
			s.quality, s.every = min(s.quality, stage.Quality), max(s.every, stage.Every)
		}
		if stage.Kind == pipeline.KindSend || stage.Kind == pipeline.KindReceive {
			s.peers += stage.Peers
			s.sends = true
		}
	}
	return s
}

// since puts what happened since the last sample into words.
func (s sample) since(last sample) string {
	if s.state != pipeline.StateRunning {
		return fmt.Sprintf("%s: %s", s.name, s.state)
	}
	seconds := s.at.Sub(last.at).Seconds()
	if last.at.IsZero() || seconds <= 0 {
		return s.name + ": starting"
	}
	text := s.name + ": "
	for _, note := range s.notes {
		text += note + "  "
	}
	if s.progress != nil {
		text += progressText(*s.progress, s.rate.perSecond)
	} else {
		text += fmt.Sprintf("%.1f frames/s  %.1f Mbit/s  %.1f ms  %d dropped",
			float64(s.frames-last.frames)/seconds, float64(s.bytes-min(s.bytes, last.bytes))*8/1e6/seconds,
			float64(s.latency)/float64(time.Millisecond), s.dropped)
	}
	if s.sends {
		text += fmt.Sprintf("  %d peers", s.peers)
	}
	if s.quality < 100 {
		text += fmt.Sprintf("  quality %d%%", s.quality)
	}
	if s.every > 1 {
		text += fmt.Sprintf("  1 of %d frames", s.every)
	}
	return text
}

// printable keeps a note, which may hold the name of a file, from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
