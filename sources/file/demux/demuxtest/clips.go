// Package demuxtest writes small Motion JPEG clips for tests, in the ways in which writers differ.
package demuxtest

import (
	"bytes"
	"testing"
)

// Searchable gives clips of those pictures by their names, 40 ms apart, that can be searched, and one that has to
// be walked through.
func Searchable(p [][]byte) map[string][]byte {
	return map[string][]byte{
		"clip.mkv":     Matroska(p, MatroskaOptions{Cues: true, PerCluster: 12}),
		"unknown.mkv":  Matroska(p, MatroskaOptions{Unknown: true, Groups: true, PerCluster: 40}),
		"one.mkv":      Matroska(p, MatroskaOptions{PerCluster: 700}),
		"late.mkv":     Matroska(p, MatroskaOptions{Begins: 5000}),
		"badcues.mkv":  Matroska(p, MatroskaOptions{Cues: true, CueShift: 3}),
		"clip.avi":     AVI(p, AVIOptions{Second: 70, Audio: true}),
		"indexed.avi":  AVI(p, AVIOptions{Index: 1, Audio: true}),
		"absolute.avi": AVI(p, AVIOptions{Index: 2}),
		"wrong.avi":    AVI(p, AVIOptions{Index: 3}),
		"clip.mp4":     MP4(p, 1),
		"indexed.mp4":  MP4Indexed(p, 1, 0),
		"wrong.mp4":    MP4Indexed(p, 4, 7),
		"several.mp4":  MP4(p, 9),
		"counted.mjpg": bytes.Join(p, nil),
	}
}

// LongImages is how many images a clip of Long has.
const LongImages = 100

// Long gives a clip of LongImages images in each container, for measuring, and the bytes of one image, which is as
// long as one of 1080p.
func Long(t testing.TB) (clips map[string][]byte, size int) {
	t.Helper()
	image := Photo(t, 0)
	image = append(append(image[:len(image)-2], make([]byte, 190<<10)...), 0xFF, 0xD9)
	images := make([][]byte, LongImages)
	for i := range images {
		images[i] = image
	}
	return map[string][]byte{
		"avi":   AVI(images, AVIOptions{}),
		"mkv":   Matroska(images, MatroskaOptions{}),
		"mp4":   MP4(images, 1),
		"mjpeg": bytes.Join(images, nil),
	}, len(image)
}
