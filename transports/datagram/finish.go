package datagram

import (
	"encoding/binary"
	"errors"
	"fmt"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// finish completes an open frame of which enough came; its buffer is whole.
func (r *Reassembler) finish(s *slot) {
	a := s.open
	a.settle()
	repaired := a.repair(&r.repairer, &r.mend)
	r.gap = max(r.gap-r.gap/8, a.gap)
	r.overtaken = max(r.overtaken-(r.overtaken+7)/8, a.overtaken)
	err := verify(a.frame, a.layout.Length, r.limits.MaxFrame, &r.name)
	s.state, s.open = stateDone, nil
	s.result = result{err: err}
	if err == nil {
		s.result.frame, s.result.held = a.frame, int64(a.total())
		a.frame = nil
		r.largest = max(r.largest, a.total())
		r.stats.Complete++
		if repaired {
			r.stats.Repaired++
		}
	} else {
		r.stats.Refused++
	}
	r.drop(a)
}

var errDamaged = errors.New("frame's message is damaged")

// verify checks a message of that length, which f has as its data, and makes f the frame that it holds.
func verify(f *pipeline.Frame, length, maxFrame int, lastName *string) error {
	message := f.Data[:length]
	headSize := int(binary.BigEndian.Uint16(message[length-2:]))
	size := length - trailer - headSize
	if headSize > wire.MaxHead || size < 0 {
		return fmt.Errorf("frame's message claims a head of %d bytes, the limit is %d: %w", headSize, min(wire.MaxHead, length-trailer), errDamaged)
	}
	if size > maxFrame {
		return fmt.Errorf("frame has %d bytes, the limit is %d (max_frame)", size, maxFrame)
	}
	body := message[:length-trailer]
	if sum := wire.Checksum(0, body); sum != binary.BigEndian.Uint32(message[len(body):]) {
		return fmt.Errorf("%w (CRC-32C %08x, wants %08x)", errDamaged, binary.BigEndian.Uint32(message[len(body):]), sum)
	}
	if err := wire.ParseFrameHead(f, body[size:], uint32(size), lastName); err != nil {
		return err
	}
	f.Data = f.Data[:size]
	return nil
}
