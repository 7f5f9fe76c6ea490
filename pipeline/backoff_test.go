package pipeline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestBackoff(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name    string
		backoff Backoff
		want    []time.Duration // before chance takes up to a quarter off
	}{
		{"defaults", Backoff{}, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1000 * ms, 1000 * ms}},
		{"own bounds", Backoff{Min: 30 * ms, Max: 100 * ms}, []time.Duration{30 * ms, 60 * ms, 100 * ms, 100 * ms}},
		{"one pause", Backoff{Min: 50 * ms, Max: 50 * ms}, []time.Duration{50 * ms, 50 * ms}},
		{"min above max", Backoff{Min: 2 * time.Second, Max: time.Second}, []time.Duration{time.Second, time.Second}},
		{"near overflow", Backoff{Min: 1 << 62, Max: 1<<63 - 1}, []time.Duration{1 << 62, 1<<63 - 1, 1<<63 - 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := test.backoff
			for range 2 {
				for i, want := range test.want {
					if got := b.Next(); got > want || got < want-want/4-1 {
						t.Errorf("pause %d is %s, want between %s and %s", i, got, want-want/4, want)
					}
				}
				b.Reset()
			}
		})
	}
}

func TestBackoffScatters(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 100 {
		b := Backoff{}
		seen[b.Next()] = true
	}
	if len(seen) < 2 {
		t.Error("a hundred first pauses are all the same")
	}
}

func TestBackoffWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := Backoff{Min: time.Hour, Max: time.Hour}
		began := time.Now()
		if err := b.Wait(t.Context()); err != nil || time.Since(began) < 45*time.Minute {
			t.Errorf("waited %s: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that ends gives %v", err)
		}
	})
}
