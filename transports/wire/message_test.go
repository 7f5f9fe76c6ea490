package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"framewire/pipeline"
)

// gray makes a frame of 4x2 gray pixels.
func gray(pool *pipeline.Pool) *pipeline.Frame {
	f := pool.Get(8)
	copy(f.Data, "pixels!!")
	f.Stream, f.Seq = pipeline.StreamID{0xAB, 15: 0xCD}, 42
	f.Captured, f.PTS = time.Unix(1700000000, 123456789), 1400*time.Millisecond
	f.Format, f.Key, f.Lossless = pipeline.Raw(pipeline.LayoutGray, 4, 2), true, true
	f.Meta, f.Confirm = pipeline.Meta{Name: "photo 1.jpg", Rotation: 90, Motion: true}, true
	return f
}

func message(f *pipeline.Frame) []byte { return complete(AppendFrame(nil, f), f.Data) }

// complete adds a payload and its trailer to what goes before them.
func complete(b, payload []byte) []byte {
	if b = append(b, payload...); len(payload) == 0 {
		return b
	}
	return AppendTrailer(b, Checksum(0, payload))
}

// resum makes a header's checksum anew; b holds it and the head.
func resum(b []byte) { binary.BigEndian.PutUint32(b[8:], headerSum(b)) }

// altered gives the bytes of a frame after a change to its head, with the header's checksum made anew.
func altered(change func(head []byte)) string {
	pool := pipeline.NewPool()
	b := message(gray(pool))
	first := b[:len(b)-8-TrailerSize]
	change(first[HeaderSize:])
	resum(first)
	return string(b)
}

// rawMessage makes a message of any type.
func rawMessage(t Type, head, payload string) string {
	b := append(begin(nil, t), head...)
	return string(complete(finish(b, 0, uint32(len(payload))), []byte(payload)))
}

// claim makes a message that claims a payload of n bytes, of which none comes.
func claim(t Type, n uint32) string {
	return string(finish(begin(nil, t), 0, n))
}

func flip(s string, i int) string {
	b := []byte(s)
	b[i] ^= 0x10
	return string(b)
}

// received is what a peer may send, and the error that it gives; "" is a message.
type received struct{ name, bytes, err string }

var messages = []received{
	{"frame", altered(func([]byte) {}), ""},
	{"end", string(AppendEnd(nil)), ""},
	{"bye", string(AppendBye(nil, "back soon")), ""},
	{"ping", string(Ping{Sent: time.Unix(5, 6)}.Append(nil)), ""},
	{"pong", string(Pong{time.Unix(1, 2), time.Unix(3, 4), time.Unix(5, 6)}.Append(nil)), ""},
	{"unknown message before one", rawMessage(0x42, "future", "data") + string(AppendEnd(nil)), ""},
	{"more in a head than is known", rawMessage(TypePing, "\x00\x00\x00\x00\x00\x00\x00\x01new", ""), ""},
	{"unknown message that matters", rawMessage(0x90, "", ""), "message 144 has to be understood and is not known here: install the same release at both ends"},
	{"nothing", "", "EOF"},
	{"half a header", string(AppendEnd(nil)[:7]), "the connection broke in the middle of a message: unexpected EOF"},
	{"half a head", altered(func([]byte) {})[:40], "the connection broke in the middle of a message: unexpected EOF"},
	{"half a frame", altered(func([]byte) {})[:HeaderSize+FrameHead+11+5], "frame 42 broke off after 5 of 8 bytes: unexpected EOF"},
	{"half a trailer", altered(func([]byte) {})[:HeaderSize+FrameHead+11+8+3], "the connection broke in the middle of a message: unexpected EOF"},
	{"unknown message without its trailer", rawMessage(0x42, "future", "data")[:HeaderSize+6+4], "the connection broke in the middle of a message: unexpected EOF"},
	{"damaged header", flip(altered(func([]byte) {}), 5), "message with a damaged header (CRC-32C 3aa70306, wants e237ee29)"},
	{"damaged data", flip(altered(func([]byte) {}), HeaderSize+FrameHead+11+7), "frame 42 is damaged (CRC-32C 422245e1, wants 527c828e)"},
	{"damaged trailer", flip(altered(func([]byte) {}), HeaderSize+FrameHead+11+8), "frame 42 is damaged (CRC-32C 527c828e, wants 427c828e)"},
	{"garbage", strings.Repeat("\xff", 64), "message claims a head of 65535 bytes, the limit is 2048: the stream is damaged"},
	{"frame above the limit", claim(TypeFrame, 1<<20+1), "frame claims 1048577 bytes, the limit is 1048576 (max_frame)"},
	{"frame of 2^32-1 bytes", claim(TypeFrame, 1<<32-1), "frame claims 4294967295 bytes, the limit is 1048576 (max_frame)"},
	{"unknown of 2^32-1 bytes", claim(0x42, 1<<32-1), "message 66 claims 4294967295 bytes, the limit is 1048576"},
	{"end with a payload", rawMessage(TypeEnd, "", "x"), "end claims 1 bytes, the limit is 0"},
	{"long bye", rawMessage(TypeBye, "", strings.Repeat("x", 1025)), "bye claims 1025 bytes, the limit is 1024"},
	{"bye that is no text", rawMessage(TypeBye, "", "\xff\xfe"), "bye with a text that is not UTF-8"},
	{"damaged bye", flip(rawMessage(TypeBye, "", "back"), HeaderSize+3), "bye: damaged payload (CRC-32C 5489b830, wants 44d77f5f)"},
	{"half a bye", rawMessage(TypeBye, "", "back")[:HeaderSize+2], "bye: the connection broke in the middle of a message: unexpected EOF"},
	{"short ping", rawMessage(TypePing, "1234567", ""), "ping's head has 7 bytes, wants 8"},
	{"short pong", rawMessage(TypePong, "1234567", ""), "pong's head has 7 bytes, wants 24"},
	{"short frame head", rawMessage(TypeFrame, "short", "12345678"), "frame's head has 5 bytes, wants 60 or more"},
	{"name beyond the head", altered(func(h []byte) { h[59] = 12 }), "frame claims a name of 12 bytes, the limit is 1024 and 11 came"},
	{"name beyond the limit", rawMessage(TypeFrame, strings.Repeat("\x00", 58)+"\x04\x01"+strings.Repeat("n", 1025), "x"), "frame claims a name of 1025 bytes, the limit is 1024 and 1025 came"},
	{"unknown codec", altered(func(h []byte) { h[40] = 0x80 }), "frame 42 is in codec number 32769, which this version does not know"},
	{"unknown layout", altered(func(h []byte) { h[42] = 9 }), "frame 42: raw frame with unknown pixel layout 9"},
	{"no pixels", altered(func(h []byte) { h[47] = 0 }), "frame 42: raw frame of 0x2: no pixels"},
	{"huge", altered(func(h []byte) { copy(h[44:], "\x00\x00\xff\xff\x00\x00\xff\xff") }), "frame 42: raw frame of 65535x65535: more than 100 megapixels"},
	{"width above 2^31", altered(func(h []byte) { h[44] = 0xff }), "frame 42: raw frame of -16777212x2: no pixels"},
	{"stride below a row", altered(func(h []byte) { h[55] = 3 }), "frame 42: raw gray frame of 4x2: stride 3 does not hold a row of 4 bytes"},
	{"data that do not fit", altered(func(h []byte) { h[55] = 5 }), "frame 42: raw gray frame of 4x2: 8 bytes, wants 10"},
	{"rotation", altered(func(h []byte) { h[57] = 91 }), "frame 42: rotation of 91 degrees, wants 0, 90, 180 or 270"},
}

func TestMessages(t *testing.T) {
	for _, test := range slices.Concat(messages, transferMessages) {
		t.Run(test.name, func(t *testing.T) {
			for how, in := range map[string]io.Reader{
				"at once":      strings.NewReader(test.bytes),
				"byte by byte": iotest.OneByteReader(strings.NewReader(test.bytes)),
			} {
				pool := pipeline.NewPool()
				m, err := NewReader(in, pool, 1<<20).Next()
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != test.err {
					t.Errorf("%s: error %q, want %q", how, got, test.err)
				}
				release(m)
				if n := pool.Outstanding(); n != 0 {
					t.Errorf("%s: %d frames not given back", how, n)
				}
			}
		})
	}
}

func TestFrameRoundTrip(t *testing.T) {
	pool := pipeline.NewPool()
	want := gray(pool)
	m, err := NewReader(bytes.NewReader(message(want)), pool, 1<<20).Next()
	if err != nil {
		t.Fatal(err)
	}
	got := m.Frame
	if got.Stream != want.Stream || got.Seq != want.Seq || !got.Captured.Equal(want.Captured) || got.PTS != want.PTS ||
		got.Format != want.Format || got.Key != want.Key || got.Lossless != want.Lossless || got.Confirm != want.Confirm || got.Meta != want.Meta || !bytes.Equal(got.Data, want.Data) {
		t.Errorf("got %+v", got)
	}
}

// After a frame in an unknown codec the connection goes on.
func TestUnknownCodecIsSkipped(t *testing.T) {
	pool := pipeline.NewPool()
	r := NewReader(strings.NewReader(altered(func(h []byte) { h[41] = 4 })+string(AppendEnd(nil))), pool, 1<<20)
	var codec *CodecError
	if _, err := r.Next(); !errors.As(err, &codec) || codec.ID != 4 || codec.Seq != 42 {
		t.Fatalf("got %v, want a codec error", err)
	}
	if m, err := r.Next(); err != nil || m.Type != TypeEnd {
		t.Errorf("then %v, %v, want the end", m.Type, err)
	}
}

// Wait leaves everything where it is, so that it can be interrupted.
func TestWait(t *testing.T) {
	r := NewReader(io.MultiReader(iotest.TimeoutReader(strings.NewReader("")), bytes.NewReader(AppendEnd(nil))), nil, 0)
	for range 2 {
		if err := r.Wait(); err != nil && !errors.Is(err, iotest.ErrTimeout) {
			t.Fatal(err)
		}
	}
	if m, err := r.Next(); err != nil || m.Type != TypeEnd {
		t.Errorf("got %v, %v, want the end", m.Type, err)
	}
	if err := r.Wait(); err != io.EOF {
		t.Errorf("at the end Wait gives %v, want EOF", err)
	}
}

// A claim costs the claimant: memory follows what came, and a connection that has proved itself gets it
// at once.
func TestMemoryGrowsWithArrival(t *testing.T) {
	const size = 16 << 20
	pool := pipeline.NewPool()
	f := pool.Get(size)
	f.Format = pipeline.Raw(pipeline.LayoutGray, 4096, size/4096)
	whole := message(f)
	f.Release()

	fresh := pipeline.NewPool()
	half := &observed{in: bytes.NewReader(whole[:len(whole)/2]), largest: new(int)}
	if _, err := NewReader(half, fresh, size).Next(); err == nil {
		t.Fatal("half a frame was taken")
	}
	if *half.largest > readChunk {
		t.Errorf("a read of %d bytes at once, want at most %d", *half.largest, readChunk)
	}
	if kept := fresh.Get(size / 2); cap(kept.Data) > size/2 {
		t.Errorf("half a frame took a buffer of %d bytes", cap(kept.Data))
	}

	var stats [2]float64
	for i, first := range []int{0, size} {
		stats[i] = testing.AllocsPerRun(1, func() {
			r := NewReader(bytes.NewReader(whole), pipeline.NewPool(), size)
			r.largest = first
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		})
	}
	if stats[0] <= stats[1] {
		t.Errorf("%v allocations for a stranger, %v for a peer that has proved itself: want steps for the stranger", stats[0], stats[1])
	}
}

type observed struct {
	in      io.Reader
	largest *int
}

func (o *observed) Read(p []byte) (int, error) {
	*o.largest = max(*o.largest, len(p))
	return o.in.Read(p)
}

func TestReceiverMayNotSendFrames(t *testing.T) {
	_, err := NewReader(strings.NewReader(messages[0].bytes), nil, 0).Next()
	if err == nil || err.Error() != "frame claims 8 bytes, the limit is 0 (max_frame)" {
		t.Errorf("got %v", err)
	}
}

func TestCheckFrame(t *testing.T) {
	pool := pipeline.NewPool()
	tests := []struct {
		change func(*pipeline.Frame)
		err    string
	}{
		{func(*pipeline.Frame) {}, ""},
		{func(f *pipeline.Frame) { f.Format.Codec = "h266" }, `codec "h266" has no number in the wire format`},
		{func(f *pipeline.Frame) { f.Meta.Name = strings.Repeat("n", 1025) }, "name of 1025 bytes, the limit is 1024"},
		{func(f *pipeline.Frame) { f.Meta.Rotation = 45 }, "rotation of 45 degrees, wants 0, 90, 180 or 270"},
		{func(f *pipeline.Frame) { f.Data = f.Data[:7] }, "raw gray frame of 4x2: 7 bytes, wants 8"},
	}
	for _, test := range tests {
		f := gray(pool)
		test.change(f)
		got := ""
		if err := CheckFrame(f); err != nil {
			got = err.Error()
		}
		if got != test.err {
			t.Errorf("got %q, want %q", got, test.err)
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, test := range slices.Concat(messages, transferMessages) {
		f.Add([]byte(test.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		pool := pipeline.NewPool()
		in := bytes.NewReader(b)
		r := NewReader(in, pool, 1<<16)
		for {
			at := len(b) - in.Len() - r.in.Buffered()
			m, err := r.Next()
			if codec := (*CodecError)(nil); err != nil && !errors.As(err, &codec) {
				break
			}
			end := len(b) - in.Len() - r.in.Buffered()
			if again := marshal(m); again != nil && !bytes.HasSuffix(b[at:end], again) && plainly(m, b[at:end]) {
				t.Errorf("read %x, wrote %x", b[at:end], again)
			}
			release(m)
		}
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames not given back", n)
		}
	})
}

func marshal(m Message) []byte {
	switch m.Type {
	case TypeFrame:
		if m.Frame != nil {
			return message(m.Frame)
		}
	case TypeEnd:
		return AppendEnd(nil)
	case TypePing:
		return m.Ping.Append(nil)
	case TypePong:
		return m.Pong.Append(nil)
	}
	return marshalTransfer(m)
}

// plainly reports whether a message holds nothing that later versions may add: reserved bits, longer
// heads, or skipped messages before it.
func plainly(m Message, b []byte) bool {
	if b[0] != byte(m.Type) || b[1] != 0 {
		return false
	}
	head := int(binary.BigEndian.Uint16(b[2:]))
	switch m.Type {
	case TypeFrame:
		return head == FrameHead+len(m.Frame.Meta.Name) && b[HeaderSize+43]&^15 == 0
	case TypePing:
		return head == 8
	case TypePong:
		return head == 24
	case TypeOffer, TypeAnswer, TypeChunk:
		return plainTransfer(m, b)
	}
	return head == 0
}

func BenchmarkAppendFrame(b *testing.B) {
	f := gray(pipeline.NewPool())
	var head []byte
	b.ReportAllocs()
	for b.Loop() {
		head = AppendFrame(head[:0], f)
	}
}

func BenchmarkReader(b *testing.B) {
	pool := pipeline.NewPool()
	f := pool.Get(200_000)
	f.Format = pipeline.JPEG(1920, 1080)
	f.Meta.Name = "photo.jpg"
	whole := message(f)
	in := bytes.NewReader(whole)
	r := NewReader(in, pool, 1<<20)
	b.SetBytes(int64(len(whole)))
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(whole)
		m, err := r.Next()
		if err != nil {
			b.Fatal(err)
		}
		m.Frame.Release()
	}
}

// FuzzFrameHead goes past the checksums, which keep FuzzMessage from most of what is behind them.
func FuzzFrameHead(f *testing.F) {
	pool := pipeline.NewPool()
	b := message(gray(pool))
	f.Add(uint8(TypeFrame), b[HeaderSize:HeaderSize+FrameHead+11], b[HeaderSize+FrameHead+11:HeaderSize+FrameHead+11+8])
	f.Add(uint8(TypePing), make([]byte, 8), []byte(nil))
	f.Add(uint8(TypePong), make([]byte, 24), []byte(nil))
	f.Add(uint8(TypeBye), []byte(nil), []byte("back soon"))
	for _, test := range transferMessages {
		f.Add(test.kind(), test.head(), test.payload())
	}
	f.Fuzz(func(t *testing.T, kind uint8, head, payload []byte) {
		if len(head) > MaxHead {
			return
		}
		pool := pipeline.NewPool()
		b := []byte(rawMessage(Type(kind), string(head), string(payload)))
		m, err := NewReader(bytes.NewReader(b), pool, 1<<16).Next()
		if err != nil {
			return
		}
		if again := marshal(m); again != nil && plainly(m, b) && !bytes.Equal(b, again) {
			t.Errorf("read %x, wrote %x", b, again)
		}
		if m.Frame != nil {
			if err := CheckFrame(m.Frame); err != nil {
				t.Errorf("a frame came that may not be sent: %v", err)
			}
		}
		release(m)
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames not given back", n)
		}
	})
}

func release(m Message) {
	for _, f := range []*pipeline.Frame{m.Frame, m.Offer.Frame} {
		if f != nil {
			f.Release()
		}
	}
}
