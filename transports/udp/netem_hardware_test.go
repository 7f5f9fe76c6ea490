//go:build hardware && linux

package udp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/batch"
	"framewire/transports/secret"
)

// These tests have the kernel lose and delay packets (netem, tc-netem(8)) between a real sender and a real
// receiver. They want root and the loopback interface to themselves; .ci/hardware runs them in a virtual
// machine, which is so slow that the latency is long and nothing here looks at how long something takes.

// netem impairs the loopback interface during a test. At the end it fails a test in which nothing was lost.
func netem(t *testing.T, how ...string) {
	t.Helper()
	tc(t, append([]string{"qdisc", "replace", "dev", "lo", "root", "netem", "limit", "20000"}, how...)...)
	t.Cleanup(func() {
		report := tc(t, "-s", "qdisc", "show", "dev", "lo")
		tc(t, "qdisc", "del", "dev", "lo", "root")
		found := regexp.MustCompile(`Sent \d+ bytes (\d+) pkt \(dropped (\d+)`).FindSubmatch(report)
		if found == nil {
			t.Fatalf("tc says nothing of packets:\n%s", report)
		}
		sent, _ := strconv.Atoi(string(found[1]))
		dropped, _ := strconv.Atoi(string(found[2]))
		t.Logf("the kernel passed %d packets or bursts and dropped %d", sent, dropped)
		if dropped == 0 {
			t.Error("nothing was lost, so that the test is void")
		}
	})
}

func tc(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.Command("tc", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("tc %q: %v\n%s", args, err, out)
	}
	return out
}

// large makes a frame of about 36 datagrams, whose data say which it is.
func large(pool *pipeline.Pool, seq uint64, lossless bool) *pipeline.Frame {
	f := pool.Get(256 * 192)
	f.Stream, f.Seq, f.Captured = pipeline.StreamID{4}, seq, time.Now()
	f.Format, f.Key, f.Lossless = pipeline.Raw(pipeline.LayoutGray, 256, 192), true, lossless
	copy(f.Data, largeData(seq))
	return f
}

func largeData(seq uint64) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%8d", seq), 256*192/8)
}

// throughNetem sends frames as sealed datagrams, one each interval, and gives the numbers of those that
// came. It fails where one is damaged.
func throughNetem(t *testing.T, frames uint64, lossless bool, interval time.Duration, noOffload bool) []uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	set := standard()
	set.listen = func(ctx context.Context, address string, shared bool) (batch.PacketConn, error) {
		return batch.Listen(ctx, address, batch.Options{Shared: shared, NoOffload: noOffload})
	}
	key := secret.New(secret.Generate())
	s, slog := startSender(t, sending(func(c *SendConfig) {
		c.Listen, c.Secret, c.Latency, c.Adapt = loopback, key, 2*time.Second, adaptOff
	}), set)
	r, _ := startReceiver(t, receiving(func(c *ReceiveConfig) {
		c.Dial, c.Secret, c.Latency = where(s.end), key, 2*time.Second
	}), set)
	slog.await(t, "receiver connected")
	ended := make(chan error, 1)
	go func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for seq := range frames {
			if err := write(ctx, s, large(s.env.Pool, seq, lossless)); err != nil {
				ended <- err
				return
			}
			<-tick.C
		}
		ended <- s.End(ctx)
	}()
	var got []uint64
	for {
		f, err := r.Read(ctx)
		if errors.Is(err, pipeline.ErrEnd) {
			break
		}
		if err != nil {
			t.Fatalf("after %d frames: %v", len(got), err)
		}
		if !bytes.Equal(f.Data, largeData(f.Seq)) {
			t.Errorf("frame %d is damaged", f.Seq)
		}
		got = append(got, f.Seq)
		f.Release()
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return got
}

// eachWay runs a test datagram by datagram, and with offload, where the kernel loses a burst as a whole.
func eachWay(t *testing.T, run func(t *testing.T, noOffload bool)) {
	t.Run("packets", func(t *testing.T) { run(t, true) })
	t.Run("bursts", func(t *testing.T) { run(t, false) })
}

func TestHardwareNetemLossless(t *testing.T) {
	eachWay(t, func(t *testing.T, noOffload bool) {
		netem(t, "loss", "5%", "delay", "10ms")
		got := throughNetem(t, 100, true, time.Millisecond, noOffload)
		wantRun(t, got, 0, 100)
	})
}

func TestHardwareNetemLive(t *testing.T) {
	const frames = 100
	eachWay(t, func(t *testing.T, noOffload bool) {
		netem(t, "loss", "5%", "delay", "10ms")
		wantMost(t, throughNetem(t, frames, false, 100*time.Millisecond, noOffload), frames)
	})
	t.Run("reordered and duplicated", func(t *testing.T) {
		netem(t, "loss", "1%", "delay", "10ms", "reorder", "5%", "duplicate", "5%")
		wantMost(t, throughNetem(t, frames, false, 100*time.Millisecond, true), frames)
	})
}

// wantMost fails unless nearly all frames came, in order and none twice.
func wantMost(t *testing.T, got []uint64, frames int) {
	t.Helper()
	t.Logf("%d of %d frames came", len(got), frames)
	if len(got) < frames*98/100 {
		t.Errorf("%d of %d frames came, want at least 98%%", len(got), frames)
	}
	for i := 1; i < len(got); i++ {
		if got[i] <= got[i-1] {
			t.Fatalf("frame %d came after frame %d", got[i], got[i-1])
		}
	}
}
