package tcp

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"framewire/transports/discovery"
)

// TestFoundAtEveryReconnect has the address change while the receiver is away.
func TestFoundAtEveryReconnect(t *testing.T) {
	first, _ := startSender(t, SendConfig{Listen: loopback}, quick())
	second, _ := startSender(t, SendConfig{Listen: loopback}, quick())
	var searches atomic.Int32
	var at atomic.Pointer[string]
	set := quick()
	set.find = func(_ context.Context, q discovery.Query) (string, error) {
		if want := (discovery.Query{Network: "tcp", Role: discovery.Sender, Name: "garden"}); q != want {
			t.Errorf("looks for %+v, want %+v", q, want)
		}
		searches.Add(1)
		if where := at.Load(); where != nil {
			return *where, nil
		}
		return "", errors.New("no sender of that name was found")
	}
	r, log := startReceiver(t, ReceiveConfig{Dial: "auto:garden"}, set)
	log.await(t, `waiting for auto:garden: cause="no sender of that name was found"`)

	for seq, s := range []*sender{first, second} {
		where := addressOf(s.end)
		at.Store(&where)
		keepSending(t, s, uint64(seq), uint64(seq)+1) // the receiver notices that one is gone while it reads
		f, err := r.Read(limited(t))
		if err != nil {
			t.Fatalf("from sender %d: %v\n%s", seq, err, log)
		}
		f.Release()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if searches.Load() < 3 {
		t.Errorf("%d searches", searches.Load())
	}
}

func TestListeningEndsAnnounceThemselves(t *testing.T) {
	announced, silenced := make(chan discovery.Service, 1), make(chan struct{}, 1)
	set := quick()
	set.listen = func(ctx context.Context, _ string) (net.Listener, error) { return standard().listen(ctx, loopback) }
	set.announce = func(_ context.Context, s discovery.Service) func() {
		announced <- s
		return func() { silenced <- struct{}{} }
	}
	s, _ := startSender(t, SendConfig{Listen: "0.0.0.0:0", Announce: true, Insecure: true}, set)
	got := <-announced
	if got.Network != "tcp" || got.Role != discovery.Sender || got.Pipeline != "test" || got.Secured ||
		got.Port != s.end.listener.Addr().(*net.TCPAddr).Port || got.Addr.String() != "127.0.0.1" {
		t.Errorf("announced %+v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	<-silenced

	r, _ := startReceiver(t, ReceiveConfig{Listen: "0.0.0.0:0", Announce: true, Insecure: true}, set)
	if got := <-announced; got.Role != discovery.Receiver {
		t.Errorf("announced %+v", got)
	}
	_ = r.Close()
	<-silenced

	quiet, _ := startSender(t, SendConfig{Listen: "0.0.0.0:0", Insecure: true}, set)
	_ = quiet.Close()
	if len(announced) > 0 {
		t.Error("announced although the config says no")
	}
}
