package mux

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/mux/muxtest"
)

// TestPowerCut cuts the power at every sync of a recording, Close's too: unsynced writes are missing, torn or
// there in any mix. What was synced before must be there after the repair, byte for byte.
func TestPowerCut(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			const frames, each = 64, 13
			disk := muxtest.NewDisk(nil)
			durable, cuts := 0, 0
			var written [][]byte
			disk.Synced = func() {
				for i, content := range disk.PowerCuts(uint64(cuts)) {
					mustRepair(t, fmt.Sprintf("cut %d.%d", cuts, i), kind, content, written, durable)
				}
				cuts++
				durable = len(written)
			}
			m := begin(t, disk, kind, 64, 48)
			pool := pipeline.NewPool()
			for i := range frames {
				f := frame(pool, 64, 48, i)
				at := time.Duration(i) * 40 * time.Millisecond
				if i > 5 {
					at += 120 * time.Millisecond // places that are filled, within the first frames
				}
				written = append(written, bytes.Clone(f.Data))
				if err := m.Write(f, at); err != nil {
					t.Fatal(err)
				}
				f.Release()
				if i%each == 0 {
					if err := disk.Sync(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			if cuts != (frames+each-1)/each+2 || !disk.Shut {
				t.Errorf("%d syncs, closed: %v", cuts, disk.Shut)
			}
			mustHold(t, kind, disk.Bytes(), written)
		})
	}
}

// mustRepair repairs what a crash has left and wants the frames that were durable, and behind them none that
// was not written there.
func mustRepair(t *testing.T, name, kind string, content []byte, written [][]byte, durable int) {
	t.Helper()
	disk := muxtest.NewDisk(content)
	before, err := Inspect(disk)
	if !bytes.Equal(disk.Bytes(), content) {
		t.Fatalf("%s: Inspect changes the file", name)
	}
	s, err2 := Repair(disk)
	if (err == nil) != (err2 == nil) || s != before {
		t.Fatalf("%s: Inspect says %+v, %v and Repair %+v, %v", name, before, err, s, err2)
	}
	if err != nil {
		if durable > 0 || !errors.Is(err, ErrEmpty) && !errors.Is(err, ErrForeign) || !bytes.Equal(disk.Bytes(), content) {
			t.Fatalf("%s: %d frames are durable and Repair says %v", name, durable, err)
		}
		return
	}
	if int(s.Frames) < durable || int(s.Frames) > len(written) || int64(len(disk.Bytes())) != s.Bytes {
		t.Fatalf("%s: %+v, where %d frames of %d are durable and the file has %d bytes", name, s, durable, len(written), len(disk.Bytes()))
	}
	mustHold(t, kind, disk.Bytes(), written[:s.Frames])
	again, err := Repair(disk)
	if finished, _ := Finished(disk); err != nil || !finished || !again.Whole || again.Cut != 0 || again.Frames != s.Frames {
		t.Fatalf("%s: repaired once more: %+v, %v", name, again, err)
	}
}

// TestCutOff cuts a recording off at every byte of its last frames, and lets zeros follow there.
func TestCutOff(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			disk := muxtest.NewDisk(nil)
			m := begin(t, disk, kind, 64, 48)
			var ends []int
			var written [][]byte
			pool := pipeline.NewPool()
			for i := range 4 {
				f := frame(pool, 64, 48, i)
				if err := m.Write(f, time.Duration(i)*400*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				written, ends = append(written, bytes.Clone(f.Data)), append(ends, len(disk.Bytes()))
				f.Release()
			}
			live := disk.Bytes()
			for size := range live {
				whole := 0
				for _, end := range ends {
					if end <= size {
						whole++
					}
				}
				if size%97 != 0 && (size < ends[0]-1500 || size > ends[0] && size < ends[2]) {
					continue // as at the others
				}
				mustRepair(t, fmt.Sprintf("%d of %d bytes", size, len(live)), kind, live[:size], written, whole)
				zeros := append(bytes.Clone(live[:size]), make([]byte, len(live)-size)...)
				mustRepair(t, fmt.Sprintf("%d of %d bytes and zeros", size, len(live)), kind, zeros, written, whole)
			}
		})
	}
}
