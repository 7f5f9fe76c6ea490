package udp

import (
	"fmt"
	"testing"
	"time"
)

func TestLobby(t *testing.T) {
	l := lobby{places: 4, share: 2, grace: time.Second}
	now := time.Unix(100, 0)
	links := make([]*link, 8)
	for i := range links {
		links[i] = &link{name: fmt.Sprint(i)}
	}
	steps := []struct {
		from  string
		after time.Duration
		out   *link
		ok    bool
	}{
		{"a", 0, nil, true},
		{"a", 0, nil, true},
		{"a", time.Second / 2, nil, false}, // its share, and nobody's time is over
		{"b", 0, nil, true},
		{"a", time.Second, links[0], true},
		{"c", 0, nil, true},
		{"d", 0, links[1], true}, // full
		{"e", 0, links[2], true},
		{"e", 0, nil, false},
	}
	entered := 0
	for i, step := range steps {
		now = now.Add(step.after)
		out, ok := l.room(step.from, now)
		if out != step.out || ok != step.ok {
			t.Errorf("step %d: %v has to go, room %v; want %v, %v", i, out, ok, step.out, step.ok)
		}
		if out != nil {
			l.leave(out)
			l.leave(out)
		}
		if ok {
			l.enter(links[entered], step.from, now)
			entered++
		}
	}
	if got := len(l.stale(now.Add(time.Hour), time.Minute)); got != 4 {
		t.Errorf("%d are stale, want 4", got)
	}
}
