package pipeline

import (
	"testing"
	"time"
)

func TestWhenFull(t *testing.T) {
	for _, word := range []string{"block", "drop_oldest"} {
		var w WhenFull
		if err := w.UnmarshalText([]byte(word)); err != nil || string(w) != word {
			t.Errorf("%q: %q, %v", word, w, err)
		}
	}
	for _, word := range []string{"", "auto", "Block", "drop-oldest"} {
		w := Block
		err := w.UnmarshalText([]byte(word))
		if want := `"` + word + `" is none of block, drop_oldest`; err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %q", word, err, want)
		}
		if w != Block {
			t.Errorf("%q changed the value to %q", word, w)
		}
	}
}

func TestQueueValidate(t *testing.T) {
	for _, c := range []struct {
		queue Queue
		want  string
	}{
		{Queue{}, ""},
		{Queue{Size: 4096, WhenFull: Block, MaxAge: time.Second}, ""},
		{Queue{Size: -1}, "size: -1 is not between 0 and 4096"},
		{Queue{Size: 4097}, "size: 4097 is not between 0 and 4096"},
		{Queue{MaxAge: -time.Second}, "max_age: -1s is below zero"},
		{Queue{Size: -1, MaxAge: -1}, "size: -1 is not between 0 and 4096\nmax_age: -1ns is below zero"},
	} {
		err := c.queue.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.queue, err)
		case c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("%+v: %v, want %q", c.queue, err, c.want)
		}
	}
}
