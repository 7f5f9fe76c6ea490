package tcp

import (
	"context"
	"errors"
	"testing"
	"time"

	"framewire/pipeline"
)

// Either end may listen, and either may be first: every frame of a lossless stream arrives in order.
func TestStream(t *testing.T) { both(t, testStream) }

func testStream(t *testing.T, m mode) {
	tests := []struct {
		name          string
		senderListens bool
		receiverFirst bool
	}{
		{"sender listens and is first", true, false},
		{"sender listens, receiver first", true, true},
		{"receiver listens, sender first", false, false},
		{"receiver listens and is first", false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := freePort(t)
			send, receive := SendConfig{Dial: at}, ReceiveConfig{Listen: at}
			if test.senderListens {
				send, receive = SendConfig{Listen: at}, ReceiveConfig{Dial: at}
			}
			var s *sender
			var r *receiver
			var log *journal
			if test.receiverFirst {
				r, log = m.startReceiver(t, receive, quick())
				if test.senderListens {
					log.await(t, "waiting for "+at)
				}
				s, _ = m.startSender(t, send, quick())
			} else {
				s, log = m.startSender(t, send, quick())
				if !test.senderListens {
					log.await(t, "waiting for "+at)
				}
				r, _ = m.startReceiver(t, receive, quick())
			}
			ended := make(chan error, 1)
			go func() {
				sendAll(t, s, 0, 100, true)
				ended <- s.End(limited(t))
			}()
			got, err := readAll(limited(t), r)
			if err != nil {
				t.Fatal(err)
			}
			wantRun(t, got, 0, 100)
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if n := s.env.Counters.FramesOut.Load(); n != 100 {
				t.Errorf("the sender counts %d frames out, want 100", n)
			}
			if n := s.env.Counters.Dropped.Load(); n != 0 {
				t.Errorf("the sender counts %d dropped, want 0", n)
			}
			if out, in := s.env.Counters.BytesOut.Load(), r.env.Counters.BytesIn.Load(); out != in || out < 100*64*48 {
				t.Errorf("%d bytes went out, %d came in", out, in)
			}
		})
	}
}

// Everything that a frame says arrives, and the clock exchange keeps times of one machine as they are.
func TestFrameFields(t *testing.T) { both(t, testFrameFields) }

func testFrameFields(t *testing.T, m mode) {
	s, _ := m.startSender(t, SendConfig{Listen: loopback}, quick())
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	want := s.env.Pool.Get(5)
	defer want.Release()
	copy(want.Data, "\xff\xd8jpg")
	want.Stream, want.Seq, want.Captured, want.PTS = pipeline.StreamID{9}, 7, time.Now(), 3*time.Second
	want.Format, want.Key, want.Lossless = pipeline.JPEG(1920, 1080), true, true
	want.Meta = pipeline.Meta{Name: "Grüße 1.jpg", Rotation: 270}
	if err := s.Write(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if got.Stream != want.Stream || got.Seq != want.Seq || got.PTS != want.PTS || got.Format != want.Format ||
		got.Key != want.Key || got.Lossless != want.Lossless || got.Meta != want.Meta || string(got.Data) != "\xff\xd8jpg" {
		t.Errorf("got %+v", got)
	}
	if off := got.Captured.Sub(want.Captured).Abs(); off > time.Second {
		t.Errorf("captured is off by %s on one machine", off)
	}
}

// A Read that waits gives up at once when its context ends, and the connection stays usable.
func TestReadHonoursContext(t *testing.T) { both(t, testReadHonoursContext) }

func testReadHonoursContext(t *testing.T, m mode) {
	s, slog := m.startSender(t, SendConfig{Listen: loopback}, quick())
	r, _ := m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	ctx, cancel := context.WithCancel(t.Context())
	slog.await(t, "receiver connected")
	cancelled := make(chan error)
	go func() {
		_, err := r.Read(ctx)
		cancelled <- err
	}()
	cancel()
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Fatalf("Read gave %v, want context canceled", err)
	}
	if err := write(t.Context(), s, picture(s.env.Pool, 0, true)); err != nil {
		t.Fatal(err)
	}
	f, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	if n := r.env.Counters.Reconnects.Load(); n != 0 {
		t.Errorf("%d reconnects, want the first connection to stay", n)
	}
}
