//go:build opencv

package window

/*
#cgo darwin pkg-config: opencv4
#cgo LDFLAGS: -lopencv_highgui
#include <stdlib.h>

// OpenCV's C interface (highgui/highgui_c.h). gocv.NewWindow cannot pass flags, and without
// CV_GUI_NORMAL the Qt windows get a toolbar whose keys, like Ctrl+S, open dialogs that block the thread.
extern int cvNamedWindow(const char *name, int flags);

// gocv.WaitKeyEx gives eight bits of the key, in which the left arrow is a Q.
extern int cvWaitKey(int delay);
*/
import "C"

import (
	"image"
	"unsafe"

	"gocv.io/x/gocv"
)

// pollMillis is how long one look at the window's events takes, in milliseconds; 0 would wait for ever.
const pollMillis = 1

// gui is a highgui window. All of it is for the process's first thread only.
type gui struct {
	win  *gocv.Window
	name string
}

// newGUI makes a window. Its name tells it from all others; the title is what people see. onPointer is
// called when the pointer moves or clicks in it.
func newGUI(name, title string, onPointer func()) (*gui, error) {
	const normal, keepRatio, guiNormal = 0, 0, 0x10 // WINDOW_NORMAL, WINDOW_KEEPRATIO, WINDOW_GUI_NORMAL
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	C.cvNamedWindow(cName, normal|keepRatio|guiNormal)
	g := &gui{win: gocv.NewWindow(name), name: name} // finds the one just made
	if err := g.win.SetWindowTitle(title); err != nil {
		_ = g.win.Close()
		return nil, err
	}
	g.win.SetMouseHandler(func(int, int, int, int, any) { onPointer() }, nil)
	return g, nil
}

// show puts a picture into the window; the next poll paints it.
func (g *gui) show(m gocv.Mat) error { return g.win.IMShow(m) }

// resize sets the size of the window.
func (g *gui) resize(to image.Point) error { return g.win.ResizeWindow(to.X, to.Y) }

// poll handles what the window system sent, and gives the key that was pressed in any of our windows.
func (g *gui) poll() (key int) { return keyOf(int(C.cvWaitKey(pollMillis))) }

// visible reports whether the window is still there: a user can close it.
func (g *gui) visible() bool { return g.win.GetWindowProperty(gocv.WindowPropertyVisible) >= 1 }

func (g *gui) fullscreen(on bool) error {
	value := gocv.WindowNormal
	if on {
		value = gocv.WindowFullscreen
	}
	return g.win.SetWindowProperty(gocv.WindowPropertyFullscreen, value)
}

// close takes the window away.
func (g *gui) close() error {
	err := g.win.Close()
	gocv.WaitKey(pollMillis) // Qt deletes a window only while it handles events
	return err
}
