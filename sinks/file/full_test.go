package file

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
)

// TestFullDisk fills a real disk and makes room again.
func TestFullDisk(t *testing.T) {
	for _, ext := range []string{".mkv", ".mp4", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			dir := smallDisk(t)
			filler := filepath.Join(dir, "filler")
			if err := os.WriteFile(filler, make([]byte, 900_000), 0o644); err != nil {
				t.Fatal(err)
			}
			pool := pipeline.NewPool()
			s := open(t, filepath.Join(dir, "rec"+ext), "")
			frames := 0
			frame := func() *pipeline.Frame {
				frames++
				return at(pool, pipeline.JPEG(64, 48), frames, time.Duration(frames)*40*time.Millisecond)
			}
			for s.writer.trouble.is() == nil && frames < 1000 {
				f := frame()
				if err := s.Write(t.Context(), f); err != nil {
					t.Fatal(err)
				}
				f.Release()
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			f := frame()
			if err := written(t, s, f); err != nil {
				t.Errorf("with room again the frame gives %v", err)
			}
			f.Release()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if list, names := recordings(t, dir); len(list) != 2 || total(list) != frames {
				t.Errorf("%d of %d frames are in %v", total(list), frames, names)
			}
		})
	}
}
