package udp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/batch"
	"framewire/transports/internal/impair"
	"framewire/transports/secret"
)

// In these tests time is virtual and the network is in memory: a minute of a stream passes as fast as it can
// be computed, and the same way each time.

const (
	senderAt   = "10.0.0.1:5000"
	receiverAt = "10.0.0.2:5000"
)

// wonder is a network in a bubble, with a sender that listens at senderAt and a receiver that dials it.
type wonder struct {
	fps      int // 0 is 30
	t        *testing.T
	link     *impair.Link
	s        *sender
	r        *receiver
	slog     *journal
	rlog     *journal
	mu       sync.Mutex
	ends     map[string]*impair.End // the newest of each side
	nextPort uint16
}

// listenAt gives a listen function for one host of the network.
func (w *wonder) listenAt(host string) func(context.Context, string, bool) (batch.PacketConn, error) {
	return func(_ context.Context, address string, _ bool) (batch.PacketConn, error) {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return nil, err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		port := at.Port()
		if port == 0 {
			w.nextPort++
			port = 40000 + w.nextPort
		}
		end := w.link.End(netip.AddrPortFrom(netip.MustParseAddr(host), port))
		w.ends[host] = end
		return end, nil
	}
}

func (w *wonder) end(host string) *impair.End {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ends[host]
}

type setting struct {
	conditions impair.Conditions
	send       func(*SendConfig)
	receive    func(*ReceiveConfig)
	first      uint32 // number of the first frame, where it matters
	advise     func(pipeline.Advice)
	clear      bool
	fps        int  // frames a second; 0 is 30
	narrow     int  // largest datagram that the sender's system takes; 0 is any
	rash       bool // frames that come back are not overwritten, which takes time
}

// newWonder opens both ends.
func newWonder(t *testing.T, set setting) *wonder {
	t.Helper()
	w := &wonder{t: t, fps: set.fps, link: impair.NewLink(set.conditions), ends: make(map[string]*impair.End)}
	key := secret.New(secret.Generate())
	if set.clear {
		key = secret.Secret{}
	}
	send := sending(func(c *SendConfig) { c.Listen, c.Secret, c.Insecure = senderAt, key, set.clear })
	receive := receiving(func(c *ReceiveConfig) { c.Dial, c.Secret, c.Insecure = senderAt, key, set.clear })
	if set.send != nil {
		set.send(&send)
	}
	if set.receive != nil {
		set.receive(&receive)
	}
	w.s, w.slog = w.sender(send, set)
	w.r, w.rlog = w.receiver(receive, receiverAt, set)
	return w
}

func (w *wonder) sender(cfg SendConfig, set setting) (*sender, *journal) {
	w.t.Helper()
	env, log := testEnv(w.t)
	if set.advise != nil {
		env.Advise = set.advise
	}
	at := standard()
	at.listen = w.listenAt(netip.MustParseAddrPort(senderAt).Addr().String())
	if set.narrow > 0 {
		at.listen, at.pathMTU = narrowed(at.listen, set.narrow), func(netip.AddrPort) int { return set.narrow + 28 }
	}
	s := newSender(cfg, env, at)
	if set.first != 0 {
		s.first = set.first
	}
	if err := s.Open(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return s, log
}

func (w *wonder) receiver(cfg ReceiveConfig, host string, set setting) (*receiver, *journal) {
	w.t.Helper()
	env, log := testEnv(w.t)
	at := standard()
	at.listen = w.listenAt(netip.MustParseAddrPort(host).Addr().String())
	if set.rash {
		env.Pool = pipeline.NewPool()
	}
	r := newReceiver(cfg, env, at)
	if err := r.Open(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return r, log
}

func (w *wonder) close() {
	w.t.Helper()
	if err := w.s.Close(); err != nil {
		w.t.Error(err)
	}
	if err := w.r.Close(); err != nil {
		w.t.Error(err)
	}
}

// connected waits until both ends know each other.
func (w *wonder) connected() {
	for w.s.env.Counters.Peers.Load() == 0 || w.r.env.Counters.Peers.Load() == 0 {
		time.Sleep(time.Millisecond) // in virtual time
	}
}

// noise is what frames are made of.
var noise = func() []byte {
	b := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}()

// content is what the frame of that number and size holds.
func content(seq uint64, size int) []byte { return noise[seq*7919%(1<<16):][:size] }

// block makes a frame of size bytes that says which it is.
func block(pool *pipeline.Pool, seq uint64, size int, lossless bool) *pipeline.Frame {
	f := pool.Get(size)
	f.Stream, f.Seq, f.Captured = pipeline.StreamID{7}, seq, time.Now()
	f.PTS = time.Duration(seq) * time.Second / 30
	f.Format, f.Key, f.Lossless = pipeline.JPEG(1920, 1080), true, lossless
	copy(f.Data, content(seq, size))
	return f
}

func checkBlock(f *pipeline.Frame) error {
	if !bytes.Equal(f.Data, content(f.Seq, len(f.Data))) {
		return fmt.Errorf("frame %d came damaged", f.Seq)
	}
	return nil
}

// arrivals is what a receiver got of a stream.
type arrivals struct {
	seqs []uint64
	took []time.Duration // from Write to Read, in the same order
	err  error
}

// read takes frames until the stream ends, and checks each.
func (a *arrivals) read(ctx context.Context, r *receiver) {
	for {
		f, err := r.Read(ctx)
		if err != nil {
			if !errors.Is(err, pipeline.ErrEnd) {
				a.err = err
			}
			return
		}
		a.seqs = append(a.seqs, f.Seq)
		a.took = append(a.took, time.Since(f.Captured))
		if err := checkBlock(f); err != nil {
			a.err = err
		}
		f.Release()
	}
}

// percentile is the duration that so many of 100 frames do not exceed.
func (a *arrivals) percentile(p int) time.Duration {
	if len(a.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(a.took))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

// inTime counts the frames that came within that time.
func (a *arrivals) inTime(limit time.Duration) (n int) {
	for _, d := range a.took {
		if d <= limit {
			n++
		}
	}
	return n
}

// play writes n frames at the stream's rate, and then ends the stream. size gives the size of each, or 0 to skip one.
func (w *wonder) play(n int, size func(i int) int) {
	w.t.Helper()
	ticker := time.NewTicker(time.Second / time.Duration(cmp.Or(w.fps, 30)))
	defer ticker.Stop()
	for i := range n {
		if bytes := size(i); bytes > 0 {
			if err := write(w.t.Context(), w.s, block(w.s.env.Pool, uint64(i), bytes, false)); err != nil {
				w.t.Fatal(err)
			}
		}
		<-ticker.C
	}
	if err := w.s.End(w.t.Context()); err != nil {
		w.t.Error(err)
	}
}

func always(n int) func(int) int { return func(int) int { return n } }

// stream plays a live stream through a network and gives what arrived.
func stream(t *testing.T, set setting, frames int, size func(int) int) (got arrivals, w *wonder) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w = newWonder(t, set)
		done := make(chan struct{})
		go func() {
			defer close(done)
			got.read(t.Context(), w.r)
		}()
		w.connected()
		w.play(frames, size)
		<-done
		w.close()
	})
	if got.err != nil {
		t.Error(got.err)
	}
	for i := range got.seqs {
		if i > 0 && got.seqs[i] <= got.seqs[i-1] {
			t.Fatalf("frame %d came after frame %d", got.seqs[i], got.seqs[i-1])
		}
	}
	return got, w
}
