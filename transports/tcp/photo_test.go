package tcp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// Every photo arrives as it is, and the source is told of each once.
func TestPhotos(t *testing.T) { both(t, testPhotos) }

func testPhotos(t *testing.T, m mode) {
	roll := shots(60_000, 0, 1, wire.ChunkSize, wire.ChunkSize+1, 5_000_000, 200_000, 16<<20, 3<<20, 70_000)
	for _, receiverListens := range []bool{false, true} {
		at := freePort(t)
		send, receive := SendConfig{Listen: at, Secret: m.secret}, ReceiveConfig{Dial: at, Secret: m.secret}
		if receiverListens {
			send.Listen, send.Dial, receive.Listen, receive.Dial = "", at, at, ""
		}
		a := newAlbum()
		into := startAlbum(t, receive, a)
		from, c := startCamera(t, send, roll)
		from.wait(t)
		into.wait(t)
		a.check(t, roll)
		if n := c.delivered(t); n != len(roll) {
			t.Errorf("%d photos are confirmed, want %d", n, len(roll))
		}
	}
}

// A connection that breaks anywhere costs no more than one chunk sent twice, nothing comes twice, and all
// comes whole.
func TestPhotosCut(t *testing.T) {
	const mib = 1 << 20
	roll := shots(60_000, 2_500_000, 16<<20, 90_000, 1_100_000, 400_000, 6_000_000)
	var total int64
	for _, photo := range roll {
		total += int64(len(photo.data))
	}
	tests := map[string]struct {
		cuts  []cut
		prune func(*album)
	}{
		"in the middle of everything": {cuts: []cut{
			{up: 10}, {up: 700}, {up: 3000}, {up: 50_000}, {up: mib + 7}, {up: 3 * mib}, {up: mib / 2}, {up: 5 * mib}, {up: 2*mib + 100}, {up: 4_444_444},
		}},
		"answers are lost": {cuts: []cut{
			{down: 30}, {down: 70}, {down: 100}, {down: 130}, {down: 160}, {down: 70}, {down: 100}, {down: 130}, {down: 140}, {down: 150},
		}},
		"no output keeps parts": {cuts: []cut{{up: 5 * mib}, {up: 6 * mib}, {up: 7 * mib}, {up: mib}}, prune: func(a *album) { a.noPart = true }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAlbum()
			if test.prune != nil {
				test.prune(a)
			}
			at := freePort(t)
			into := startAlbum(t, ReceiveConfig{Listen: at}, a)
			proxy := startCutter(t, at, test.cuts...)
			from, c := startCamera(t, SendConfig{Dial: proxy.at}, roll)
			from.wait(t)
			into.wait(t)
			a.check(t, roll)
			if n := c.delivered(t); n != len(roll) {
				t.Errorf("%d photos are confirmed, want %d", n, len(roll))
			}
			sent, connections := proxy.sent()
			if connections <= len(test.cuts) {
				t.Errorf("%d connections, and %d cuts were to come", connections, len(test.cuts))
			}
			const talk = 32 << 10 // hellos, offers and pongs of one connection
			if most := total + int64(len(test.cuts))*(wire.ChunkSize+wire.ChunkSize/64) + int64(connections)*talk; sent > most {
				t.Errorf("%d bytes were sent for %d of photos in %d connections, want at most %d", sent, total, connections, most)
			}
		})
	}
}

// A folder of small photos goes through with its window always full.
func TestManyPhotos(t *testing.T) {
	sizes := make([]int, 1000)
	for i := range sizes {
		sizes[i] = 3000 + 7*i
	}
	roll, a, at := shots(sizes...), newAlbum(), freePort(t)
	into := startAlbum(t, ReceiveConfig{Listen: at}, a)
	from, c := startCamera(t, SendConfig{Dial: at}, roll)
	from.wait(t)
	into.wait(t)
	a.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
	if a.asked != len(roll) {
		t.Errorf("the album was asked %d times, want %d", a.asked, len(roll))
	}
}

// Photos that are there already cost an offer each, also for a sender that has just begun.
func TestPhotosAreThereAlready(t *testing.T) {
	roll, a := shots(500_000, 3<<20, 40_000), newAlbum()
	for range 2 {
		at := freePort(t)
		into := startAlbum(t, ReceiveConfig{Listen: at}, a)
		proxy := startCutter(t, at)
		from, c := startCamera(t, SendConfig{Dial: proxy.at}, roll)
		from.wait(t)
		into.wait(t)
		a.check(t, roll)
		if n := c.delivered(t); n != len(roll) {
			t.Errorf("%d photos are confirmed, want %d", n, len(roll))
		}
		if sent, _ := proxy.sent(); sent > 10_000 && a.asked > len(roll) {
			t.Errorf("%d bytes were sent of photos that are there", sent)
		}
	}
}

// What an output refuses, before it comes or when it is written, is refused to the source in its words, and
// the others are delivered.
func TestRefusedPhotos(t *testing.T) {
	roll, a, at := shots(10_000, 20_000, 3<<20, 40_000), newAlbum(), freePort(t)
	full := fmt.Errorf("the folder holds 2 files, which is max_files: %w", pipeline.ErrSkip)
	a.refuse = func(o pipeline.Offer) error {
		if o.Meta.Name == roll[1].name {
			return full
		}
		return nil
	}
	sink := &refusing{page: page{a}, name: roll[2].name, err: full}
	into := startChain(t, receiveNode(ReceiveConfig{Listen: at}), sinkNode(func() pipeline.Sink { return sink }))
	from, c := startCamera(t, SendConfig{Dial: at}, roll)
	from.wait(t)
	into.wait(t)
	a.check(t, []shot{roll[0], roll[3]})
	if n := c.delivered(t); n != 2 {
		t.Errorf("%d photos are confirmed, want 2", n)
	}
	for _, photo := range roll[1:3] {
		if err := c.fate[photo.name][0]; !errors.Is(err, pipeline.ErrSkip) || err.Error() != full.Error() {
			t.Errorf("of %s the source was told %v", photo.name, err)
		}
	}
	from.log.await(t, "receiver refuses a photo")
	into.log.await(t, "refused a photo")
}

// refusing is a page that refuses one photo when it is written.
type refusing struct {
	page
	name string
	err  error
}

func (r *refusing) Write(ctx context.Context, f *pipeline.Frame) error {
	if f.Meta.Name == r.name {
		return r.err
	}
	return r.page.Write(ctx, f)
}

// A photo that this end or the other cannot take concerns nobody but itself.
func TestPhotosTooLarge(t *testing.T) {
	roll, a, at := shots(10_000, 40_000, 90_000, 20_000), newAlbum(), freePort(t)
	into := startAlbum(t, ReceiveConfig{Listen: at, MaxFrame: 30_000}, a)
	from, c := startCamera(t, SendConfig{Dial: at, MaxFrame: 50_000}, roll)
	from.wait(t)
	into.wait(t)
	a.check(t, []shot{roll[0], roll[3]})
	for i, want := range map[int]string{
		1: "it has 40000 bytes, and max_frame is 30kB here: skipped",
		2: "frame 2 cannot be sent: file has 90000 bytes: raise max_frame, which is 50kB, at both ends: skipped",
	} {
		if err := c.fate[roll[i].name][0]; err == nil || err.Error() != want {
			t.Errorf("of photo %d the source was told %q, want %q", i, err, want)
		}
	}
}

// What `delivery` says decides which frames are confirmed.
func TestDelivery(t *testing.T) {
	tests := []struct {
		delivery                     string
		confirm, lossless, confirmed bool
	}{
		{"", true, true, true}, {"", false, true, false}, {"", false, false, false},
		{"live", true, true, false}, {"live", false, true, false},
		{"confirmed", true, true, true}, {"confirmed", false, true, true}, {"confirmed", false, false, false},
	}
	for _, test := range tests {
		s := &sender{cfg: SendConfig{Delivery: test.delivery}}
		if got := s.confirms(&pipeline.Frame{Confirm: test.confirm, Lossless: test.lossless}); got != test.confirmed {
			t.Errorf("%+v: confirmed is %v", test, got)
		}
	}
	for _, delivery := range []string{"", "live", "confirmed"} {
		cfg := sendDefaults()
		cfg.Delivery = delivery
		if got := SendSpec().Confirms(&cfg); got != (delivery != "live") {
			t.Errorf("delivery %q: the spec says that it confirms: %v", delivery, got)
		}
	}
}

// A receiver that knows no confirmed delivery is named, and gets no photo.
func TestReceiverThatCannotConfirm(t *testing.T) {
	const told = "receiver cannot confirm what it gets, so no photo goes to it"
	at, a, roll := freePort(t), newAlbum(), shots(1000)
	from, c := startCamera(t, SendConfig{Listen: at}, roll)
	from.log.await(t, "waiting for 1 receiver")
	conn := dialRaw(t, at)
	say(t, conn, hello(wire.RoleReceiver, wire.Version))
	say(t, conn, wire.Ping{}.Append(nil))
	from.log.await(t, told)
	came := make(chan wire.Type, 8)
	go func() {
		defer close(came)
		if _, err := wire.ReadHello(conn); err != nil {
			t.Error(err)
		}
		readTypes(conn, from.pool, func(typ wire.Type) {
			came <- typ
			if typ == wire.TypeEnd {
				conn.Close()
			}
		})
	}()
	into := startAlbum(t, ReceiveConfig{Dial: at}, a)
	into.wait(t)
	from.wait(t)
	a.check(t, roll)
	if n := c.delivered(t); n != 1 {
		t.Errorf("%d photos are confirmed, want 1", n)
	}
	for typ := range came {
		if typ != wire.TypePong && typ != wire.TypeEnd {
			t.Errorf("a %v came", typ)
		}
	}
	if n := strings.Count(from.log.String(), told); n != 1 {
		t.Errorf("told %d times", n)
	}
}
