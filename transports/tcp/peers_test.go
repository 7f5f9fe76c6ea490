package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// stalled connects as a receiver that never reads. It gets the sender's hello and then leaves all that
// comes where it is.
func (m mode) stalled(t testing.TB, to string) net.Conn {
	t.Helper()
	conn := m.dialRaw(t, to)
	say(t, conn, append(hello(wire.RoleReceiver, wire.Version), wire.Ping{Sent: time.Now()}.Append(nil)...))
	return conn
}

// large makes a live or lossless frame of a megabyte or more, so that few of them fill a connection.
func large(pool *pipeline.Pool, seq uint64, size int, lossless bool) *pipeline.Frame {
	f := pool.Get(size)
	f.Seq, f.Captured, f.Format, f.Lossless = seq, time.Now(), pipeline.JPEG(1920, 1080), lossless
	f.Data[0], f.Data[size-1] = byte(seq), byte(seq)
	return f
}

// Of five receivers of a live stream one reads nothing: the other four get every frame.
func TestOneStalledReceiver(t *testing.T) { both(t, testOneStalledReceiver) }

func testOneStalledReceiver(t *testing.T, m mode) {
	const frames, size = 24, 1 << 20
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	stuck := m.stalled(t, addressOf(s.end))
	log.await(t, "receivers=1")
	got := make(chan string, 4)
	for range 4 {
		r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
		go func() {
			for want := range uint64(frames) {
				f, err := r.Read(limited(t))
				if err != nil {
					got <- err.Error()
					return
				}
				seq := f.Seq
				f.Release()
				got <- fmt.Sprint(seq)
				if seq != want {
					t.Errorf("frame %d came, want %d", seq, want)
				}
			}
		}()
	}
	log.await(t, "receivers=5")
	for seq := range uint64(frames) {
		if err := write(t.Context(), s, large(s.env.Pool, seq, size, false)); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if n := <-got; n != fmt.Sprint(seq) {
				t.Fatalf("frame %s came, want %d", n, seq)
			}
		}
	}
	log.await(t, "dropped frames for a slow receiver")
	log.await(t, "receiver="+stuck.LocalAddr().String())
	if n := s.env.Counters.Dropped.Load(); n == 0 || n >= frames {
		t.Errorf("%d frames dropped for the stalled receiver, want some of %d", n, frames)
	}
}

// A lossless stream waits for the slowest: a write to a full connection ends only with its context, and
// goes on when there is room.
func TestLosslessWaitsForRoom(t *testing.T) { both(t, testLosslessWaitsForRoom) }

func testLosslessWaitsForRoom(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	conn := m.stalled(t, addressOf(s.end))
	log.await(t, "receiver connected")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	blocked := make(chan error)
	var sent uint64
	go func() {
		for {
			err := write(ctx, s, large(s.env.Pool, sent, 6<<20, true))
			if err != nil {
				blocked <- err
				return
			}
			sent++
			if sent == losslessQueue+1 { // one is being written, the others wait
				cancel()
			}
		}
	}()
	if err := <-blocked; !errors.Is(err, context.Canceled) {
		t.Fatalf("Write gave %v, want context canceled", err)
	}
	if n := s.env.Counters.Dropped.Load(); n != 0 {
		t.Errorf("%d frames dropped of a lossless stream", n)
	}
	// Now the receiver reads: everything is there.
	pool := pipeline.NewPool()
	if _, err := wire.ReadHello(conn); err != nil {
		t.Fatal(err)
	}
	in := wire.NewReader(conn, pool, 16<<20)
	for seq := uint64(0); seq < sent; {
		m, err := in.Next()
		if err != nil {
			t.Fatal(err)
		}
		if m.Type == wire.TypeFrame {
			if m.Frame.Seq != seq {
				t.Fatalf("frame %d came, want %d", m.Frame.Seq, seq)
			}
			seq++
			m.Frame.Release()
		}
	}
}

func TestMinPeers(t *testing.T) { both(t, testMinPeers) }

func testMinPeers(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback, MinPeers: 2}, quick())
	ended := make(chan error, 1)
	go func() {
		sendAll(t, s, 0, 10, true)
		ended <- s.End(limited(t))
	}()
	log.await(t, "waiting for 2 receivers at "+addressOf(s.end))
	type result struct {
		seqs []uint64
		err  error
	}
	results := make(chan result, 2)
	for i := range 2 {
		r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
		go func() {
			seqs, err := readAll(limited(t), r)
			results <- result{seqs, err}
		}()
		log.await(t, fmt.Sprintf("receivers=%d", i+1))
	}
	for range 2 {
		got := <-results
		if got.err != nil {
			t.Fatal(got.err)
		}
		wantRun(t, got.seqs, 0, 10)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "waiting for 2"); n != 1 {
		t.Errorf("told %d times that it waits, want once", n)
	}
}

// A live sender with nobody there wants no frames, and drops the one that it gets all the same.
func TestWanted(t *testing.T) { both(t, testWanted) }

func testWanted(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	if s.Wanted() {
		t.Error("frames are wanted with nobody connected")
	}
	sendAll(t, s, 0, 3, false)
	if n := s.env.Counters.Dropped.Load(); n != 3 {
		t.Errorf("%d dropped, want 3", n)
	}
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	log.await(t, "receiver connected")
	if !s.Wanted() {
		t.Error("no frames are wanted with a receiver connected")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	log.await(t, "receiver left")
	if s.Wanted() {
		t.Error("frames are wanted after the last receiver left")
	}
}

func TestFramesThatCannotBeSent(t *testing.T) { both(t, testFramesThatCannotBeSent) }

func testFramesThatCannotBeSent(t *testing.T, m mode) {
	s, _ := m.startSender(t, SendConfig{Listen: loopback, MaxFrame: 2048}, quick())
	tests := []struct {
		lossless bool
		change   func(*pipeline.Frame)
		err      string
	}{
		{true, func(*pipeline.Frame) {}, "frame 7 cannot be sent: raw gray 64x48 has 3072 bytes: raise max_frame, which is 2KiB, at both ends"},
		{false, func(*pipeline.Frame) {}, "skipped: frame 7 cannot be sent: raw gray 64x48 has 3072 bytes: raise max_frame, which is 2KiB, at both ends"},
		{true, func(f *pipeline.Frame) { f.Format.Codec = "tiff" }, `frame 7 cannot be sent: codec "tiff" has no number in the wire format`},
		{false, func(f *pipeline.Frame) { f.Format.Height = 49 }, "skipped: frame 7 cannot be sent: raw gray frame of 64x49: 3072 bytes, wants 3136"},
	}
	for _, test := range tests {
		f := picture(s.env.Pool, 7, test.lossless)
		test.change(f)
		err := write(t.Context(), s, f)
		if text(err) != test.err || errors.Is(err, pipeline.ErrSkip) == test.lossless {
			t.Errorf("got %q, want %q", text(err), test.err)
		}
	}
}

// A receiver that takes only small frames misses the large ones and says so; it is not sent into an
// endless circle of reconnects.
func TestReceiverWithSmallerLimit(t *testing.T) { both(t, testReceiverWithSmallerLimit) }

func testReceiverWithSmallerLimit(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end), MaxFrame: 4096}, quick())
	if err := write(t.Context(), s, large(s.env.Pool, 0, 5000, true)); err != nil {
		t.Fatal(err)
	}
	sendAll(t, s, 1, 2, true)
	f, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	if f.Seq != 1 {
		t.Errorf("frame %d came, want 1", f.Seq)
	}
	f.Release()
	log.await(t, "frame is too large for a receiver: raise max_frame there")
}

// Captured is brought to the receiver's clock however wrong the sender's is.
func TestClocks(t *testing.T) { both(t, testClocks) }

func testClocks(t *testing.T, m mode) {
	ahead := quick()
	ahead.now = func() time.Time { return time.Now().Add(72 * time.Hour) }
	s, _ := m.startSender(t, SendConfig{Listen: loopback}, ahead)
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	f := picture(s.env.Pool, 0, true)
	f.Captured = ahead.now()
	if err := write(t.Context(), s, f); err != nil {
		t.Fatal(err)
	}
	got, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if off := time.Since(got.Captured).Abs(); off > time.Minute {
		t.Errorf("captured %s from now, with clocks 72h apart", off)
	}
}
