package camera

import (
	"bytes"
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The part of the V4L2 interface that is used here (linux/videodev2.h). The structs have no pointers and
// no 64-bit fields, so they lie in memory the same on every architecture.

const (
	capVideoCapture = 0x00000001
	capStreaming    = 0x04000000
	capDeviceCaps   = 0x80000000

	bufVideoCapture = 1
	memoryMMAP      = 1
	sizeDiscrete    = 1
	intervalOne     = 1

	maxEntries = 64 // of each list that a driver gives
)

type capability struct {
	driver       [16]byte
	card         [32]byte
	bus          [32]byte
	_            uint32 // version
	capabilities uint32
	deviceCaps   uint32
	_            [3]uint32
}

// takesPictures reports whether the node itself captures video by streaming.
func (c capability) takesPictures() bool {
	caps := c.capabilities
	if caps&capDeviceCaps != 0 {
		caps = c.deviceCaps
	}
	return caps&capVideoCapture != 0 && caps&capStreaming != 0
}

type formatEntry struct {
	index, kind uint32
	_           uint32   // flags
	_           [32]byte // description
	pixelFormat uint32
	_           [4]uint32
}

type sizeEntry struct {
	index, pixelFormat, kind uint32
	values                   [6]uint32 // one size, or min, max and step of width and of height
	_                        [2]uint32
}

type intervalEntry struct {
	index, pixelFormat, width, height, kind uint32
	values                                  [6]uint32 // one fraction of a second, or min, max and step
	_                                       [2]uint32
}

type bufferRequest struct {
	count, kind, memory uint32
	_                   [2]uint32
}

// node is an opened device. It is a bare descriptor: an os.File would be polled by Go's runtime, and a
// poll alone makes a V4L2 device begin to stream.
type node struct{ fd int }

// openNode opens a device as a program that takes pictures would.
func openNode(path string) (node, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return node{fd}, err
		}
	}
}

func (n node) close() { _ = unix.Close(n.fd) } // nothing was written

// ioctl makes a V4L2 call; direction is 2 for one that reads and 3 for one that also writes.
func ioctl[T any](n node, direction, number uintptr, arg *T) error {
	request := direction<<30 | unsafe.Sizeof(*arg)<<16 | 'V'<<8 | number
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(n.fd), request, uintptr(unsafe.Pointer(arg)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

func (n node) capability() (c capability, err error) {
	err = ioctl(n, 2, 0, &c)
	return c, err
}

// tryBuffers asks for buffers and gives them back, which fails with EBUSY while another program streams.
func (n node) tryBuffers() error {
	request := bufferRequest{count: 1, kind: bufVideoCapture, memory: memoryMMAP}
	if err := ioctl(n, 3, 8, &request); err != nil {
		return err
	}
	request = bufferRequest{kind: bufVideoCapture, memory: memoryMMAP}
	return ioctl(n, 3, 8, &request)
}

// modes lists what the camera offers.
func (n node) modes() []Mode {
	var list []Mode
	for i := range uint32(maxEntries) {
		entry := formatEntry{index: i, kind: bufVideoCapture}
		if ioctl(n, 3, 2, &entry) != nil {
			break
		}
		list = append(list, n.sizes(entry.pixelFormat)...)
	}
	return list
}

// sizes lists the sizes of one format.
func (n node) sizes(format uint32) []Mode {
	var list []Mode
	for i := range uint32(maxEntries) {
		entry := sizeEntry{index: i, pixelFormat: format}
		if ioctl(n, 3, 74, &entry) != nil {
			break
		}
		mode := Mode{Format: fourCC(format), Width: int(entry.values[0]), Height: int(entry.values[1])}
		if entry.kind != sizeDiscrete {
			mode.Width, mode.Height, mode.Range = int(entry.values[1]), int(entry.values[4]), true
		}
		mode.Rates = n.rates(format, mode.Width, mode.Height)
		list = append(list, mode)
	}
	if len(list) == 0 { // the driver tells no sizes
		list = append(list, Mode{Format: fourCC(format), Range: true, Width: math.MaxUint16, Height: math.MaxUint16})
	}
	return list
}

// rates lists the pictures a second of one size, or the limits of a range.
func (n node) rates(format uint32, width, height int) []float64 {
	var list []float64
	for i := range uint32(maxEntries) {
		entry := intervalEntry{index: i, pixelFormat: format, width: uint32(width), height: uint32(height)}
		if ioctl(n, 3, 75, &entry) != nil {
			break
		}
		v := entry.values
		list = append(list, perSecond(v[0], v[1]))
		if entry.kind != intervalOne {
			return append(list, perSecond(v[2], v[3]))
		}
	}
	return list
}

// perSecond turns an interval into a rate.
func perSecond(numerator, denominator uint32) float64 {
	if numerator == 0 {
		return 0
	}
	return float64(denominator) / float64(numerator)
}

// fourCC gives the four letters of a pixel format.
func fourCC(v uint32) string {
	return string(bytes.TrimRight([]byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v>>24) & 0x7F}, " "))
}

// text gives a string that ends with a zero byte.
func text(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(bytes.TrimSpace(s))
}
