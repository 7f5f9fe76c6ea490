//go:build opencv

package jpeg

/*
#cgo pkg-config: libjpeg
#cgo CFLAGS: -O2
#cgo noescape fw_encode_packed
#cgo nocallback fw_encode_packed
#cgo noescape fw_encode_420
#cgo nocallback fw_encode_420
#cgo noescape fw_decode_packed
#cgo nocallback fw_decode_packed
#cgo noescape fw_decode_420
#cgo nocallback fw_decode_420
#include "libjpeg.h"
*/
import "C"

import (
	"errors"
	"strings"
	"unsafe"
)

var (
	errMemory  = errors.New("out of memory")
	errDiffers = errors.New("a header that can be read in two ways")
)

// failure makes an error of what libjpeg says.
func failure(text *C.char) error {
	s := C.GoString(text)
	if s == "" {
		return errMemory
	}
	return errors.New(strings.ToLower(s[:1]) + s[1:])
}

// first is the address of a slice's first byte, for C to use during one call.
func first(b []byte) *C.uchar { return (*C.uchar)(unsafe.SliceData(b)) }
