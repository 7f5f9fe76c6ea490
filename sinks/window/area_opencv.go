//go:build opencv

package window

/*
#cgo linux CXXFLAGS: -I/usr/include/opencv4 -I/usr/local/include/opencv4
#cgo CXXFLAGS: --std=c++11
#include <stdlib.h>
#include "area_opencv.h"
*/
import "C"

import (
	"context"
	"image"
	"unsafe"

	"framewire/pipeline"
)

var _ pipeline.Viewer = (*sink)(nil)

// area gives the size of what the window shows, or false where the window system does not tell.
func (g *gui) area() (size image.Point, ok bool) {
	name := C.CString(g.name)
	defer C.free(unsafe.Pointer(name))
	var w, h C.int
	ok = C.fw_window_area(name, &w, &h) != 0
	return image.Pt(int(w), int(h)), ok
}

// View is the size of the window, once it has the first picture's: pictures need not be larger than that.
func (s *sink) View() (width, height int) {
	if p := s.area.Load(); p != nil {
		return p.X, p.Y
	}
	return 0, 0
}

// measured notes the size of the window. It is given 0, 0 where that is not known.
func (s *sink) measured(size image.Point) {
	if size.X < 1 || size.Y < 1 {
		s.area.Store(nil)
		return
	}
	if old := s.area.Load(); old == nil || *old != size {
		s.area.Store(&size)
	}
}

// sharpen shows all of the last picture when the window has outgrown the reduced one. s.mu is held.
func (s *sink) sharpen(ctx context.Context) {
	if s.last == nil || s.last.Whole() == nil || s.blurred == s.last {
		return
	}
	w, h := s.View()
	if s.last.Meta.Rotation%180 != 0 {
		w, h = h, w
	}
	if w <= s.last.Format.Width && h <= s.last.Format.Height {
		return
	}
	s.blurred = s.last
	full, err := s.env.Decode(ctx, s.last.Whole())
	if err == nil {
		s.last.Release()
		s.last = full
		err = s.draw(ctx)
	}
	if err != nil && ctx.Err() == nil {
		s.env.Log.Warn("the window was enlarged and its picture stays as it is until the next one", "error", err)
	}
}
