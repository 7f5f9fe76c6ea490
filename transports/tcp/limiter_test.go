package tcp

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limiter{every: time.Second, burst: 3}
		var lines []string
		line := func(msg string, args ...any) { lines = append(lines, fmt.Sprintln(append([]any{msg}, args...)...)) }
		flood := func() {
			for range 10 {
				l.say(line, "left")
			}
			l.tellMissed(line)
		}
		flood()
		<-time.After(time.Second)
		flood()
		<-time.After(2 * time.Second)
		l.tellMissed(line)
		l.tellMissed(line)
		want := []string{"left\n", "left\n", "left\n", "left not_told_before 7\n", "left\n", "left\n",
			"more of the kind happened than was told not_told_before 7\n"}
		if strings.Join(lines, "") != strings.Join(want, "") {
			t.Errorf("said:\n%swant:\n%s", strings.Join(lines, ""), strings.Join(want, ""))
		}
	})
}

// A thousand receivers that come and go in an instant are ten lines and a number.
func TestFloodOfReceiversIsToldBriefly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := mode{}.openMemorySender(t)
		const times = 500
		for range times {
			conn := mode{}.joinMemory(t, s)
			conn.Close()
			synctest.Wait()
		}
		if n := strings.Count(log.String(), "receiver connected") + strings.Count(log.String(), "receiver left"); n != s.set.lines {
			t.Errorf("%d lines about receivers that came and went, want %d", n, s.set.lines)
		}
		log.await(t, fmt.Sprintf("more of the kind happened than was told: not_told_before=%d", 2*times-s.set.lines))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
