package batch

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// control is the room for one control message with a number in it, aligned as the kernel reads it.
type control struct {
	header unix.Cmsghdr
	value  [8]byte
}

// segment is the control message that has a buffer cut every size bytes (UDP_SEGMENT, udp(7)).
func (c *control) segment(size int) []byte {
	c.header.Level, c.header.Type = unix.SOL_UDP, unix.UDP_SEGMENT
	c.header.SetLen(unix.CmsgLen(2))
	binary.NativeEndian.PutUint16(c.value[:], uint16(size))
	return c.bytes()[:unix.CmsgSpace(2)]
}

// joined is the size of the datagrams that the kernel joined (UDP_GRO, udp(7)), or 0; length is how
// much of the message it filled.
func (c *control) joined(length int) int {
	if length < unix.CmsgLen(4) || c.header.Level != unix.SOL_UDP || c.header.Type != unix.UDP_GRO {
		return 0
	}
	return int(int32(binary.NativeEndian.Uint32(c.value[:])))
}

func (c *control) bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(c)), unsafe.Sizeof(*c))
}
