//go:build opencv

package native

/*
#cgo pkg-config: opencv4
#cgo linux LDFLAGS: -Wl,--as-needed
#include <opencv2/core/version.hpp>
*/
import "C"

// Library is what Load loads. All but FFmpeg are OpenCV's, and bring Core with them.
type Library int

// The libraries that this program uses, those of OpenCV's numbered as in libraries.h.
const (
	Core      Library = iota // matrices
	ImgProc                  // drawing and scaling
	ImgCodecs                // pictures in files
	HighGUI                  // windows
	VideoIO                  // cameras and video files
	FFmpeg                   // libavformat, libavcodec, libswscale and libavutil
)

// Version is that of the OpenCV whose headers the build saw, such as 4.6.0.
func Version() string { return C.CV_VERSION }
