//go:build opencv

package jpeg

/*
#cgo pkg-config: libturbojpeg
#cgo CFLAGS: -O2
#cgo noescape fw_compress
#cgo nocallback fw_compress
#cgo noescape fw_compress_planes
#cgo nocallback fw_compress_planes
#cgo noescape fw_decompress
#cgo nocallback fw_decompress
#cgo noescape fw_decompress_420
#cgo nocallback fw_decompress_420
#include "turbo.h"
*/
import "C"

import (
	"errors"
	"strings"
)

// turbo is one TurboJPEG instance; its methods pass Go memory to C for the length of a call.
type turbo struct{ handle C.tjhandle }

func (t turbo) message() string { return C.GoString(C.tjGetErrorStr2(t.handle)) }

func (t turbo) close() { C.tjDestroy(t.handle) }

// result turns what a decompressing call gave into an error. TurboJPEG has filled the picture as far as it
// could when it only warns; a picture with holes is none, but a few warnings are about nothing that shows.
func (t turbo) result(status C.int) error {
	switch status {
	case 0:
		return nil
	case C.FW_DIFFERS:
		return errors.New("a header that can be read in two ways")
	}
	text := t.message()
	if status == C.FW_WARNED && benign(text) {
		return nil
	}
	return errors.New(strings.ToLower(text[:1]) + text[1:])
}

// benign tells warnings of libjpeg (jerror.h) that leave the picture whole: bytes between two segments,
// which many cameras write in front of the end marker, and versions of JFIF and Adobe that it does not know.
func benign(text string) bool {
	return strings.Contains(text, "extraneous bytes before marker") ||
		strings.Contains(text, "Unknown Adobe color transform code") ||
		strings.Contains(text, "unknown JFIF revision number")
}
