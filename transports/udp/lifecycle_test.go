package udp

import (
	"errors"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/secret"
)

// pair gives the configs of two ends at one address, either of which listens.
func pair(at string, receiverListens bool) (SendConfig, ReceiveConfig) {
	send, receive := sendAt(at), dialTo(at)
	if receiverListens {
		send.Listen, send.Dial, receive.Listen, receive.Dial = "", at, at, ""
	}
	return send, receive
}

// A sender that stops and comes back: the receiver waits, whichever of them listens.
func TestSenderComesBack(t *testing.T) {
	for _, receiverListens := range []bool{false, true} {
		send, receive := pair(freePort(t), receiverListens)
		r, log := startReceiver(t, receive, quick())
		first, _ := startSender(t, send, quick())
		sendAll(t, first, 0, 1, true)
		if got := readOne(t, r); got != 0 {
			t.Errorf("frame %d, want 0", got)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second, _ := startSender(t, send, quick())
		keepSending(t, second, 5, 6)
		if got := readOne(t, r); got != 5 {
			t.Errorf("frame %d, want 5", got)
		}
		log.await(t, "the sender stops for now")
		if n := r.env.Counters.Reconnects.Load(); n != 1 {
			t.Errorf("the receiver counts %d reconnects, want 1", n)
		}
	}
}

// A receiver that goes and comes back: a lossless stream waits for it, whichever of them listens.
func TestReceiverComesBack(t *testing.T) {
	for _, receiverListens := range []bool{false, true} {
		send, receive := pair(freePort(t), receiverListens)
		s, log := startSender(t, send, quick())
		first, _ := startReceiver(t, receive, quick())
		sendAll(t, s, 0, 1, true)
		readOne(t, first)
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		log.await(t, "receiver left")
		log.await(t, "the receiver stopped")
		keepSending(t, s, 1, 2)
		log.await(t, "waiting for ")
		second, _ := startReceiver(t, receive, quick())
		if got := readOne(t, second); got != 1 {
			t.Errorf("frame %d, want 1", got)
		}
		if n := s.env.Counters.Reconnects.Load(); n != 1 {
			t.Errorf("the sender counts %d reconnects, want 1", n)
		}
	}
}

// What a lossless receiver had not taken when it broke off goes to the one that comes next.
func TestUnreadFramesAreKept(t *testing.T) {
	s, log := startSender(t, sendAt(loopback), quick())
	first, _ := startReceiver(t, dialTo(where(s.end)), quick())
	log.await(t, "receiver connected")
	sendAll(t, s, 0, 4, true) // nobody reads
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	log.await(t, "receiver left")
	r, _ := startReceiver(t, dialTo(where(s.end)), quick())
	ended := make(chan error, 1)
	go func() { ended <- s.End(limited(t)) }()
	got, err := readAll(limited(t), r)
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, got, 0, 4)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The end of a stream is told apart from a sender that stops: the receiver ends too, and refuses others.
func TestEndOfStream(t *testing.T) {
	r, _ := startReceiver(t, receiving(func(c *ReceiveConfig) { c.Listen = loopback }), quick())
	dial := sending(func(c *SendConfig) { c.Dial = where(r.end) })
	s, _ := startSender(t, dial, quick())
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
	_, log := startSender(t, dial, quick())
	log.await(t, "refused (busy): the stream has ended here")
}

func TestSecondSenderIsRefused(t *testing.T) {
	r, log := startReceiver(t, receiving(func(c *ReceiveConfig) { c.Listen = loopback }), quick())
	dial := sending(func(c *SendConfig) { c.Dial = where(r.end) })
	first, _ := startSender(t, dial, quick())
	sendAll(t, first, 0, 1, true)
	readOne(t, r)
	_, slog := startSender(t, dial, quick())
	const busy = "another sender is connected, and a receiver takes one at a time"
	slog.await(t, `refused (busy): `+busy)
	log.await(t, busy)
}

func TestMaxPeers(t *testing.T) {
	s, _ := startSender(t, sending(func(c *SendConfig) { c.Listen, c.MaxPeers = loopback, 1 }), quick())
	r, _ := startReceiver(t, dialTo(where(s.end)), quick())
	sendAll(t, s, 0, 1, true)
	readOne(t, r)
	_, log := startReceiver(t, dialTo(where(s.end)), quick())
	log.await(t, "refused (full): max_peers is reached: 1 receiver connected")
}

func TestBothEndsSend(t *testing.T) {
	s, _ := startSender(t, sendAt(loopback), quick())
	_, log := startSender(t, sending(func(c *SendConfig) { c.Dial = where(s.end) }), quick())
	log.await(t, "both ends are senders: one of them has to be a receiver")
}

// Secrets that differ, or that only one end has: no answer, and a line at both ends.
func TestSecretsDiffer(t *testing.T) {
	a, b := secret.New(secret.Generate()), secret.New(secret.Generate())
	for _, test := range []struct {
		name             string
		listens, dials   secret.Secret
		listener, dialer string
	}{
		{"wrong secret", a, b, "packet is damaged, or the other end has another secret", "no answer: nobody is there yet, or the secrets differ"},
		{"dialler has none", a, secret.Secret{}, "the other end has no secret: give both ends the same one", "no answer: nobody is there yet, or the secrets differ"},
		{"listener has none", secret.Secret{}, b, "packet is damaged, or the other end has another secret", "no answer: nobody is there yet, or the secrets differ"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, log := startSender(t, sending(func(c *SendConfig) { c.Listen, c.Secret = loopback, test.listens }), quick())
			_, rlog := startReceiver(t, receiving(func(c *ReceiveConfig) { c.Dial, c.Secret = where(s.end), test.dials }), quick())
			log.await(t, test.listener)
			rlog.await(t, test.dialer)
			if n := s.env.Counters.Peers.Load(); n != 0 {
				t.Errorf("%d receivers are counted", n)
			}
		})
	}
}

func TestBusyPort(t *testing.T) {
	first, log := startSender(t, sendAt(loopback), quick())
	log.await(t, "listening: the receiver can dial "+where(first.end))
	env, _ := testEnv(t)
	second := newSender(sendAt(where(first.end)), env, quick())
	err := second.Open(t.Context())
	if err == nil {
		t.Fatal("two ends listen at one address")
	}
	if want := "listen " + where(first.end) + ": the address is in use by another program"; !hasPrefix(text(err), want) {
		t.Errorf("got %q, want %q", text(err), want)
	}
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// An end can be opened again after it was closed.
func TestOpenAgain(t *testing.T) {
	s, _ := startSender(t, sendAt(freePort(t)), quick())
	r, _ := startReceiver(t, dialTo(s.cfg.Listen), quick())
	for run := range uint64(3) {
		keepSending(t, s, run, run+1)
		if got := readOne(t, r); got != run {
			t.Errorf("frame %d, want %d", got, run)
		}
		if err := errors.Join(r.Close(), s.Close(), s.Open(t.Context()), r.Open(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
}

// A receiver that reads nothing does not hold up the close, and a live stream keeps only the newest frames
// for it.
func TestStalledReader(t *testing.T) {
	s, log := startSender(t, sendAt(loopback), quick())
	r, _ := startReceiver(t, dialTo(where(s.end)), quick())
	log.await(t, "receiver connected")
	for seq := uint64(0); r.env.Counters.Dropped.Load() == 0; seq++ {
		sendAll(t, s, seq, seq+1, false)
		select {
		case <-limited(t).Done():
			t.Fatal("nothing is dropped for a reader that does not read")
		case <-time.After(time.Millisecond):
		}
	}
	if n := r.env.Pool.Outstanding(); n > openFrames+2*liveQueue {
		t.Errorf("%d frames are kept for a reader that does not read", n)
	}
}

func TestFrameTooLarge(t *testing.T) {
	s, _ := startSender(t, sending(func(c *SendConfig) { c.Listen, c.MaxFrame = loopback, 2000 }), quick())
	err := write(t.Context(), s, picture(s.env.Pool, 7, false))
	want := "skipped: frame 7 cannot be sent: raw gray 64x48 has 3072 bytes: raise max_frame, which is 2kB, at both ends"
	if text(err) != want || !errors.Is(err, pipeline.ErrSkip) {
		t.Errorf("got %q, want %q", text(err), want)
	}
}

func TestFrameTooLargeForTheReceiver(t *testing.T) {
	s, log := startSender(t, sendAt(loopback), quick())
	startReceiver(t, receiving(func(c *ReceiveConfig) { c.Dial, c.MaxFrame = where(s.end), 2000 }), quick())
	keepSending(t, s, 0, 3)
	log.await(t, "frame is too large for a receiver: raise max_frame there")
}
