package tcp

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// sized makes a frame of that many bytes, no two neighbours of which are alike.
func sized(pool *pipeline.Pool, seq uint64, size int, lossless bool) *pipeline.Frame {
	f := pool.Get(size)
	f.Seq, f.Captured, f.Format, f.Lossless = seq, time.Now(), pipeline.JPEG(1920, 1080), lossless
	for i := range f.Data {
		f.Data[i] = byte(int(seq) + i + i>>8)
	}
	return f
}

// Frames around the size that is written at once arrive as they were, at several receivers.
func TestPortions(t *testing.T) { both(t, testPortions) }

func testPortions(t *testing.T, m mode) {
	sizes := []int{1, portion - 1, portion, portion + 1, 2 * portion, 5*portion + 17}
	s, _ := m.startSender(t, SendConfig{Listen: loopback, MinPeers: 2}, quick())
	receivers := make([]*receiver, 2)
	for i := range receivers {
		receivers[i], _ = m.startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	}
	ended := make(chan error, 1)
	go func() {
		for i, size := range sizes {
			if err := write(t.Context(), s, sized(s.env.Pool, uint64(i), size, true)); err != nil {
				ended <- err
				return
			}
		}
		ended <- s.End(limited(t))
	}()
	done := make(chan struct{})
	for _, r := range receivers {
		go func() {
			defer func() { done <- struct{}{} }()
			for i, size := range sizes {
				f, err := r.Read(limited(t))
				if err != nil {
					t.Error(err)
					return
				}
				want := sized(r.env.Pool, uint64(i), size, true)
				if f.Seq != want.Seq || string(f.Data) != string(want.Data) {
					t.Errorf("frame %d came with %d bytes, want frame %d with %d", f.Seq, len(f.Data), i, size)
				}
				want.Release()
				f.Release()
			}
			if _, err := r.Read(limited(t)); err != pipeline.ErrEnd {
				t.Errorf("then %v, want the end", err)
			}
		}()
	}
	for range receivers {
		<-done
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, r := range receivers {
		if in := r.env.Counters.BytesIn.Load(); 2*in != s.env.Counters.BytesOut.Load() {
			t.Errorf("%d bytes came to one of two, %d went out", in, s.env.Counters.BytesOut.Load())
		}
	}
}

// The checksum of a large frame is known to those who write it later.
func TestChecksumIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := mode{}.openMemorySender(t)
		quick, slow := mode{}.joinMemory(t, s), mode{}.joinMemory(t, s)
		synctest.Wait()
		go readTypes(quick, s.env.Pool, func(wire.Type) {})
		for seq := range uint64(2) {
			if err := write(t.Context(), s, sized(s.env.Pool, seq, 3*portion, true)); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		s.mu.Lock()
		left := s.peers[1].queue.items
		if len(s.peers[0].queue.items) != 0 || len(left) != 2 {
			t.Fatalf("%d and %d frames are left, want 0 and 2", len(s.peers[0].queue.items), len(left))
		}
		for _, it := range left {
			if it.sum != checksumOf(it.frame.Data) {
				t.Errorf("frame %d has checksum %+v, want %+v", it.frame.Seq, it.sum, checksumOf(it.frame.Data))
			}
		}
		s.mu.Unlock()
		var got int
		go readTypes(slow, s.env.Pool, func(wire.Type) { got++ }) // which checks them
		synctest.Wait()
		if got != 2 {
			t.Errorf("the slow one read %d frames, want 2", got)
		}
		quick.Close()
		slow.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A large frame has the time of a small one: who takes a portion every two seconds is too slow for a live
// stream, though none of the writes takes long, and is waited for by a lossless one.
func TestSlowReceiverOfPortions(t *testing.T) { both(t, testSlowReceiverOfPortions) }

func testSlowReceiverOfPortions(t *testing.T, m mode) {
	for _, lossless := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, log := m.openMemorySender(t)
			conn := m.joinMemory(t, s)
			if err := write(t.Context(), s, sized(s.env.Pool, 0, 10*portion, lossless)); err != nil {
				t.Fatal(err)
			}
			enough := make(chan struct{})
			go keepPinging(conn, enough)
			in := &dripping{conn: conn}
			f, err := wire.NewReader(in, s.env.Pool, 64<<20).Next()
			if err == nil {
				f.Frame.Release()
			}
			if took := err == nil; took != lossless {
				t.Errorf("lossless %v: the frame came with %v", lossless, err)
			}
			if told := strings.Contains(log.String(), "it is too slow for a live stream: it took "); told == lossless {
				t.Errorf("lossless %v: the log says:\n%s", lossless, log)
			}
			close(enough)
			conn.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// dripping is a connection of which a portion can be read every two seconds.
type dripping struct {
	conn net.Conn
	left int
}

func (d *dripping) Read(p []byte) (int, error) {
	if d.left == 0 {
		<-time.After(2 * time.Second)
		d.left = portion
	}
	n, err := d.conn.Read(p[:min(len(p), d.left)])
	d.left -= n
	return n, err
}

func TestWriteDoesNotAllocate(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	defer ours.Close()
	go func() {
		_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{theirs}, make([]byte, portion))
	}()
	env, _ := testEnv(t)
	p := newPeer(newSender(sendDefaults(), env, standard()), &link{conn: ours})
	f := env.Pool.Get(3*portion + 5)
	defer f.Release()
	f.Format = pipeline.JPEG(1920, 1080)
	if n := testing.AllocsPerRun(50, func() {
		p.head = wire.AppendFrame(p.head[:0], f)
		if _, err := p.write(f.Data, checksum{}); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a frame in portions allocates %.1f times", n)
	}
}

// BenchmarkWrite writes frames to a peer that takes them at once, without the kernel's part.
func BenchmarkWrite(b *testing.B) {
	for name, size := range map[string]int{"jpeg": 90_000, "raw1080p": 1920 * 1080 * 3} {
		b.Run(name, func(b *testing.B) {
			env, _ := testEnv(b)
			p := newPeer(newSender(sendDefaults(), env, standard()), &link{conn: discard{}})
			f := env.Pool.Get(size)
			defer f.Release()
			f.Format = pipeline.JPEG(1920, 1080)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				p.head = wire.AppendFrame(p.head[:0], f)
				if _, err := p.write(f.Data, checksum{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// discard is a connection that takes everything.
type discard struct{ net.Conn }

func (discard) Write(p []byte) (int, error)      { return len(p), nil }
func (discard) SetWriteDeadline(time.Time) error { return nil }
