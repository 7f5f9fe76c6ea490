package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"framewire/pipeline"
)

// ChunkSize is the largest payload of a chunk in bytes. A sender has no more bytes than that under way that
// the receiver has not answered, so a connection that breaks costs no more than that sent twice.
const ChunkSize = 1 << 20

const (
	offerHead  = 48 // bytes before the frame's head
	answerHead = 17
	chunkHead  = 16
)

// Verdict is what a receiver says to an offer.
type Verdict uint8

// The verdicts. Others are errors.
const (
	VerdictWant    Verdict = 1 // its bytes are wanted from an offset on
	VerdictKept    Verdict = 2 // it is there, durable where the receiver keeps pictures at all
	VerdictRefused Verdict = 3 // it will not be taken, and the text says why
)

// Offer announces a picture whose delivery is to be confirmed. Its data follow in chunks when they are wanted.
type Offer struct {
	Transfer uint64   // its number in this run of the sender
	Size     int64    // of the data, in bytes
	Sum      [32]byte // SHA-256 of the data (FIPS 180-4)
	// Frame is what is known of the picture; its Data is empty. The caller has the reference. It is nil where
	// Next gives a *CodecError.
	Frame *pipeline.Frame
}

// AppendOffer adds the message that offers a frame. The frame has passed CheckFrame.
func AppendOffer(dst []byte, transfer uint64, sum [32]byte, f *pipeline.Frame) []byte {
	start := len(dst)
	dst = binary.BigEndian.AppendUint64(begin(dst, TypeOffer), transfer)
	dst = binary.BigEndian.AppendUint64(dst, uint64(len(f.Data)))
	dst = append(dst, sum[:]...)
	return finish(AppendFrameHead(dst, f), start, 0)
}

// OfferAnswer is a receiver's word about an offer, or about a chunk.
type OfferAnswer struct {
	Transfer uint64
	Verdict  Verdict
	Offset   int64  // of VerdictWant: the data before it are there
	Text     string // of VerdictRefused: why, at most 1024 bytes
}

// Append adds the message to dst. A text above 1024 bytes is cut, and what in it is no UTF-8 is replaced.
func (a OfferAnswer) Append(dst []byte) []byte {
	start := len(dst)
	dst = binary.BigEndian.AppendUint64(begin(dst, TypeAnswer), a.Transfer)
	dst = append(dst, byte(a.Verdict))
	dst = binary.BigEndian.AppendUint64(dst, uint64(a.Offset))
	return finishText(dst, start, fit(a.Text))
}

// Chunk is a piece of an offered picture's data.
type Chunk struct {
	Transfer uint64
	Offset   int64
	Data     []byte // at least one byte; valid until the next call of Next
}

// AppendChunk adds everything of a chunk's message that goes before its data, of which there are that many
// bytes; AppendTrailer adds what goes behind them.
func AppendChunk(dst []byte, transfer uint64, offset int64, size int) []byte {
	start := len(dst)
	dst = binary.BigEndian.AppendUint64(begin(dst, TypeChunk), transfer)
	dst = binary.BigEndian.AppendUint64(dst, uint64(offset))
	return finish(dst, start, uint32(size))
}

// offer reads an offer. A codec that is not known gives an Offer that has no more than its number.
func (r *Reader) offer(head []byte) (Offer, error) {
	if r.pool == nil {
		return Offer{}, errors.New("the receiver sent an offer: only senders do")
	}
	if len(head) < offerHead {
		return Offer{}, fmt.Errorf("offer's head has %d bytes, wants %d or more", len(head), offerHead+FrameHead)
	}
	o := Offer{Transfer: binary.BigEndian.Uint64(head), Size: int64(binary.BigEndian.Uint64(head[8:])), Sum: [32]byte(head[16:])}
	if o.Size < 0 {
		return Offer{}, fmt.Errorf("offer %d claims %d bytes", o.Transfer, uint64(o.Size))
	}
	f := r.pool.Get(0)
	if err := parseFrameHead(f, head[offerHead:], o.Size, &r.name); err != nil {
		f.Release()
		return Offer{Transfer: o.Transfer}, err
	}
	o.Frame = f
	return o, nil
}

func (r *Reader) answer(h Header, head []byte) (OfferAnswer, error) {
	if len(head) < answerHead {
		return OfferAnswer{}, fmt.Errorf("answer's head has %d bytes, wants %d", len(head), answerHead)
	}
	a := OfferAnswer{Transfer: binary.BigEndian.Uint64(head), Verdict: Verdict(head[8]), Offset: int64(binary.BigEndian.Uint64(head[9:]))}
	switch {
	case a.Verdict < VerdictWant || a.Verdict > VerdictRefused:
		return OfferAnswer{}, fmt.Errorf("answer %d has unknown verdict %d", a.Transfer, a.Verdict)
	case a.Offset < 0:
		return OfferAnswer{}, fmt.Errorf("answer %d wants offset %d", a.Transfer, uint64(a.Offset))
	case h.Payload > 0 && a.Verdict != VerdictRefused:
		return OfferAnswer{}, fmt.Errorf("answer %d refuses nothing and has a text", a.Transfer)
	case h.Payload == 0:
		return a, nil
	}
	b, err := r.bytes(h)
	if err != nil {
		return OfferAnswer{}, fmt.Errorf("answer %d: %w", a.Transfer, err)
	}
	if !utf8.Valid(b) {
		return OfferAnswer{}, fmt.Errorf("answer %d has a text that is not UTF-8", a.Transfer)
	}
	a.Text = printable(string(b), maxText)
	return a, nil
}

func (r *Reader) chunk(h Header, head []byte) (Chunk, error) {
	if r.pool == nil {
		return Chunk{}, errors.New("the receiver sent a chunk: only senders do")
	}
	if len(head) < chunkHead {
		return Chunk{}, fmt.Errorf("chunk's head has %d bytes, wants %d", len(head), chunkHead)
	}
	c := Chunk{Transfer: binary.BigEndian.Uint64(head), Offset: int64(binary.BigEndian.Uint64(head[8:]))}
	if c.Offset < 0 || h.Payload == 0 {
		return Chunk{}, fmt.Errorf("chunk of transfer %d has %d bytes at offset %d", c.Transfer, h.Payload, uint64(c.Offset))
	}
	var err error
	if c.Data, err = r.bytes(h); err != nil {
		return Chunk{}, fmt.Errorf("chunk of transfer %d: %w", c.Transfer, err)
	}
	return c, nil
}
