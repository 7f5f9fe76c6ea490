package ends

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMissedAdd(t *testing.T) {
	pool := pipeline.NewPool()
	now := time.Unix(1000, 0)
	var m Missed
	for _, age := range []time.Duration{time.Second, 3 * time.Second, 2 * time.Second} {
		f := pool.Get(1)
		f.Captured = now.Add(-age)
		m.Add(f, now)
		f.Release()
	}
	f := pool.Get(1) // nobody knows when it was captured
	m.Add(f, now)
	f.Release()
	if want := (Missed{4, 3 * time.Second}); m != want {
		t.Errorf("%+v, want %+v", m, want)
	}
}

// However many receivers there are, the log gets a few lines each time; and what was missed last is told when
// the sender stops.
func TestTellMissedIsBounded(t *testing.T) {
	var out bytes.Buffer
	log := hclog.New(&hclog.LoggerOptions{Output: &out})
	stop := make(chan struct{})
	close(stop)
	TellMissed(log, time.Hour, 3, stop, func() (list []MissedBy) {
		for i := range 10 {
			list = append(list, MissedBy{Missed{i + 1, time.Second}, fmt.Sprintf("r%d", i), "asleep"})
		}
		return list
	})
	text := out.String()
	if n := strings.Count(text, "dropped frames for a slow receiver"); n != 3 {
		t.Errorf("%d receivers are told, want 3:\n%s", n, text)
	}
	for _, want := range []string{"receiver=r2 frames=3 oldest=1s cause=asleep", "more receivers missed frames than are told: receivers=7"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}
