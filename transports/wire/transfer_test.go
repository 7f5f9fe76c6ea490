package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"framewire/pipeline"
)

// offered gives the bytes of an offer after a change to its head, with the header's checksum made anew.
func offered(change func(head []byte)) string {
	pool := pipeline.NewPool()
	b := AppendOffer(nil, 7, [32]byte{1, 31: 2}, gray(pool))
	change(b[HeaderSize:])
	resum(b)
	return string(b)
}

func chunkOf(transfer uint64, offset int64, data string) string {
	return string(complete(AppendChunk(nil, transfer, offset, len(data)), []byte(data)))
}

func answerOf(a OfferAnswer) string { return string(a.Append(nil)) }

// transferMessages are messages of confirmed delivery.
var transferMessages = []received{
	{"offer", offered(func([]byte) {}), ""},
	{"want", answerOf(OfferAnswer{7, VerdictWant, 1 << 40, ""}), ""},
	{"kept", answerOf(OfferAnswer{7, VerdictKept, 0, ""}), ""},
	{"refused", answerOf(OfferAnswer{7, VerdictRefused, 0, "the disk is full"}), ""},
	{"refused without a word", answerOf(OfferAnswer{7, VerdictRefused, 0, ""}), ""},
	{"chunk", chunkOf(7, 1<<40, "pixels"), ""},
	{"more in an offer's head than is known", rawMessage(TypeOffer, offered(func([]byte) {})[HeaderSize:]+"new", ""), ""},
	{"more in an answer's head than is known", rawMessage(TypeAnswer, strings.Repeat("\x00", 8)+"\x02"+strings.Repeat("\x00", 8)+"new", ""), ""},
	{"short offer", rawMessage(TypeOffer, strings.Repeat("o", 47), ""), "offer's head has 47 bytes, wants 108 or more"},
	{"offer without a frame's head", rawMessage(TypeOffer, strings.Repeat("\x00", 48), ""), "frame's head has 0 bytes, wants 60 or more"},
	{"offer with a payload", rawMessage(TypeOffer, "", "x"), "offer claims 1 bytes, the limit is 0"},
	{"offer of 2^63 bytes", offered(func(h []byte) { h[8] = 0x80 }), "offer 7 claims 9223372036854775816 bytes"},
	{"offer of raw pixels that do not fit", offered(func(h []byte) { h[14] = 1 }), "frame 42: raw gray frame of 4x2: 264 bytes, wants 8"},
	{"offer of no JPEG", offered(func(h []byte) { h[15], h[48+41], h[48+42] = 0, 2, 0 }), "frame 42: jpeg frame of 4x2: no data"},
	{"offer in an unknown codec", offered(func(h []byte) { h[48+41] = 99 }), "frame 42 is in codec number 99, which this version does not know"},
	{"short answer", rawMessage(TypeAnswer, strings.Repeat("a", 16), ""), "answer's head has 16 bytes, wants 17"},
	{"unknown verdict", answerOf(OfferAnswer{7, 4, 0, ""}), "answer 7 has unknown verdict 4"},
	{"no verdict", answerOf(OfferAnswer{7, 0, 0, ""}), "answer 7 has unknown verdict 0"},
	{"want of a negative offset", answerOf(OfferAnswer{7, VerdictWant, -1, ""}), "answer 7 wants offset 18446744073709551615"},
	{"kept with a text", answerOf(OfferAnswer{7, VerdictKept, 0, "why"}), "answer 7 refuses nothing and has a text"},
	{"refused with a long text", rawMessage(TypeAnswer, strings.Repeat("\x00", 17), strings.Repeat("x", 1025)), "answer claims 1025 bytes, the limit is 1024"},
	{"refused with a file name in no known encoding", answerOf(OfferAnswer{7, VerdictRefused, 0, "\xff.jpg"}), ""},
	{"refused with bytes that are no text", rawMessage(TypeAnswer, strings.Repeat("\x00", 7)+"\x07\x03"+strings.Repeat("\x00", 8), "\xff"), "answer 7 has a text that is not UTF-8"},
	{"refused with a damaged text", flip(answerOf(OfferAnswer{7, VerdictRefused, 0, "no"}), HeaderSize+18), "answer 7: damaged payload (CRC-32C aaada877, wants baf36f18)"},
	{"short chunk", rawMessage(TypeChunk, strings.Repeat("c", 15), "x"), "chunk's head has 15 bytes, wants 16"},
	{"chunk of nothing", chunkOf(7, 0, ""), "chunk of transfer 7 has 0 bytes at offset 0"},
	{"chunk at a negative offset", chunkOf(7, -1, "x"), "chunk of transfer 7 has 1 bytes at offset 18446744073709551615"},
	{"large chunk", claim(TypeChunk, ChunkSize+1), "chunk claims 1048577 bytes, the limit is 1048576"},
	{"half a chunk", chunkOf(7, 0, "pixels")[:HeaderSize+16+3], "chunk of transfer 7: the connection broke in the middle of a message: unexpected EOF"},
	{"damaged chunk", flip(chunkOf(7, 0, "pixels"), HeaderSize+16+3), "chunk of transfer 7: damaged payload (CRC-32C f22c3319, wants 828e4e93)"},
}

func (r received) kind() uint8     { return r.bytes[0] }
func (r received) head() []byte    { return r.split(true) }
func (r received) payload() []byte { return r.split(false) }

// split gives the head or the payload of a message that is whole, of any other nothing.
func (r received) split(head bool) []byte {
	b := []byte(r.bytes)
	at := HeaderSize + int(binary.BigEndian.Uint16(b[2:]))
	end := at + int(binary.BigEndian.Uint32(b[4:]))
	switch {
	case end > len(b):
		return nil
	case head:
		return b[HeaderSize:at]
	}
	return b[at:end]
}

func marshalTransfer(m Message) []byte {
	switch m.Type {
	case TypeOffer:
		if f := m.Offer.Frame; f != nil && m.Offer.Size < 1<<16 {
			f.Resize(int(m.Offer.Size))
			return AppendOffer(nil, m.Offer.Transfer, m.Offer.Sum, f)
		}
	case TypeAnswer:
		return m.Answer.Append(nil)
	case TypeChunk:
		return complete(AppendChunk(nil, m.Chunk.Transfer, m.Chunk.Offset, len(m.Chunk.Data)), m.Chunk.Data)
	}
	return nil
}

// plainTransfer is plainly for the messages of confirmed delivery.
func plainTransfer(m Message, b []byte) bool {
	head := int(binary.BigEndian.Uint16(b[2:]))
	switch m.Type {
	case TypeOffer:
		return m.Offer.Frame != nil && head == offerHead+FrameHead+len(m.Offer.Frame.Meta.Name) &&
			b[HeaderSize+offerHead+43]&^15 == 0
	case TypeAnswer: // a text is given on in a form that is fit to print
		return head == answerHead && bytes.Contains(b, []byte(m.Answer.Text)) && (m.Answer.Text != "" || binary.BigEndian.Uint32(b[4:]) == 0)
	}
	return head == chunkHead
}

func TestTransferRoundTrip(t *testing.T) {
	pool := pipeline.NewPool()
	f := gray(pool)
	sum := [32]byte{1, 31: 9}
	answer := OfferAnswer{9, VerdictRefused, 0, "no room"}
	var b []byte
	b = AppendOffer(b, 9, sum, f)
	b = answer.Append(b)
	b = complete(AppendChunk(b, 9, 4, 4), f.Data[4:])
	r := NewReader(bytes.NewReader(b), pool, 1<<20)
	m, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	got := m.Offer
	if got.Transfer != 9 || got.Size != 8 || got.Sum != sum || got.Frame.Meta != f.Meta || got.Frame.Format != f.Format ||
		got.Frame.Stream != f.Stream || !got.Frame.Confirm || len(got.Frame.Data) != 0 {
		t.Errorf("offer %+v of %+v", got, got.Frame)
	}
	got.Frame.Release()
	if m, err = r.Next(); err != nil || m.Answer != answer {
		t.Errorf("answer %+v, %v", m.Answer, err)
	}
	if m, err = r.Next(); err != nil || m.Chunk.Transfer != 9 || m.Chunk.Offset != 4 || string(m.Chunk.Data) != "ls!!" {
		t.Errorf("chunk %+v, %v", m.Chunk, err)
	}
}

// An offer in a codec that is not known can be refused, and the connection goes on.
func TestOfferInUnknownCodec(t *testing.T) {
	pool := pipeline.NewPool()
	r := NewReader(strings.NewReader(offered(func(h []byte) { h[48+41] = 99 })+string(AppendEnd(nil))), pool, 1<<20)
	m, err := r.Next()
	if codec := (*CodecError)(nil); !errors.As(err, &codec) || m.Type != TypeOffer || m.Offer.Transfer != 7 || m.Offer.Frame != nil {
		t.Fatalf("got %+v, %v", m, err)
	}
	if m, err := r.Next(); err != nil || m.Type != TypeEnd {
		t.Errorf("then %v, %v, want the end", m.Type, err)
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames not given back", n)
	}
}

// What only senders say is no message of a receiver, and costs nothing.
func TestReceiverMayNotOffer(t *testing.T) {
	for in, want := range map[string]string{
		offered(func([]byte) {}): "the receiver sent an offer: only senders do",
		chunkOf(1, 0, "x"):       "the receiver sent a chunk: only senders do",
	} {
		if _, err := NewReader(strings.NewReader(in), nil, 0).Next(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A claim of a chunk costs the claimant: memory follows what came.
func TestChunkMemoryGrowsWithArrival(t *testing.T) {
	r := NewReader(strings.NewReader(chunkOf(1, 0, strings.Repeat("x", ChunkSize))[:100_000]), pipeline.NewPool(), 0)
	if _, err := r.Next(); err == nil {
		t.Fatal("half a chunk was taken")
	}
	if n := cap(r.buf); n > 300_000 {
		t.Errorf("100000 bytes took a buffer of %d", n)
	}
}

func TestConfirm(t *testing.T) {
	for _, extensions := range [][]Extension{nil, {MaxFrame(7)}, {MaxFrame(7), Confirm()}, {{Type: ExtConfirm, Value: []byte("later")}}} {
		b, err := Hello{Version: Version, Role: RoleSender, Extensions: extensions}.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		h, err := ReadHello(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		want := len(extensions) > 0 && extensions[len(extensions)-1].Type == ExtConfirm
		if h.Confirms() != want {
			t.Errorf("%v: confirms is %v", extensions, h.Confirms())
		}
	}
}

func BenchmarkChunk(b *testing.B) {
	data := make([]byte, ChunkSize)
	whole := complete(AppendChunk(nil, 1, 0, len(data)), data)
	in := bytes.NewReader(whole)
	r := NewReader(in, pipeline.NewPool(), 0)
	b.SetBytes(ChunkSize)
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(whole)
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
