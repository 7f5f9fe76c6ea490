package tcp

import (
	"errors"
	"fmt"
	"os"
	"time"

	"framewire/transports/secure"
	"framewire/transports/wire"
)

// portion is how many bytes of a large payload are written and summed at a time: few enough that the checksum
// finds most of them in the core's cache, into which the kernel has just brought them, since it copies from memory more
// than twice as fast as a checksum is made of what lies there. Half of it makes raw 1080p 9% slower, since each
// portion wakes the receiver, and so does four times as much.
const portion = 2 << 20

// checksumOf makes the checksum of data.
func checksumOf(data []byte) checksum { return checksum{wire.Checksum(0, data), true} }

// write sends p.head, data and their trailer: in one system call where the kernel takes it at once and sum is
// known or data is small, else in portions. It gives the checksum of data. A live frame that is not through
// after settings.stall is given up together with its receiver, also when a little of it goes through now and
// then; a lossless one waits as long as the receiver shows with its pings that it lives.
func (p *peer) write(data []byte, sum checksum) (checksum, error) {
	p.began, p.taken = time.Now(), 0
	head, rest := p.head, data
	if !sum.known {
		for len(rest) > portion {
			if err := p.pass(head, rest[:portion], nil); err != nil {
				return checksum{}, p.stalled(err, len(data))
			}
			sum.value = wire.Checksum(sum.value, rest[:portion])
			head, rest = nil, rest[portion:]
		}
		sum = checksum{wire.Checksum(sum.value, rest), true}
	}
	var trailer []byte
	if len(data) > 0 {
		trailer = wire.AppendTrailer(p.trailer[:0], sum.value)
	}
	return sum, p.stalled(p.pass(head, rest, trailer), len(data))
}

// stalled gives an error in writing a message with a payload of that size in words.
func (p *peer) stalled(err error, size int) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) || p.s.isClosing() {
		return err
	}
	if p.taken == 0 {
		return fmt.Errorf("it has taken nothing for %s", p.s.set.stall)
	}
	return fmt.Errorf("it is too slow for a live stream: it took %d of %d bytes in %s", p.taken, len(p.head)+size, p.s.set.stall)
}

// pass writes parts of a message until they are through or it is given up, with os.ErrDeadlineExceeded.
func (p *peer) pass(head, data, trailer []byte) error {
	p.buffers = p.vector[:0]
	for _, part := range [...][]byte{head, data, trailer} {
		if len(part) > 0 {
			p.buffers = append(p.buffers, part)
		}
	}
	if conn, ok := p.conn.(*secure.Conn); ok {
		return p.passSecured(conn, len(head)+len(data)+len(trailer))
	}
	for {
		if now := time.Now(); p.due.Due(now, p.s.set.tick) {
			if err := p.conn.SetWriteDeadline(now.Add(p.s.set.tick)); err != nil {
				return err
			}
		}
		n, err := p.buffers.WriteTo(p.conn)
		p.s.env.Counters.BytesOut.Add(uint64(n))
		p.taken += int(n)
		switch {
		case err == nil, !errors.Is(err, os.ErrDeadlineExceeded), p.s.isClosing():
			return err
		case !p.patient && time.Since(p.began) >= p.s.set.stall:
			return err
		}
		p.due.Passed()
	}
}

// passSecured is pass for a connection whose waiting has to be done below the encryption.
func (p *peer) passSecured(conn *secure.Conn, size int) error {
	wait := secure.Wait{Tick: p.s.set.tick, Stop: p.closing}
	if !p.patient {
		wait.Until = p.began.Add(p.s.set.stall)
	}
	taken, err := conn.Send(wait, p.buffers)
	if taken = min(taken, size); err == nil {
		taken = size // what encryption adds is not counted, as it is not where it is read
	}
	p.taken += taken
	p.s.env.Counters.BytesOut.Add(uint64(taken))
	return err
}
