package secure

import (
	"bufio"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"framewire/transports/internal/ends"
)

const (
	readAhead = 4 << 10  // bytes; larger reads, as TLS does for a record, pass it by
	gather    = 64 << 10 // bytes of records that leave in one system call
)

// errPlain says that the other end answers without TLS.
var errPlain = errors.New("the other end speaks without TLS")

// Wait says how long Conn.Send waits for the other end to take what is written.
type Wait struct {
	Tick  time.Duration // between two looks at the progress
	Until time.Time     // when the other end is given up; zero for never
	Stop  func() bool   // whether to give it up now; may be called by another goroutine
}

// under is the connection below TLS. A write that TLS has begun must never be given up half way, since
// nothing can follow it: the waiting for a slow network is done here, where TLS sees nothing of it.
type under struct {
	net.Conn
	in    *bufio.Reader
	first bool // the first byte is still to come, and has to be TLS

	mu      sync.Mutex
	sending bool // Send is running: records are gathered
	out     []byte
	wait    Wait
	taken   int           // bytes that the kernel took since Send began
	due     ends.Deadline // of writing
}

func newUnder(conn net.Conn) *under {
	return &under{Conn: conn, in: bufio.NewReaderSize(conn, readAhead)}
}

// Read looks at the first byte where that tells who is there.
func (u *under) Read(p []byte) (int, error) {
	if u.first {
		b, err := u.in.Peek(1)
		if err != nil {
			return 0, err
		}
		u.first = false
		if b[0] != recordHandshake && b[0] != recordAlert {
			return 0, errPlain
		}
	}
	return u.in.Read(p)
}

// Write passes records on, those of Send many at once.
func (u *under) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.sending {
		return u.Conn.Write(p)
	}
	u.out = append(u.out, p...)
	if len(u.out) >= gather {
		if err := u.flush(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (u *under) begin(w Wait) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sending, u.wait, u.taken = true, w, 0
}

// end writes what is left, unless TLS failed already, and gives how many bytes the kernel took.
func (u *under) end(failed error) (taken int, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err = failed; err == nil {
		err = u.flush()
	}
	u.sending, u.wait.Stop = false, nil
	return u.taken, err
}

// flush writes what was gathered. The lock is held.
func (u *under) flush() error {
	rest := u.out
	u.out = u.out[:0]
	for len(rest) > 0 {
		if now := time.Now(); u.due.Due(now, u.wait.Tick) {
			if err := u.Conn.SetWriteDeadline(now.Add(u.wait.Tick)); err != nil {
				return err
			}
		}
		n, err := u.Conn.Write(rest)
		u.taken += n
		rest = rest[n:]
		if err == nil {
			continue
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || u.given() {
			return err
		}
		u.due.Passed()
	}
	return nil
}

// given reports whether the other end is to be given up. The lock is held.
func (u *under) given() bool {
	return u.wait.Stop() || !u.wait.Until.IsZero() && !time.Now().Before(u.wait.Until)
}

// CloseWrite tells the other end that nothing more comes.
func (u *under) CloseWrite() error {
	if half, ok := u.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
