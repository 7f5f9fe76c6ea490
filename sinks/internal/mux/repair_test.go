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

func TestSummary(t *testing.T) {
	for _, kind := range kinds() {
		disk := muxtest.NewDisk(nil)
		m := begin(t, disk, kind, 160, 96)
		fill(t, m, 160, 96, muxtest.Every(50, 25, 1))
		open, size := bytes.Clone(disk.Bytes()), m.Size()
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		want := Summary{Frames: 50, Duration: 2 * time.Second, Bytes: int64(len(disk.Bytes())), Began: began(), Format: pipeline.JPEG(160, 96), Whole: true}
		if kind == ".avi" {
			want.Began = time.Time{}
		}
		if s, err := Inspect(disk); err != nil || s != want {
			t.Errorf("%s: Inspect says\n%+v, %v, wants\n%+v", kind, s, err, want)
		}
		want.Whole, want.Cut = false, 100
		torn := muxtest.NewDisk(append(open, make([]byte, 100)...))
		if s, err := Repair(torn); err != nil || s != want {
			t.Errorf("%s: Repair says\n%+v, %v, wants\n%+v", kind, s, err, want)
		}
		if !bytes.Equal(torn.Bytes(), disk.Bytes()) {
			t.Errorf("%s: the repaired file is not the one that Close leaves", kind)
		}
		if size > want.Bytes || size < want.Bytes-200 {
			t.Errorf("%s: Size says %d, the file has %d", kind, size, want.Bytes)
		}
	}
}

func TestForeignAndEmpty(t *testing.T) {
	foreign := append([]byte("\x1A\x45\xDF\xA3\x01\x00\x00\x00\x00\x00\x00\x23matroska of somebody else"), bytes.Repeat([]byte{7}, 500)...)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":      {nil, ErrEmpty},
		"zeros":        {make([]byte, 5000), ErrEmpty},
		"our magic":    {[]byte(matroskaMagic), ErrEmpty},
		"half a magic": {append([]byte(mp4Magic[:20]), make([]byte, 500)...), ErrEmpty},
		"text":         {[]byte("precious"), ErrForeign},
		"matroska":     {foreign, ErrForeign},
		"mp4":          {append([]byte(mp4Magic), bytes.Repeat([]byte{7}, 2000)...), ErrForeign},
		"avi":          {append([]byte(aviMagic), bytes.Repeat([]byte{7}, 2000)...), ErrForeign},
		"wave":         {append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), bytes.Repeat([]byte{1}, 300)...), ErrForeign},
	} {
		disk := muxtest.NewDisk(c.data)
		if _, err := Repair(disk); !errors.Is(err, c.want) {
			t.Errorf("%s: Repair says %v, wants %v", name, err, c.want)
		}
		if finished, err := Finished(disk); finished || !errors.Is(err, c.want) {
			t.Errorf("%s: Finished says %v, %v, wants %v", name, finished, err, c.want)
		}
		if !bytes.Equal(disk.Bytes(), c.data) {
			t.Errorf("%s: the file was changed", name)
		}
	}
	for _, kind := range kinds()[:2] { // an AVI file without frames has no header either
		disk := muxtest.NewDisk(nil)
		begin(t, disk, kind, 64, 48)
		if _, err := Repair(disk); !errors.Is(err, ErrEmpty) {
			t.Errorf("%s without frames: Repair says %v, wants ErrEmpty", kind, err)
		}
	}
}

// broken fails like a disk that is gone.
type broken struct{ *muxtest.Disk }

func (broken) ReadAt([]byte, int64) (int, error) { return 0, syscall.EIO }

func TestBrokenDisk(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	fill(t, begin(t, disk, ".mkv", 64, 48), 64, 48, muxtest.Every(3, 25, 1))
	if _, err := Repair(broken{disk}); !errors.Is(err, syscall.EIO) {
		t.Errorf("Repair says %v, wants %v", err, syscall.EIO)
	}
	if _, err := Finished(broken{disk}); !errors.Is(err, syscall.EIO) {
		t.Errorf("Finished says %v, wants %v", err, syscall.EIO)
	}
}

// FuzzRepair gives files to Repair that are like ours; it must neither fail nor leave them worse.
func FuzzRepair(f *testing.F) {
	for _, kind := range kinds() {
		disk := muxtest.NewDisk(nil)
		m := begin(f, disk, kind, 16, 16)
		fill(f, m, 16, 16, muxtest.Every(3, 2, 1))
		f.Add(bytes.Clone(disk.Bytes()), uint32(0), byte(0))
		f.Add(bytes.Clone(disk.Bytes()), uint32(len(disk.Bytes())-3), byte(1))
		if err := m.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(disk.Bytes()), uint32(700), byte(0x80))
	}
	f.Add([]byte("precious"), uint32(1), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, at uint32, flip byte) {
		if int(at) < len(data) {
			data[at] ^= flip
		}
		disk := muxtest.NewDisk(data)
		s, err := Repair(disk)
		if err != nil {
			if !bytes.Equal(disk.Bytes(), data) {
				t.Fatalf("%v, and the file was changed", err)
			}
			return
		}
		again, err := Repair(disk)
		if s.Whole, s.Cut = true, 0; err != nil || again != s {
			t.Errorf("repaired once more\n%+v, %v, after\n%+v", again, err, s)
		}
	})
}
