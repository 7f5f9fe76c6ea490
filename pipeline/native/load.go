//go:build opencv && linux && (amd64 || arm64)

package native

/*
#cgo pkg-config: libavformat libavcodec libswscale libavutil
#cgo LDFLAGS: -ldl -lstdc++
#include <stdlib.h>
#include "libraries.h"
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// Load loads libraries that are not there yet, and lets their functions be called. It may be called at any time and from
// any goroutine; libraries stay loaded. Windows need theirs loaded on the process's first thread.
func Load(libraries ...Library) error {
	for _, l := range libraries {
		for _, file := range l.files() {
			if err := load(file); err != nil {
				return fmt.Errorf("%w: install %s, or build again for the version that is here", err, l.product())
			}
		}
	}
	return nil
}

// files are the shared libraries behind one of ours, those first that others need.
func (l Library) files() []C.int {
	if l == FFmpeg {
		return []C.int{C.AVUTIL, C.SWSCALE, C.AVCODEC, C.AVFORMAT}
	}
	return []C.int{C.OPENCV_CORE, C.int(l)}
}

// product is what a user can install.
func (l Library) product() string {
	if l == FFmpeg {
		return "the FFmpeg that has it"
	}
	return "OpenCV " + Version()
}

func load(file C.int) error {
	why := (*C.char)(C.malloc(C.FW_WHY))
	defer C.free(unsafe.Pointer(why))
	if C.fw_load(file, why) != 0 {
		return fmt.Errorf("load %s", C.GoString(why))
	}
	return nil
}
