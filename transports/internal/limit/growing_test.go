package limit

import (
	"testing"
	"testing/synctest"
	"time"
)

// What comes again and again is told more and more seldom, other lines are not held up by it, and after a
// quiet minute it begins anew.
func TestGrowingPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Limiter{Every: time.Second, Burst: 1, Most: Minute}
		began := time.Now()
		var at []int
		missed := 0
		line := func(msg string, args ...any) {
			if msg == "stranger" {
				at = append(at, int(time.Since(began)/time.Second))
			}
			for i, a := range args {
				if a == "not_told_before" {
					missed += args[i+1].(int)
				}
			}
		}
		flood := func(seconds int) {
			for range 10 * seconds {
				l.Say(line, "stranger")
				l.TellMissed(line)
				time.Sleep(time.Second / 10)
			}
		}
		flood(200)
		want := []int{0, 1, 3, 7, 15, 31, 63, 123, 183}
		if len(at) != len(want) {
			t.Fatalf("told at %v seconds, want %v", at, want)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Fatalf("told at %v seconds, want %v", at, want)
			}
		}
		other := 0
		l.Say(func(string, ...any) { other++ }, "something else")
		if other != 1 {
			t.Error("another line had to wait for the repeated one")
		}
		missed = 0
		flood(1)
		time.Sleep(2 * Minute)
		l.TellMissed(line)
		if missed != 10 {
			t.Errorf("%d lines were told to be missing in the end, want 10", missed)
		}
		at, began = nil, time.Now()
		flood(4)
		if len(at) != 3 {
			t.Errorf("after a quiet minute told at %v seconds, want 0, 1 and 3", at)
		}
	})
}
