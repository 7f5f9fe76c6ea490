package tcp

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reader reads from a TCP connection without telling Go's scheduler of the call: the socket does not block, so that the
// runtime's monitor, which wakes up for calls that might, stays asleep. It saves a recorder of a live stream an eighth
// of its CPU. One read is a quarter of a megabyte at most (wire.Reader), which keeps a garbage collection waiting for
// some microseconds.
type reader struct {
	raw syscall.RawConn
	try func(fd uintptr) bool

	p   []byte
	n   int
	err error
}

// newReader gives conn itself where it is no plain TCP connection.
func newReader(conn net.Conn) io.Reader {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return conn
	}
	r := &reader{raw: raw}
	r.try = r.read
	return r
}

func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	r.p, r.n, r.err = p, 0, nil
	if err := r.raw.Read(r.try); err != nil {
		return 0, err
	}
	return r.n, r.err
}

func (r *reader) read(fd uintptr) bool {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&r.p[0])), uintptr(len(r.p)))
		switch {
		case errno == unix.EINTR:
		case errno == unix.EAGAIN:
			return false
		case errno != 0:
			r.err = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", errno)}
			return true
		case n == 0:
			r.err = io.EOF
			return true
		default:
			r.n = int(n)
			return true
		}
	}
}
