// Package native loads OpenCV's and FFmpeg's libraries when they are first needed. Bound as usual, they would bring some
// 250 others, 0.2 s and 60 MB to every start, for cameras, windows and video files that most runs do not have.
//
//  1. For each function in opencv.h and ffmpeg.h libraries.c defines one of the same name that jumps to where a slot
//     points. The linker finds these first and, by --as-needed, leaves the libraries out.
//  2. Load opens a library by its soname, that of the headers which the build saw, and fills its slots.
//  3. Whoever calls gocv or FFmpeg calls Load before, in what opens, and gives its error on. A call without ends the
//     program with a message.
//
// The functions are hidden from other libraries, which use one another as ever. Nothing depends on lazy binding, so that
// LD_BIND_NOW and linkers that set it change nothing. Only Linux on amd64 and arm64 has this; elsewhere the libraries are
// bound as usual and Load does nothing. Without the tag opencv this package is empty.
package native
