package mux

import (
	"bytes"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/mux/muxtest"
)

// TestEndsOfImages repairs recordings of cameras with habits of their own: what looks torn is told from what
// the camera has sent so.
func TestEndsOfImages(t *testing.T) {
	body := append([]byte("\xFF\xD8"), bytes.Repeat([]byte{7}, 300)...)
	with := func(tail string, zeros int) []byte {
		return append(append(bytes.Clone(body), tail...), make([]byte, zeros)...)
	}
	const end = "\xFF\xD9"
	for _, c := range []struct {
		name   string
		frames [][]byte
		want   int
	}{
		{"all with an end", [][]byte{with(end, 0), with(end, 0), with(end, 0)}, 3},
		{"none with an end", [][]byte{with("", 0), with("", 3), with("x", 0)}, 3},
		{"padded with zeros", [][]byte{with(end, 200), with(end, 64), with(end, 63), with(end, 62), with(end, 1)}, 5},
		{"one in the middle without", [][]byte{with(end, 0), with("", 2), with(end, 0)}, 3},
		{"one in the middle torn", [][]byte{with(end, 0), with("", 200), with(end, 0)}, 1},
		{"the last without, unlike the others", [][]byte{with(end, 0), with(end, 0), with("", 0)}, 2},
		{"the last torn", [][]byte{with("", 0), with("", 0), with("", 1)}, 2},
		{"nothing but zeros", [][]byte{with(end, 0), append([]byte("\xFF\xD8"), make([]byte, 500)...), with(end, 0)}, 1},
	} {
		for _, kind := range kinds() {
			disk := muxtest.NewDisk(nil)
			m := begin(t, disk, kind, 64, 48)
			pool := pipeline.NewPool()
			for i, data := range c.frames {
				f := pool.Get(len(data))
				copy(f.Data, data)
				if err := m.Write(f, time.Duration(i)*40*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				f.Release()
			}
			s, err := Repair(disk)
			if err != nil || int(s.Frames) != c.want {
				t.Errorf("%s, %s: %d frames, %v, wants %d", c.name, kind, s.Frames, err, c.want)
			}
		}
	}
}
