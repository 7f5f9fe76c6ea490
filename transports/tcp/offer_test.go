package tcp

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// What a receiver may want follows from what it was sent.
func TestWant(t *testing.T) {
	pool := pipeline.NewPool()
	f := pool.Get(3000)
	defer f.Release()
	tests := []struct {
		name   string
		before transfer
		offset int64
		there  int64 // -1: it is an error
		sent   int64
	}{
		{"the beginning", transfer{}, 0, 0, 0},
		{"the rest", transfer{}, 2000, 2000, 2000},
		{"nothing more", transfer{}, 3000, 3000, 3000},
		{"beyond the end", transfer{}, 3001, -1, 0},
		{"the next", transfer{asked: true, there: 1000, sent: 2000}, 2000, 2000, 2000},
		{"a part of what is under way", transfer{asked: true, there: 1000, sent: 2000}, 1500, 1500, 2000},
		{"the same again", transfer{asked: true, there: 2000, sent: 2000}, 2000, -1, 0},
		{"what was not sent", transfer{asked: true, there: 1000, sent: 2000}, 2500, -1, 0},
		{"what it had", transfer{asked: true, there: 1000, sent: 2000}, 500, -1, 0},
		{"all again in the middle", transfer{asked: true, there: 1000, sent: 2000}, 0, -1, 0},
		{"all again", transfer{asked: true, there: 2000, sent: 3000}, 0, 0, 0},
		{"all again after the last", transfer{asked: true, there: 3000, sent: 3000}, 0, 0, 0},
		{"all a third time", transfer{asked: true, again: true, there: 2000, sent: 3000}, 0, -1, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := test.before
			x.photo = &photo{frame: f}
			switch err := x.want(test.offset); {
			case (err != nil) != (test.there < 0):
				t.Errorf("error %v", err)
			case err == nil && (x.there != test.there || x.sent != test.sent):
				t.Errorf("bytes %d to %d are under way, want %d to %d", x.there, x.sent, test.there, test.sent)
			}
		})
	}
}

// No more than wire.ChunkSize of a connection is under way, however many photos that is.
func TestBytesUnderWay(t *testing.T) {
	const kib = 1 << 10
	env, _ := testEnv(t)
	s := newSender(sendDefaults(), env, quick())
	p := &peer{s: s, more: make(chan struct{}, 1)}
	for i, size := range []int{100 * kib, 700 * kib, 3000 * kib, 10 * kib} {
		f := env.Pool.Get(size)
		defer f.Release()
		p.offer(&photo{number: uint64(i), frame: f})
	}
	next := func() (uint64, int64, int) {
		c, ok := p.nextPiece()
		if !ok {
			return 99, 0, 0
		}
		c.frame.Release()
		return c.number, c.offset, len(c.data)
	}
	want := func(number uint64, offset int64) {
		if err := p.transfer(number).want(offset); err != nil {
			t.Error(err)
		}
	}
	kept := func(number uint64) {
		p.transfers = slices.DeleteFunc(p.transfers, func(t *transfer) bool { return t.photo.number == number })
	}
	expect := func(number uint64, offset int64, size int) {
		t.Helper()
		if n, at, got := next(); n != number || at != offset || got != size {
			t.Errorf("photo %d from %d on, %d bytes; want %d, %d, %d", n, at, got, number, offset, size)
		}
	}
	expect(99, 0, 0) // nothing was asked for
	for number := range uint64(4) {
		want(number, 0)
	}
	expect(0, 0, 100*kib)
	expect(1, 0, 256*kib)
	expect(1, 256*kib, 256*kib)
	expect(1, 512*kib, 188*kib)
	expect(99, 0, 0) // there is room for less than the next chunk
	want(0, 100*kib)
	want(1, 512*kib)
	expect(99, 0, 0) // a receiver that dies now has nothing of these
	kept(0)
	kept(1)
	for at := int64(0); at < 1024*kib; at += 256 * kib {
		expect(2, at, 256*kib)
	}
	expect(99, 0, 0)
	want(2, 768*kib) // it has a part of that one
	for at := int64(1024 * kib); at < 1792*kib; at += 256 * kib {
		expect(2, at, 256*kib)
	}
	expect(99, 0, 0) // the small one waits for the large one before it
	want(2, 1792*kib)
	for at := int64(1792 * kib); at < 2816*kib; at += 256 * kib {
		expect(2, at, 256*kib)
	}
	want(2, 2816*kib)
	expect(2, 2816*kib, 184*kib)
	expect(3, 0, 10*kib)
}

// rawReceiver connects as a receiver that confirms, of which the test says every word.
func (m mode) rawReceiver(t *testing.T, to string) net.Conn {
	t.Helper()
	conn := m.dialRaw(t, to)
	b, err := wire.Hello{Version: wire.Version, Role: wire.RoleReceiver, Extensions: []wire.Extension{wire.Confirm()}}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	say(t, conn, wire.Ping{Sent: time.Now()}.Append(b))
	return conn
}

// A receiver that breaks the rules of answers loses its connection, and the photo goes to the next.
func TestHostileReceiver(t *testing.T) { both(t, testHostileReceiver) }

func testHostileReceiver(t *testing.T, m mode) {
	want := func(transfer uint64, offset int64) []byte {
		return wire.OfferAnswer{Transfer: transfer, Verdict: wire.VerdictWant, Offset: offset}.Append(nil)
	}
	tests := []struct {
		name string
		says []byte
		log  string
	}{
		{"an answer to nothing", wire.OfferAnswer{Transfer: 7, Verdict: wire.VerdictKept}.Append(nil), "it answers offer 7, which it has not got"},
		{"an offset beyond the photo", want(1, 3001), "it wants byte 3001 of a photo that has 3000"},
		{"an offset twice", append(want(1, 3000), want(1, 3000)...), "it wants byte 3000 of a photo, of which the bytes 3000 to 3000 are under way to it"},
		{"a flood", append(want(1, 0), bytes.Repeat(want(1, 3000), 1000)...), "it wants byte 3000 of a photo"},
		{"an offer", rawOffer(1, 100), "the receiver sent an offer: only senders do"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roll, a := shots(3000), newAlbum()
			at := freePort(t)
			from, c := startCamera(t, SendConfig{Listen: at, Secret: m.secret}, roll)
			from.log.await(t, "waiting for 1 receiver")
			conn := m.rawReceiver(t, at)
			if _, err := wire.ReadHello(conn); err != nil {
				t.Fatal(err)
			}
			in := wire.NewReader(conn, from.pool, 1<<20)
			for {
				message, err := in.Next()
				if err != nil {
					t.Fatal(err)
				}
				if message.Type == wire.TypeOffer {
					message.Offer.Frame.Release()
					break
				}
			}
			if _, err := conn.Write(test.says); err != nil && !strings.Contains(test.name, "flood") {
				t.Fatal(err)
			}
			from.log.await(t, test.log)
			into := startAlbum(t, ReceiveConfig{Dial: at, Secret: m.secret}, a)
			from.wait(t)
			into.wait(t)
			a.check(t, roll)
			if n := c.delivered(t); n != 1 {
				t.Errorf("%d photos are confirmed, want 1", n)
			}
		})
	}
}

// Write takes no more photos than the window holds.
func TestWindow(t *testing.T) {
	pool := pipeline.NewPool()
	var w window
	sizes := func(list ...int) (n int) {
		w = window{}
		for _, size := range list {
			if w.full(size) {
				break
			}
			w.add(&photo{frame: pool.Get(size)})
			n++
		}
		return n
	}
	if n := sizes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10); n != maxPhotos {
		t.Errorf("%d photos are held, want %d", n, maxPhotos)
	}
	if n := sizes(30<<20, 30<<20, 5<<20); n != 2 {
		t.Errorf("%d large photos are held, want 2", n)
	}
	if n := sizes(100<<20, 1); n != 1 {
		t.Errorf("%d photos beside a huge one, want 1", n)
	}
	w.photos[0].answered = []uint64{1}
	if done := w.settled(1); len(done) != 1 || w.bytes != 0 || len(w.photos) != 0 {
		t.Errorf("%d settled, %d bytes left", len(done), w.bytes)
	}
}

// A receiver behind a slow network is waited for, as long as it pings, also where the stream beside the photo
// is live.
func TestPhotoForASlowReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := mode{}.openMemorySender(t)
		conn, err := s.set.dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		b, err := wire.Hello{Version: wire.Version, Role: wire.RoleReceiver, Extensions: []wire.Extension{wire.Confirm()}}.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		say(t, conn, b)
		if _, err := wire.ReadHello(conn); err != nil {
			t.Fatal(err)
		}
		say(t, conn, wire.Ping{Sent: time.Now()}.Append(nil))
		in := wire.NewReader(conn, s.env.Pool, 1<<20)
		if m, err := in.Next(); err != nil || m.Type != wire.TypePong {
			t.Fatalf("%v, %v, want a pong", m.Type, err)
		}
		f := large(s.env.Pool, 0, wire.ChunkSize, false)
		f.Confirm = true
		if err := write(t.Context(), s, f); err != nil {
			t.Fatal(err)
		}
		m, err := in.Next()
		if err != nil || m.Type != wire.TypeOffer {
			t.Fatalf("%v, %v, want an offer", m.Type, err)
		}
		m.Offer.Frame.Release()
		say(t, conn, wire.OfferAnswer{Transfer: m.Offer.Transfer, Verdict: wire.VerdictWant}.Append(nil))
		s.mu.Lock()
		s.lossless = false // as after a live frame
		s.mu.Unlock()
		enough := make(chan struct{})
		go keepPinging(conn, enough)
		ticker := time.NewTicker(2 * time.Second)
		for range 30 {
			<-ticker.C
			if _, err := io.ReadFull(conn, make([]byte, 1000)); err != nil {
				t.Fatalf("the sender gave it up: %v\n%s", err, log)
			}
		}
		ticker.Stop()
		close(enough)
		conn.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
