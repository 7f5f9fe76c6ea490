package limit

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Limiter{Every: time.Second, Burst: 3}
		var lines []string
		line := func(msg string, args ...any) { lines = append(lines, fmt.Sprintln(append([]any{msg}, args...)...)) }
		flood := func() {
			for range 10 {
				l.Say(line, "left")
			}
			l.TellMissed(line)
		}
		flood()
		<-time.After(time.Second)
		flood()
		<-time.After(2 * time.Second)
		l.TellMissed(line)
		l.TellMissed(line)
		want := []string{"left\n", "left\n", "left\n", "left not_told_before 7\n", "left\n", "left\n",
			"more of the kind happened than was told not_told_before 7\n"}
		if strings.Join(lines, "") != strings.Join(want, "") {
			t.Errorf("said:\n%swant:\n%s", strings.Join(lines, ""), strings.Join(want, ""))
		}
	})
}
