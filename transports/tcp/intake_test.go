package tcp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// rawOffer makes the offer of a photo with that many bytes, under that number.
func rawOffer(number uint64, size int) []byte {
	pool := pipeline.NewPool()
	f := pool.Get(size)
	f.Format, f.Seq, f.Meta.Name = pipeline.AnyFile, number, fmt.Sprint(number)
	return wire.AppendOffer(nil, number, [32]byte{byte(number)}, f)
}

func rawChunk(number uint64, offset int64, data string) []byte {
	return complete(wire.AppendChunk(nil, number, offset, len(data)), []byte(data))
}

// A sender that breaks the rules of offers loses its connection, and the next one is served.
func TestHostileSender(t *testing.T) { both(t, testHostileSender) }

func testHostileSender(t *testing.T, m mode) {
	var many []byte
	for number := range uint64(17) {
		many = append(many, rawOffer(number, 100)...)
	}
	tests := []struct {
		name string
		says []byte
		log  string
	}{
		{"a chunk of nothing that was offered", rawChunk(3, 0, "x"), "it sent a chunk of transfer 3, which was not asked for"},
		{"the same number twice", append(rawOffer(1, 100), rawOffer(1, 200)...), "it offered transfer 1 twice"},
		{"too many at once", many, "it offers more than 16 photos before they are answered"},
		{"a chunk out of order", append(rawOffer(1, 100), rawChunk(1, 1, "x")...), "it sent bytes 1 to 2 of a photo of 100, of which 0 are there"},
		{"a chunk beyond the end", append(rawOffer(1, 3), rawChunk(1, 0, "four")...), "it sent bytes 0 to 4 of a photo of 3, of which 0 are there"},
		{"an answer", wire.OfferAnswer{Transfer: 1, Verdict: wire.VerdictKept}.Append(nil), "it sent what only receivers do: answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, log := m.startReceiver(t, ReceiveConfig{Listen: loopback}, quick())
			conn := m.dialRaw(t, addressOf(r.end))
			say(t, conn, hello(wire.RoleSender, wire.Version))
			say(t, conn, test.says)
			got := make(chan uint64, 1)
			go func() { got <- readOne(t, r) }()
			log.await(t, test.log)
			s, _ := m.startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
			sendAll(t, s, 7, 8, true)
			if seq := <-got; seq != 7 {
				t.Errorf("frame %d came, want 7", seq)
			}
		})
	}
}

// Bytes that are not those that were announced are asked for once more, and then refused.
func TestWrongBytes(t *testing.T) {
	env, _ := testEnv(t)
	s := idleSession(env)
	offer(t, s, env.Pool, 5, []byte("photo"))
	if f := s.photos.advance(); f != nil {
		t.Fatal("a photo without data came")
	}
	wantAnswers(t, s, wire.OfferAnswer{Transfer: 5, Verdict: wire.VerdictWant})
	again := wire.OfferAnswer{Transfer: 5, Verdict: wire.VerdictWant}
	never := wire.OfferAnswer{Transfer: 5, Verdict: wire.VerdictRefused, Text: "its bytes are not those that were announced (SHA-256)"}
	for _, want := range []wire.OfferAnswer{again, never} {
		f, err := s.photos.chunk(wire.Chunk{Transfer: 5, Data: []byte("phota")})
		if f != nil || err != nil {
			t.Fatalf("%v, %v", f, err)
		}
		wantAnswers(t, s, want)
	}
}

// tightPart is the part of a photo on a disk that is full after the first write.
type tightPart struct{ albumPart }

func (p *tightPart) Write(b []byte) (int, error) {
	if p.Size() > 0 {
		return 0, fmt.Errorf("the disk is full: %w", pipeline.ErrSkip)
	}
	return p.albumPart.Write(b)
}

// tightPage is an album's sink that has such a disk.
type tightPage struct{ page }

func (p tightPage) Part(o pipeline.Offer) (pipeline.Part, error) {
	return &tightPart{albumPart{p.album, o.Sum}}, nil
}

// A photo that is refused while its data come leaves nothing behind, and what was under way just then is no fault.
func TestRefusedWhileItComes(t *testing.T) {
	env, _ := testEnv(t)
	a := newAlbum()
	env.Keepers = []pipeline.Keeper{tightPage{page{a}}}
	s := idleSession(env)
	offer(t, s, env.Pool, 5, make([]byte, 2*wire.ChunkSize))
	if f := s.photos.advance(); f != nil {
		t.Fatal("a photo without data came")
	}
	piece := make([]byte, pieceSize)
	var err error
	come := func(at int64) {
		t.Helper()
		var f *pipeline.Frame
		if f, err = s.photos.chunk(wire.Chunk{Transfer: 5, Offset: at, Data: piece}); f != nil {
			t.Fatal("a photo came that is not whole")
		}
	}
	for at := int64(0); at < wire.ChunkSize+pieceSize; at += pieceSize { // the first is answered, and four more are under way
		if come(at); err != nil {
			t.Fatal(err)
		}
	}
	wantAnswers(t, s, wire.OfferAnswer{Transfer: 5, Verdict: wire.VerdictRefused, Text: "the disk is full"})
	if come(wire.ChunkSize + pieceSize); err == nil {
		t.Error("more came than can have been under way, and that is taken for right")
	}
	a.check(t, nil)
}

// However much is offered, no more is asked for than fits, and what is asked for comes in order.
func TestLargePhotosArriveOneAfterTheOther(t *testing.T) {
	env, _ := testEnv(t)
	s := idleSession(env)
	data := make([]byte, 40<<20)
	for number := range uint64(2) {
		offer(t, s, env.Pool, number, data)
	}
	for number := range uint64(2) {
		if f := s.photos.advance(); f != nil {
			t.Fatal("a photo without data came")
		}
		wantAnswers(t, s, wire.OfferAnswer{Transfer: number, Verdict: wire.VerdictWant})
		var f *pipeline.Frame
		for at := 0; at < len(data); at += wire.ChunkSize {
			var err error
			if f, err = s.photos.chunk(wire.Chunk{Transfer: number, Offset: int64(at), Data: data[at : at+wire.ChunkSize]}); err != nil {
				t.Fatal(err)
			}
		}
		if f == nil {
			t.Fatal("the photo did not come")
		}
		s.appendAnswers(nil)
		f.Settled(nil)
		f.Release()
		wantAnswers(t, s, wire.OfferAnswer{Transfer: number, Verdict: wire.VerdictKept})
	}
}

// offer has a session take an offer.
func offer(t *testing.T, s *session, pool *pipeline.Pool, number uint64, data []byte) {
	t.Helper()
	f := pool.Get(0)
	f.Format, f.Seq = pipeline.AnyFile, number
	if err := s.photos.offer(t.Context(), wire.Offer{Transfer: number, Size: int64(len(data)), Sum: sha256.Sum256(data), Frame: f}); err != nil {
		t.Fatal(err)
	}
}

func wantAnswers(t *testing.T, s *session, want ...wire.OfferAnswer) {
	t.Helper()
	in := wire.NewReader(strings.NewReader(string(s.appendAnswers(nil))), nil, 0)
	for _, w := range want {
		if m, err := in.Next(); err != nil || m.Answer != w {
			t.Errorf("answer %+v, %v; want %+v", m.Answer, err, w)
		}
	}
	if m, err := in.Next(); err == nil {
		t.Errorf("a further answer %+v", m.Answer)
	}
}

// idleSession gives a session of a receiver that is not open.
func idleSession(env pipeline.Env) *session {
	r := newReceiver(receiveDefaults(), env, quick())
	r.end = new(endpoint)
	return newSession(r, &link{conn: nowhere{}})
}

// nowhere is a connection that is not used.
type nowhere struct{ net.Conn }

// A photo in a codec that is not known here is refused, and the connection goes on.
func TestUnknownCodecIsRefused(t *testing.T) {
	env, _ := testEnv(t)
	s := idleSession(env)
	r := s.r
	r.now = s
	codec := &wire.CodecError{Seq: 3, ID: 99}
	err := r.interrupted(t.Context(), wire.Message{Type: wire.TypeOffer, Offer: wire.Offer{Transfer: 8}}, codec)
	if !errors.Is(err, pipeline.ErrSkip) || r.now == nil {
		t.Errorf("got %v", err)
	}
	wantAnswers(t, r.now, wire.OfferAnswer{Transfer: 8, Verdict: wire.VerdictRefused, Text: codec.Error()})
}

// What came of broken photos is kept within bounds, the newest first.
func TestShelfIsBounded(t *testing.T) {
	env, _ := testEnv(t)
	var s shelf
	for i := range byte(6) {
		s.put(&incoming{frame: env.Pool.Get(1 << 20), offer: pipeline.Offer{Sum: [32]byte{i}, Size: 2 << 20}})
	}
	if len(s.parts) != maxShelved || s.take([32]byte{1}, 2<<20) != nil || s.take([32]byte{5}, 3<<20) != nil {
		t.Errorf("%d parts are there", len(s.parts))
	}
	if t5 := s.take([32]byte{5}, 2<<20); t5 == nil {
		t.Error("the newest is gone")
	} else {
		t5.frame.Release()
	}
	s.put(&incoming{frame: env.Pool.Get(maxShelvedBytes - 1<<20)})
	if n := s.bytes(); n > maxShelvedBytes {
		t.Errorf("%d bytes are kept", n)
	}
	s.clear()
}

// An empty photo with the wrong sum is refused at once: nothing can come for it that would end its waiting.
func TestEmptyPhotoWithAWrongSum(t *testing.T) {
	env, _ := testEnv(t)
	s := idleSession(env)
	f := env.Pool.Get(0)
	f.Format = pipeline.AnyFile
	if err := s.photos.offer(t.Context(), wire.Offer{Transfer: 5, Frame: f}); err != nil {
		t.Fatal(err)
	}
	if f := s.photos.advance(); f != nil {
		t.Fatal("it is taken for whole")
	}
	wantAnswers(t, s, wire.OfferAnswer{Transfer: 5, Verdict: wire.VerdictRefused, Text: "its bytes are not those that were announced (SHA-256)"})
}
