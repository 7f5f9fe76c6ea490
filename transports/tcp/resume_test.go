package tcp

import (
	"testing"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// readOne reads one frame and gives its number.
func readOne(t testing.TB, r *receiver) uint64 {
	t.Helper()
	f, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if err := checkPicture(f); err != nil {
		t.Error(err)
	}
	return f.Seq
}

// A sender that stops and comes back: the receiver waits, whichever of them listens.
func TestSenderComesBack(t *testing.T) { both(t, testSenderComesBack) }

func testSenderComesBack(t *testing.T, m mode) {
	for _, receiverListens := range []bool{false, true} {
		at := freePort(t)
		send, receive := SendConfig{Listen: at}, ReceiveConfig{Dial: at}
		if receiverListens {
			send, receive = SendConfig{Dial: at}, ReceiveConfig{Listen: at}
		}
		r, log := m.startReceiver(t, receive, quick())
		first, _ := m.startSender(t, send, quick())
		sendAll(t, first, 0, 1, true)
		if got := readOne(t, r); got != 0 {
			t.Errorf("frame %d, want 0", got)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second, _ := m.startSender(t, send, quick())
		keepSending(t, second, 5, 6)
		if got := readOne(t, r); got != 5 {
			t.Errorf("frame %d, want 5", got)
		}
		log.await(t, "the sender stops for now")
		if n := r.env.Counters.Reconnects.Load(); n != 1 {
			t.Errorf("the receiver counts %d reconnects, want 1", n)
		}
		if n := r.env.Counters.Peers.Load(); n != 1 {
			t.Errorf("the receiver counts %d peers, want 1", n)
		}
	}
}

// A sender that is killed says nothing.
func TestSenderBreaks(t *testing.T) { both(t, testSenderBreaks) }

func testSenderBreaks(t *testing.T, m mode) {
	r, log := m.startReceiver(t, ReceiveConfig{Listen: loopback}, quick())
	conn := m.dialRaw(t, addressOf(r.end))
	say(t, conn, hello(wire.RoleSender, wire.Version))
	log.await(t, "listening")
	got := make(chan uint64, 1)
	go func() { got <- readOne(t, r) }()
	log.await(t, "sender connected")
	conn.Close()
	s, _ := m.startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
	sendAll(t, s, 3, 4, true)
	if seq := <-got; seq != 3 {
		t.Errorf("frame %d, want 3", seq)
	}
	log.await(t, "connection lost, waiting for the sender")
}

// A receiver that goes and comes back: a lossless stream waits for it, whichever of them listens.
func TestReceiverComesBack(t *testing.T) { both(t, testReceiverComesBack) }

func testReceiverComesBack(t *testing.T, m mode) {
	for _, receiverListens := range []bool{false, true} {
		at := freePort(t)
		send, receive := SendConfig{Listen: at}, ReceiveConfig{Dial: at}
		if receiverListens {
			send, receive = SendConfig{Dial: at}, ReceiveConfig{Listen: at}
		}
		s, log := m.startSender(t, send, quick())
		first, _ := m.startReceiver(t, receive, quick())
		sendAll(t, s, 0, 1, true)
		readOne(t, first)
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		log.await(t, "receiver left")
		keepSending(t, s, 1, 2)
		log.await(t, "waiting for ")
		second, _ := m.startReceiver(t, receive, quick())
		if got := readOne(t, second); got != 1 {
			t.Errorf("frame %d, want 1", got)
		}
		if n := s.env.Counters.Reconnects.Load(); n != 1 {
			t.Errorf("the sender counts %d reconnects, want 1", n)
		}
	}
}

// What a lossless receiver had not got when it broke off goes to the one that comes next, from the frame
// on that was being written.
func TestUnsentFramesAreKept(t *testing.T) { both(t, testUnsentFramesAreKept) }

func testUnsentFramesAreKept(t *testing.T, m mode) {
	const size = 8 << 20 // more than a connection holds that nobody reads
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	conn := m.stalled(t, addressOf(s.end))
	log.await(t, "receiver connected")
	for seq := range uint64(3) {
		if err := write(t.Context(), s, large(s.env.Pool, seq, size, true)); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close()
	log.await(t, "receiver left")
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	ended := make(chan error, 1)
	go func() { ended <- s.End(limited(t)) }()
	for want := range uint64(3) {
		f, err := r.Read(limited(t))
		if err != nil {
			t.Fatal(err)
		}
		if f.Seq != want {
			t.Errorf("frame %d came, want %d", f.Seq, want)
		}
		f.Release()
	}
	if _, err := r.Read(limited(t)); err != pipeline.ErrEnd {
		t.Errorf("then %v, want the end", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The same holds when the receiver is back before the stream ends: the order of both makes no difference.
func TestUnsentFramesAreKeptUntilTheEnd(t *testing.T) { both(t, testUnsentFramesAreKeptUntilTheEnd) }

func testUnsentFramesAreKeptUntilTheEnd(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	conn := m.stalled(t, addressOf(s.end))
	log.await(t, "receiver connected")
	if err := write(t.Context(), s, large(s.env.Pool, 0, 8<<20, true)); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	log.await(t, "receiver left")
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	f, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	ended := make(chan error, 1)
	go func() { ended <- s.End(limited(t)) }()
	if _, err := r.Read(limited(t)); err != pipeline.ErrEnd {
		t.Errorf("then %v, want the end", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A lossless frame that came before the break is not given twice; a live stream's numbers are its own.
func TestRepeatedFrames(t *testing.T) {
	env, _ := testEnv(t)
	r := newReceiver(receiveDefaults(), env, quick())
	accept := func(seq uint64, lossless bool) bool {
		f := r.accept(picture(env.Pool, seq, lossless))
		if f == nil {
			return false
		}
		f.Release()
		return true
	}
	steps := []struct {
		again    bool // the connection broke before
		seq      uint64
		lossless bool
		want     bool
	}{
		{false, 0, true, true}, {false, 1, true, true}, {false, 2, true, true},
		{true, 1, true, false}, {false, 2, true, false}, {false, 3, true, true},
		{false, 3, true, true}, // without a break nothing is judged
		{true, 1, false, true},
	}
	for i, step := range steps {
		if i == 0 || step.again {
			r.now = &session{r: r, resumed: step.again}
		}
		if got := accept(step.seq, step.lossless); got != step.want {
			t.Errorf("step %d: frame %d given on: %v, want %v", i, step.seq, got, step.want)
		}
	}
}

// The end of a stream is told apart from a sender that stops: the receiver ends too, and refuses others.
func TestEndOfStream(t *testing.T) { both(t, testEndOfStream) }

func testEndOfStream(t *testing.T, m mode) {
	r, _ := m.startReceiver(t, ReceiveConfig{Listen: loopback}, quick())
	s, _ := m.startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
	done := make(chan error, 1)
	go func() {
		sendAll(t, s, 0, 1, true)
		done <- s.End(limited(t))
	}()
	got, err := readAll(limited(t), r)
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, got, 0, 1)
	if err := <-done; err != nil {
		t.Error(err)
	}
	_, log := m.startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
	log.await(t, "refused (busy): the stream has ended here")
}

// Closing does not wait for a receiver that reads nothing.
func TestCloseWithStuckReceiver(t *testing.T) { both(t, testCloseWithStuckReceiver) }

func testCloseWithStuckReceiver(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	m.stalled(t, addressOf(s.end))
	log.await(t, "receiver connected")
	for seq := range uint64(4) {
		if err := write(t.Context(), s, large(s.env.Pool, seq, 6<<20, true)); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-limited(t).Done():
		t.Fatal("Close waits for a receiver that reads nothing")
	}
}
