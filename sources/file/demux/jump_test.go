package demux

import (
	"bytes"
	"io"
	"testing"
	"time"

	"framewire/sources/file/demux/demuxtest"
)

// Jumping leads to a place from which Next comes to the picture of that time, and goes nowhere where that cannot be.
func TestJump(t *testing.T) {
	const n, step = 100, 40 * time.Millisecond
	for name, content := range demuxtest.Searchable(demuxtest.Numbered(t, n)) {
		t.Run(name, func(t *testing.T) {
			d, err := Open(NewTape(bytes.NewReader(content)))
			if err != nil {
				t.Fatal(err)
			}
			image, base, err := d.Next(nil)
			if err != nil || demuxtest.NumberOf(image) != 0 {
				t.Fatalf("number %d, %v", demuxtest.NumberOf(image), err)
			}
			for _, want := range []int{70, 3, n - 1, 0, 12} {
				at, ok := d.Jump(base + time.Duration(want)*step)
				if !ok {
					if name != "counted.mjpg" {
						t.Fatalf("to picture %d: it does not jump", want)
					}
					continue
				}
				for told := base - 1; told < base+time.Duration(want)*step; {
					if image, told, err = d.Next(image); err != nil {
						t.Fatalf("to picture %d: %v", want, err)
					}
					if at > told || demuxtest.NumberOf(image) > want {
						t.Fatalf("to picture %d: number %d at %s, from %s on", want, demuxtest.NumberOf(image), told, at)
					}
				}
				if got := demuxtest.NumberOf(image); got != want {
					t.Errorf("to picture %d: it comes to number %d", want, got)
				}
			}
		})
	}
}

// What comes over a network goes on as if nobody had asked.
func TestJumpInAStream(t *testing.T) {
	for name, content := range demuxtest.Searchable(demuxtest.Numbered(t, 20)) {
		d, err := Open(NewTape(struct{ io.Reader }{bytes.NewReader(content)}))
		if err != nil {
			t.Fatal(err)
		}
		for want := range 3 {
			image, _, err := d.Next(nil)
			if err != nil || demuxtest.NumberOf(image) != want {
				t.Fatalf("%s: number %d, want %d (%v)", name, demuxtest.NumberOf(image), want, err)
			}
			if at, ok := d.Jump(400 * time.Millisecond); ok {
				t.Errorf("%s: it jumped to %s", name, at)
			}
		}
	}
}

// An index is used where it is right, and only there: a long recording on a slow disk cannot be walked through.
func TestIndexIsRead(t *testing.T) {
	p := demuxtest.Numbered(t, 100)
	for name, want := range map[string]bool{
		"clip.mkv": true, "badcues.mkv": false, "indexed.avi": true, "absolute.avi": true, "wrong.avi": false,
		"indexed.mp4": true, "wrong.mp4": false, "clip.mp4": false,
	} {
		d, err := Open(NewTape(bytes.NewReader(demuxtest.Searchable(p)[name])))
		if err != nil {
			t.Fatal(err)
		}
		known := 0
		switch d := d.(type) {
		case *matroska:
			known = len(newMatroskaIndex(d).known)
		case *avi:
			known = len(d.references())
		case *fragments:
			known = len(d.references())
		}
		if want && known < 3 || !want && known != 0 {
			t.Errorf("%s: %d places are known from its index, want some: %t", name, known, want)
		}
	}
}
