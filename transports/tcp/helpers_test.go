package tcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/transports/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const loopback = "127.0.0.1:0"

// journal keeps what was logged and lets a test wait for a line.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(p)
	close(j.more)
	j.more = make(chan struct{})
	return len(p), nil
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await waits until the log holds that text.
func (j *journal) await(t testing.TB, want string) {
	t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		j.mu.Lock()
		found, more := strings.Contains(j.text.String(), want), j.more
		j.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-limit.C:
			t.Fatalf("the log never said %q; it says:\n%s", want, j)
		}
	}
}

// testEnv gives an environment whose pool must be empty at the end of the test.
func testEnv(t testing.TB) (pipeline.Env, *journal) {
	t.Helper()
	j := &journal{more: make(chan struct{})}
	pool := pipeline.NewPool()
	if _, ok := t.(*testing.B); !ok {
		pool.Poison()
	}
	t.Cleanup(func() {
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not given back", n)
		}
	})
	log := hclog.New(&hclog.LoggerOptions{Output: j, Level: hclog.Debug})
	return pipeline.Env{Pipeline: "test", Log: log, Pool: pool, Counters: &pipeline.Counters{}}, j
}

// quick gives settings for tests that wait for an end of waiting.
func quick() settings {
	set := standard()
	set.backoff = pipeline.Backoff{Min: 5 * time.Millisecond, Max: 50 * time.Millisecond}
	set.answers, set.bye = 0, 200*time.Millisecond
	return set
}

func startSender(t testing.TB, cfg SendConfig, set settings) (*sender, *journal) {
	t.Helper()
	env, log := testEnv(t)
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = defaultMaxFrame
	}
	cfg.MinPeers, cfg.MaxPeers = max(cfg.MinPeers, 1), max(cfg.MaxPeers, 8)
	s := newSender(cfg, env, set)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, log
}

func startReceiver(t testing.TB, cfg ReceiveConfig, set settings) (*receiver, *journal) {
	t.Helper()
	env, log := testEnv(t)
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = defaultMaxFrame
	}
	r := newReceiver(cfg, env, set)
	if err := r.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, log
}

// complete adds the data of a message, and their trailer, to what goes before them.
func complete(b, data []byte) []byte {
	return wire.AppendTrailer(append(b, data...), wire.Checksum(0, data))
}

func addressOf(e *endpoint) string { return e.listener.Addr().String() }

// freePort gives an address that nobody listens on, for ends that start in the wrong order.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", loopback)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// picture makes the frame with that number. Its data say which it is.
func picture(pool *pipeline.Pool, seq uint64, lossless bool) *pipeline.Frame {
	f := pool.Get(64 * 48)
	f.Stream, f.Seq, f.Captured = pipeline.StreamID{1, 2, 3}, seq, time.Now()
	f.PTS = time.Duration(seq) * 40 * time.Millisecond
	f.Format, f.Key, f.Lossless = pipeline.Raw(pipeline.LayoutGray, 64, 48), true, lossless
	for i := range f.Data {
		f.Data[i] = byte(int(seq) + i)
	}
	return f
}

func write(ctx context.Context, s *sender, f *pipeline.Frame) error {
	defer f.Release()
	return s.Write(ctx, f)
}

// sendAll writes the frames from to (exclusive) and fails the test where one is refused.
func sendAll(t testing.TB, s *sender, from, to uint64, lossless bool) {
	t.Helper()
	for seq := from; seq < to; seq++ {
		if err := write(t.Context(), s, picture(s.env.Pool, seq, lossless)); err != nil {
			t.Errorf("write frame %d: %v", seq, err)
			return
		}
	}
}

// keepSending is sendAll in a goroutine that the test's end waits for.
func keepSending(t testing.TB, s *sender, from, to uint64) {
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		sendAll(t, s, from, to, true)
	}()
}

// readAll reads to the end of the stream and gives the numbers of the frames, whose content it checks.
func readAll(ctx context.Context, r *receiver) ([]uint64, error) {
	var seqs []uint64
	for {
		f, err := r.Read(ctx)
		if errors.Is(err, pipeline.ErrEnd) {
			return seqs, nil
		}
		if err != nil {
			return seqs, err
		}
		seqs = append(seqs, f.Seq)
		err = checkPicture(f)
		f.Release()
		if err != nil {
			return seqs, err
		}
	}
}

func checkPicture(f *pipeline.Frame) error {
	if f.Format != pipeline.Raw(pipeline.LayoutGray, 64, 48) || len(f.Data) != 64*48 {
		return fmt.Errorf("frame %d is %s with %d bytes", f.Seq, f.Format, len(f.Data))
	}
	for i, b := range f.Data {
		if b != byte(int(f.Seq)+i) {
			return fmt.Errorf("frame %d has byte %d wrong", f.Seq, i)
		}
	}
	return nil
}

// wantRun fails unless the numbers are from, from+1 and so on up to to (exclusive).
func wantRun(t testing.TB, got []uint64, from, to uint64) {
	t.Helper()
	if len(got) != int(to-from) {
		t.Errorf("%d frames came, want %d", len(got), to-from)
	}
	for i, seq := range got {
		if seq != from+uint64(i) {
			t.Fatalf("frame at place %d is number %d, want %d", i, seq, from+uint64(i))
		}
	}
}

// limited gives a context that keeps a broken test from hanging.
func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
