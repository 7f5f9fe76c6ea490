// Package mux holds the containers that recordings are written in, and what finishes a recording that a
// crash left behind. A Muxer writes one file and knows nothing of names, folders or when the next one
// begins; that is sinks/file. matroska.go and mp4.go keep JPEG frames with their own times; constant.go brings
// frames onto a constant rate for avi.go and for the encoder in encode_opencv.go.
//
// A repair reads a recording again (remains.go), takes what is whole and then does what Close does. Inspect
// is a repair that is only compared with what stands in the file (rehearsal.go).
//
// Matroska elements are built with ebml-go; only the heads in front of each frame are laid out here, so
// that a frame's bytes are not copied. The boxes of MP4 are our own because the library at hand, mediacommon,
// copies each frame into a new buffer. The AVI writer is our own: the library at hand,
// github.com/icza/mjpeg, knows whole frames per second only and so plays 29.97 wrong.
package mux

import (
	"errors"
	"io"
	"time"

	"framewire/pipeline"
)

// File is what a container is written into; an *os.File that was opened for reading and writing is one.
type File interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Name() string
	Close() error
}

// Muxer writes one recording. One goroutine at a time calls it. It keeps nothing back in memory: what Write
// has returned for lies in the file, so that a kill costs at most the frame whose Write was under way. (Encoded
// video is the exception.) Only Close calls the file's Sync; how often it is called between is for the caller
// to decide.
type Muxer interface {
	// Write appends a frame whose place is at, counted from the first frame and rising. ErrFull means that
	// nothing was written and that the frame belongs in the next file; ErrNoEncoder that this size cannot be
	// encoded and that the file is empty. After another error the file ends with the frame before, and the
	// same frame may be given again.
	Write(f *pipeline.Frame, at time.Duration) error
	// Size is how many bytes the file has so far, of encoded video about.
	Size() int64
	// Close finishes the file, so that it can be played and searched, syncs and closes it. Where finishing
	// fails, the file keeps all frames and can be repaired.
	Close() error
}

// Tick is what times are rounded to before they are given to Write. Matroska rounds them further, to
// 100 microseconds, MP4 to a 90000th of a second, and AVI to the places of its constant rate.
const Tick = time.Microsecond

// ErrFull says that a recording can take no more, or should not take this frame.
var ErrFull = errors.New("the recording is full")

// ErrNoEncoder says that no encoder could be opened, for that size or at all, and that nothing was written.
var ErrNoEncoder = errors.New("OpenCV has no encoder for it")
