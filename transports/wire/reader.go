package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"framewire/pipeline"
)

const (
	readAhead  = 4 << 10   // bytes that are read before it is known where they belong
	readChunk  = 256 << 10 // bytes of payload between two checksums, so that they are still in the cache
	firstBytes = 4 << 10   // bytes of other payloads for which a stranger gets memory at once
	firstAlloc = 1 << 20   // bytes of payload for which a stranger gets memory at once
)

// Message is what Next read. Only the field that its type names is set.
type Message struct {
	Type   Type
	Frame  *pipeline.Frame // TypeFrame; Captured is by the sender's clock. The caller has the reference
	Text   string          // TypeBye
	Ping   Ping            // TypePing
	Pong   Pong            // TypePong
	Offer  Offer           // TypeOffer
	Answer OfferAnswer     // TypeAnswer
	Chunk  Chunk           // TypeChunk
}

// Reader reads messages. It is not safe for concurrent use.
type Reader struct {
	in       *bufio.Reader
	pool     *pipeline.Pool
	maxFrame uint32
	largest  int // bytes of the largest frame that came whole
	head     [HeaderSize + MaxHead]byte
	name     string // of the last frame that had one, to use again
	buf      []byte // for the payloads that are no frames, to use again
}

// NewReader gives a reader of messages whose payload has at most maxFrame bytes. Frames are taken from
// the pool; a nil pool makes frames an error, for an end that gets none.
func NewReader(in io.Reader, pool *pipeline.Pool, maxFrame uint32) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, readAhead), pool: pool, maxFrame: maxFrame}
}

// Wait blocks until a message begins and consumes nothing: after an error that passes, such as a
// deadline, it may be called again. At the end of the connection it gives io.EOF.
func (r *Reader) Wait() error {
	_, err := r.in.Peek(1)
	return err
}

// Next reads one message; those of unknown types are skipped. After a *CodecError the next message can be
// read, and the Message says whether it was a frame or an offer that was in it; any other error means that
// the connection cannot be used any more. Between two messages the end of the connection is io.EOF.
func (r *Reader) Next() (Message, error) {
	for {
		h, head, err := r.header()
		if err != nil {
			return Message{}, err
		}
		if h.Payload > r.limit(h.Type) {
			return Message{}, fmt.Errorf("%s claims %d bytes, the limit is %d%s", h.Type, h.Payload, r.limit(h.Type), hint(h.Type))
		}
		m := Message{Type: h.Type}
		switch h.Type {
		case TypeFrame:
			m.Frame, err = r.frame(h, head)
		case TypeBye:
			m.Text, err = r.text(h)
		case TypePing:
			m.Ping, err = parsePing(head)
		case TypePong:
			m.Pong, err = parsePong(head)
		case TypeOffer:
			m.Offer, err = r.offer(head)
		case TypeAnswer:
			m.Answer, err = r.answer(h, head)
		case TypeChunk:
			m.Chunk, err = r.chunk(h, head)
		case TypeEnd:
		default:
			if h.Type&mustUnderstand != 0 {
				return Message{}, fmt.Errorf("%s has to be understood and is not known here: install the same release at both ends", h.Type)
			}
			if err = r.skip(h.Payload); err == nil {
				continue
			}
		}
		return m, err
	}
}

func hint(t Type) string {
	if t == TypeFrame {
		return " (max_frame)"
	}
	return ""
}

// limit is the largest payload in bytes that a message of that type may have.
func (r *Reader) limit(t Type) uint32 {
	switch t {
	case TypeEnd, TypePing, TypePong, TypeOffer:
		return 0
	case TypeBye, TypeAnswer:
		return maxText
	case TypeChunk:
		return ChunkSize
	}
	return r.maxFrame
}

// header reads and verifies a header and its head, which is valid until the next call.
func (r *Reader) header() (Header, []byte, error) {
	if got, err := io.ReadFull(r.in, r.head[:HeaderSize]); err != nil {
		if got > 0 {
			err = inMessage(err)
		}
		return Header{}, nil, err
	}
	n, err := headLength(r.head[:])
	if err != nil {
		return Header{}, nil, err
	}
	if _, err := io.ReadFull(r.in, r.head[HeaderSize:HeaderSize+n]); err != nil {
		return Header{}, nil, inMessage(err)
	}
	return ParseHeader(r.head[:HeaderSize+n])
}

// frame reads a frame's payload. Memory grows with what came, so that a claim costs the claimant as much.
func (r *Reader) frame(h Header, head []byte) (*pipeline.Frame, error) {
	if r.pool == nil {
		return nil, errors.New("the receiver sent a frame: only senders do")
	}
	size := int(h.Payload)
	f := r.pool.Get(min(size, max(firstAlloc, r.largest)))
	err := ParseFrameHead(f, head, h.Payload, &r.name)
	if err == nil {
		err = r.payload(f, size)
	} else if codec := (*CodecError)(nil); errors.As(err, &codec) {
		if skipped := r.skip(h.Payload); skipped != nil {
			err = skipped
		}
	}
	if err != nil {
		f.Release()
		return nil, err
	}
	r.largest = max(r.largest, size)
	return f, nil
}

func (r *Reader) payload(f *pipeline.Frame, size int) error {
	var sum uint32
	for got := 0; got < size; {
		if got == len(f.Data) {
			f.Resize(min(size, 2*got))
		}
		n, err := r.in.Read(f.Data[got:min(len(f.Data), got+readChunk)])
		sum = Checksum(sum, f.Data[got:got+n])
		got += n
		if err != nil && got < size {
			return fmt.Errorf("frame %d broke off after %d of %d bytes: %w", f.Seq, got, size, unexpected(err))
		}
	}
	said, err := r.trailer(size)
	if err == nil && sum != said {
		err = fmt.Errorf("frame %d is damaged (CRC-32C %08x, wants %08x)", f.Seq, sum, said)
	}
	return err
}

// trailer reads what follows a payload of that size: the checksum that it should have.
func (r *Reader) trailer(size int) (uint32, error) {
	if size == 0 {
		return 0, nil
	}
	b, err := r.in.Peek(TrailerSize)
	if err != nil {
		return 0, inMessage(err)
	}
	sum := binary.BigEndian.Uint32(b)
	_, err = r.in.Discard(TrailerSize)
	return sum, err
}

func (r *Reader) text(h Header) (string, error) {
	b, err := r.bytes(h)
	if err != nil {
		return "", fmt.Errorf("bye: %w", err)
	}
	if !utf8.Valid(b) {
		return "", errors.New("bye with a text that is not UTF-8")
	}
	return Printable(string(b)), nil
}

// bytes reads a payload that is no frame into memory that is used again, and that grows with what came.
func (r *Reader) bytes(h Header) ([]byte, error) {
	size := int(h.Payload)
	if cap(r.buf) < min(size, firstBytes) {
		r.buf = make([]byte, min(size, firstBytes))
	}
	r.buf = r.buf[:min(size, cap(r.buf))]
	var sum uint32
	for got := 0; got < size; {
		if got == len(r.buf) {
			bigger := make([]byte, min(size, 4*got))
			copy(bigger, r.buf)
			r.buf = bigger
		}
		n, err := r.in.Read(r.buf[got:min(len(r.buf), got+readChunk)])
		sum = Checksum(sum, r.buf[got:got+n])
		got += n
		if err != nil && got < size {
			return nil, inMessage(err)
		}
	}
	said, err := r.trailer(size)
	if err == nil && sum != said {
		err = fmt.Errorf("damaged payload (CRC-32C %08x, wants %08x)", sum, said)
	}
	return r.buf, err
}

// skip passes a payload over that is not looked at, and its trailer.
func (r *Reader) skip(n uint32) error {
	if _, err := r.in.Discard(int(n)); err != nil {
		return inMessage(err)
	}
	_, err := r.trailer(int(n))
	return err
}

// inMessage gives an error of the connection its place.
func inMessage(err error) error {
	return fmt.Errorf("the connection broke in the middle of a message: %w", unexpected(err))
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
