//go:build opencv && (amd64 || arm64)

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A run loads the libraries that it uses and no others, since cameras, windows and video files take some 250.
func TestLibraries(t *testing.T) {
	const pattern = "source: {type: testpattern, size: 64x48, frames: 10, pace: fast}\n"
	dir, addr := t.TempDir(), freeAddress(t)
	if version := run(t, dir, 0, "version").stdout.String(); !strings.Contains(version, "OpenCV 4.6.") {
		t.Skipf("pipeline/native/opencv.h lists what gocv calls in OpenCV 4.6, and this is %s", version)
	}
	for name, c := range []struct {
		config      string
		want, never string // the beginnings of libraries' names
	}{
		{fmt.Sprintf(`
pipelines:
  out: {source: {type: testpattern, size: 64x48, frames: 10, pace: fast}, encoder: {type: jpeg}, send: {type: tcp, listen: %q}}
  in: {receive: {type: tcp, dial: %q}, sinks: [{type: 'null', decode: true}, {type: file, path: copy.mkv}]}
`, addr, addr), "stdc++", "opencv av sw blas gdal Qt"},
		{pattern + "filters: [{type: resize, size: 32x24}]\nsinks: [{type: 'null'}]\n",
			"opencv_core opencv_imgproc", "opencv_imgcodecs opencv_highgui opencv_videoio av sw gdal Qt"},
		{pattern + "sinks: [{type: file, path: clip.mp4, codec: mp4v}]\n", "opencv_core opencv_videoio", "opencv_highgui Qt"},
		{"source: {type: file, path: clip.mp4, pace: fast}\nsinks: [{type: 'null', decode: true}]\n",
			"avformat avcodec swscale avutil", "opencv blas gdal Qt"},
	} {
		loaded := librariesOf(t, dir, "run", config(t, dir, fmt.Sprintf("%d.yaml", name), c.config))
		has := func(begin string) bool {
			return slices.ContainsFunc(loaded, func(name string) bool { return strings.HasPrefix(name, begin) })
		}
		for _, begin := range strings.Fields(c.want) {
			if !has(begin) {
				t.Errorf("%s\nloads no lib%s, but %q", c.config, begin, loaded)
			}
		}
		for _, begin := range strings.Fields(c.never) {
			if has(begin) {
				t.Errorf("%s\nloads lib%s: %q", c.config, begin, loaded)
			}
		}
	}
}

// librariesOf runs framewire to its end and gives the names of the libraries that were loaded, without lib and what
// follows the point. The loader tells them (ld.so(8), LD_DEBUG). That all are bound at once makes no difference.
func librariesOf(t *testing.T, dir string, args ...string) (names []string) {
	t.Helper()
	told := t.TempDir()
	startEnv(t, dir, []string{"LD_DEBUG=files", "LD_DEBUG_OUTPUT=" + filepath.Join(told, "ld"), "LD_BIND_NOW=1"}, args...).ends(0)
	for _, file := range filesIn(t, told) {
		text, err := os.ReadFile(filepath.Join(told, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`calling init: .*/lib([^/.]+)[^/]*\n`).FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}
