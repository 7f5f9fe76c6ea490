package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framewire/pipeline"
)

// TestFeedAndRead gives what feed writes to read, in every layout, whole and cut, with stamps and without.
func TestFeedAndRead(t *testing.T) {
	const width, height, frames, rows = 320, 240, 5, 32
	for _, layout := range []pipeline.Layout{pipeline.LayoutI420, pipeline.LayoutBGR, pipeline.LayoutGray} {
		stamps, kept := filepath.Join(t.TempDir(), "stamps"), filepath.Join(t.TempDir(), "kept")
		size := fmt.Sprintf("%dx%d", width, height)
		status, pictures, said := call(t, nil, "feed", "-size", size, "-fps", "1000", "-frames", fmt.Sprint(frames),
			"-layout", layout.String(), "-stamps", stamps, "-keep", kept)
		each := pipeline.Raw(layout, width, height).Bytes()
		if status != 0 || len(pictures) != frames*each {
			t.Fatalf("%s: status %d, %d bytes, %s", layout, status, len(pictures), said)
		}
		upper := ""
		for i := range frames {
			upper += pictures[i*each:][:pipeline.Raw(layout, width, rows).Bytes()]
		}
		for _, c := range []struct {
			what  string
			in    string
			flags []string
		}{
			{"whole", pictures, []string{"-like", kept, "-stamps", stamps}},
			{"upper rows", upper, []string{"-rows", fmt.Sprint(rows), "-stamps", stamps}},
			{"without stamps", pictures, nil},
		} {
			if layout == pipeline.LayoutGray && c.what == "whole" {
				continue // without colour it is another picture
			}
			status, out, said := call(t, []byte(c.in), append([]string{"read", "-size", size, "-layout", layout.String(), "-skip", "2"}, c.flags...)...)
			var sum summary
			if err := json.Unmarshal([]byte(out), &sum); status != 0 || err != nil {
				t.Fatalf("%s, %s: status %d, %s, %v", layout, c.what, status, said, err)
			}
			if sum.Frames != frames-2 || sum.Lost+sum.Doubled+sum.Damaged != 0 || sum.P50 < 0 || sum.Max < sum.P99 || sum.P99 < sum.P50 || sum.P50 < sum.Min {
				t.Errorf("%s, %s: %+v", layout, c.what, sum)
			}
			if want := map[bool]float64{true: 99}[c.what == "whole"]; sum.PSNR != want {
				t.Errorf("%s, %s: PSNR %v, want %v", layout, c.what, sum.PSNR, want)
			}
		}
	}
}

// TestFeedWithoutAReader fails instead of going on for nobody.
func TestFeedWithoutAReader(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var said strings.Builder
	if status := dispatch(streams{nil, w, &said}, []string{"feed", "-size", "64x64"}); status != 1 || !strings.HasPrefix(said.String(), "marker feed: picture 0: ") {
		t.Errorf("status %d, %s", status, &said)
	}
}

func TestReadFaults(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	_, picture, _ := call(t, nil, "feed", "-size", "64x64", "-frames", "1")
	for _, c := range []struct {
		in    string
		flags []string
		want  string
	}{
		{picture[:100], nil, "the last picture is not whole"},
		{picture, []string{"-stamps", filepath.Join(folder, "none")}, "no such file"},
		{picture, []string{"-stamps", write("empty", "")}, "picture 0 came and was never sent"},
		{picture, []string{"-stamps", write("words", "one two\n")}, "words: line 1: "},
		{picture, []string{"-like", write("other", "YUV4MPEG2 W32 H32\n")}, "does not hold pictures of 64x64"},
		{picture, []string{"-like", write("short", "YUV4MPEG2 W64 H64 F30:1 C420jpeg XCOLORRANGE=FULL\nFRAME\n")}, "picture 0 was not kept"},
	} {
		if status, _, said := call(t, []byte(c.in), append([]string{"read", "-size", "64x64"}, c.flags...)...); status != 1 || !strings.Contains(said, c.want) {
			t.Errorf("status %d, %s; want %q", status, said, c.want)
		}
	}
}
