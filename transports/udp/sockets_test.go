package udp

import (
	"net/netip"
	"testing"
	"time"

	"framewire/transports/internal/impair"
	"framewire/transports/secret"
)

// The same over real sockets, through a proxy that loses, reorders and repeats packets.
func TestLosslessThroughProxy(t *testing.T) {
	const frames = 60
	key := secret.New(secret.Generate())
	s, _ := startSender(t, sending(func(c *SendConfig) { c.Listen, c.Secret = loopback, key }), quick())
	proxy := impair.New(t, netip.MustParseAddrPort(where(s.end)), impair.Conditions{
		Seed: 1, Loss: .05, Delay: 2 * time.Millisecond, Reorder: .02, Duplicate: .02,
	})
	r, _ := startReceiver(t, receiving(func(c *ReceiveConfig) { c.Dial, c.Secret = proxy.Addr().String(), key }), quick())
	ended := make(chan error, 1)
	go func() {
		for i := range uint64(frames) {
			if err := write(t.Context(), s, block(s.env.Pool, i, 60_000, true)); err != nil {
				t.Error(err)
				break
			}
		}
		ended <- s.End(limited(t))
	}()
	var got arrivals
	got.read(limited(t), r)
	wantRun(t, got.seqs, 0, frames)
	if got.err != nil {
		t.Error(got.err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestIPv6(t *testing.T) {
	env, _ := testEnv(t)
	s := newSender(sendAt("[::1]:0"), env, quick())
	if err := s.Open(t.Context()); err != nil {
		t.Skip(err) // this machine has none
	}
	defer s.Close()
	r, _ := startReceiver(t, dialTo(where(s.end)), quick())
	keepSending(t, s, 0, 20)
	for want := range uint64(20) {
		if got := readOne(t, r); got != want {
			t.Errorf("frame %d, want %d", got, want)
		}
	}
}
