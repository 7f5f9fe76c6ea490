package mux

import (
	"bytes"
	"errors"
	"syscall"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/mux/muxtest"
)

// TestFullDisk lets the disk run full in the middle of a frame. The frames up to there are kept, the frame is
// taken when there is room again, and a recording that cannot be finished can be repaired later.
func TestFullDisk(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			disk := muxtest.NewDisk(nil)
			m := begin(t, disk, kind, 64, 48)
			pool := pipeline.NewPool()
			var written [][]byte
			for i := range 40 {
				f := frame(pool, 64, 48, i)
				at := time.Duration(i) * 40 * time.Millisecond
				if i >= 25 {
					at += 5 * 40 * time.Millisecond // places that AVI fills
				}
				if i == 25 {
					for _, room := range []int{3, 30, 300} {
						size := len(disk.Bytes())
						disk.Room = int64(size + room)
						if err := m.Write(f, at); !errors.Is(err, syscall.ENOSPC) {
							t.Fatalf("with room for %d bytes Write says %v", room, err)
						}
						if stay := len(disk.Bytes()) - size; stay > 5*aviChunkHead || stay > 0 && kind != ".avi" {
							t.Errorf("%d bytes of a frame that does not fit stay", stay)
						}
					}
					disk.Room = 0
				}
				written = append(written, bytes.Clone(f.Data))
				if err := m.Write(f, at); err != nil {
					t.Fatal(err)
				}
				f.Release()
			}
			disk.Room = int64(len(disk.Bytes()))
			if err := m.Close(); !errors.Is(err, syscall.ENOSPC) || !disk.Shut {
				t.Errorf("Close says %v on a full disk", err)
			}
			mustRepair(t, "full", kind, disk.Bytes(), written, len(written))
			if s, err := Inspect(disk); err != nil || s.Duration != 45*40*time.Millisecond {
				t.Errorf("Inspect says %+v, %v, wants a duration of 1.8 s", s, err)
			}
		})
	}
}
