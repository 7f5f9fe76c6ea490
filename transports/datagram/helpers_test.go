package datagram

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when tests begin, by a clock that they move themselves.
var start = time.Unix(1_700_000_000, 0)

const shard = 1339 // bytes, as mtu 1400 leaves over IPv4

var limits = Limits{MaxFrame: 8 << 20, Open: 4, Memory: 16 << 20, Latency: 120 * time.Millisecond}

// photo makes a frame of that many bytes with random content.
func photo(pool *pipeline.Pool, random *rand.Rand, seq uint64, size int) *pipeline.Frame {
	f := pool.Get(size)
	f.Stream, f.Seq, f.Captured, f.PTS = pipeline.StreamID{1, 2, 3}, seq, start.Add(time.Duration(seq)), time.Duration(seq)
	f.Format, f.Key, f.Meta.Name = pipeline.JPEG(1920, 1080), true, "photo.jpg"
	word := binary.LittleEndian.AppendUint64(nil, random.Uint64())
	for at := 0; at < size; at += copy(f.Data[at:], word) {
		binary.LittleEndian.PutUint64(word, random.Uint64())
	}
	return f
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 42)) }

// packets splits a frame and gives all its packets.
func packets(t testing.TB, s *Splitter, f *pipeline.Frame, number uint32, shard, parity int) [][]byte {
	t.Helper()
	m, err := s.Split(f, number, shard, parity)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Release()
	list := make([][]byte, m.Packets())
	for i := range list {
		list[i] = m.AppendPacket(nil, i, false)
	}
	return list
}

// rig is a reassembler with everything around it, and a check at the end that nothing is left.
type rig struct {
	*Reassembler
	t      testing.TB
	pool   *pipeline.Pool
	budget *Budget
	now    time.Time
}

const rigBudget = 64 << 20

func newRig(t testing.TB, l Limits) *rig {
	r := &rig{t: t, pool: pipeline.NewPool(), budget: NewBudget(rigBudget), now: start}
	r.Reassembler = NewReassembler(r.pool, l, r.budget)
	return r
}

// add takes a packet as it comes from the network.
func (r *rig) add(packet []byte) error {
	f, err := ParseFragment(packet)
	if err != nil {
		r.t.Fatalf("packet is refused: %v", err)
	}
	return r.Add(f, r.now)
}

// fetch gives everything that can be fetched now.
func (r *rig) fetch() (list []*pipeline.Frame) {
	r.t.Helper()
	for {
		f, err := r.Next(r.now)
		if err != nil {
			r.t.Fatal(err)
		}
		if f == nil {
			return list
		}
		list = append(list, f)
	}
}

// drain is as fetch, past frames that cannot be used.
func (r *rig) drain() (list []*pipeline.Frame) {
	for {
		f, err := r.Next(r.now)
		switch {
		case f != nil:
			list = append(list, f)
		case err == nil:
			return list
		}
	}
}

// end closes the reassembler and checks that nothing is held any more.
func (r *rig) end() {
	r.t.Helper()
	r.Close()
	if n := r.pool.Outstanding(); n != 0 {
		r.t.Errorf("%d frames were not given back", n)
	}
	if r.held != 0 || r.budget.Left() != rigBudget {
		r.t.Errorf("%d bytes are still counted as held, the budget lacks %d", r.held, rigBudget-r.budget.Left())
	}
}

// same reports whether a frame is what was sent, in everything that travels.
func same(t testing.TB, got, want *pipeline.Frame) {
	t.Helper()
	if got.Stream != want.Stream || got.Seq != want.Seq || !got.Captured.Equal(want.Captured) || got.PTS != want.PTS ||
		got.Format != want.Format || got.Key != want.Key || got.Lossless != want.Lossless || got.Meta != want.Meta {
		t.Errorf("frame %d: its head differs from that of frame %d", got.Seq, want.Seq)
	}
	if !bytes.Equal(got.Data, want.Data) {
		t.Errorf("frame %d: %d bytes of data differ from the %d sent", got.Seq, len(got.Data), len(want.Data))
	}
}
