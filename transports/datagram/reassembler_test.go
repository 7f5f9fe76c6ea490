package datagram

import (
	"errors"
	"slices"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

const ms = time.Millisecond

// event is a step of a test: at that time these packets of that frame come (none: nothing comes), and
// these frames can be fetched.
type event struct {
	at     time.Duration
	frame  uint32
	from   int
	to     int
	expect []uint64
}

// Every frame has 4 data shards and 2 of parity: packets 0 to 5.
func TestOrderAndDeadlines(t *testing.T) {
	const top = 1<<32 - 1
	tests := []struct {
		name     string
		lossless bool
		first    *uint32
		events   []event
		want     Stats
	}{
		{"in order", false, nil, []event{{0, 5, 0, 4, []uint64{5}}, {33 * ms, 6, 0, 6, []uint64{6}}}, Stats{Complete: 2}},
		{"over the wrap", false, nil, []event{
			{0, top - 1, 0, 4, []uint64{top - 1}}, {0, top, 0, 6, []uint64{top}}, {0, 0, 0, 6, []uint64{0}}, {0, 1, 0, 6, []uint64{1}},
		}, Stats{Complete: 4}},
		{"out of order over the wrap", false, new(uint32(top)), []event{
			{0, 0, 0, 4, nil}, {ms, 1, 0, 4, nil}, {2 * ms, top, 0, 4, []uint64{top, 0, 1}},
		}, Stats{Complete: 3}},
		{"parity completes", false, nil, []event{{0, 5, 1, 4, nil}, {0, 5, 5, 6, []uint64{5}}}, Stats{Complete: 1, Repaired: 1}},
		{"the short last shard is repaired", false, nil, []event{{0, 5, 0, 3, nil}, {0, 5, 4, 5, []uint64{5}}}, Stats{Complete: 1, Repaired: 1}},
		{"parity first", false, nil, []event{{0, 5, 4, 6, nil}, {0, 5, 0, 2, []uint64{5}}}, Stats{Complete: 1, Repaired: 1}},
		{"waits for an older one", false, nil, []event{
			{0, 5, 0, 2, nil}, {33 * ms, 6, 0, 6, nil}, {100 * ms, 5, 2, 4, []uint64{5, 6}},
		}, Stats{Complete: 2}},
		{"until its deadline", false, nil, []event{
			{0, 5, 0, 3, nil}, {33 * ms, 6, 0, 6, nil}, {119 * ms, 0, 0, 0, nil}, {120 * ms, 0, 0, 0, []uint64{6}}, {121 * ms, 5, 3, 4, nil},
		}, Stats{Complete: 1, Late: 1}},
		{"nothing came of one", false, nil, []event{
			{0, 5, 0, 4, []uint64{5}}, {33 * ms, 8, 0, 6, nil}, {152 * ms, 0, 0, 0, nil}, {153 * ms, 0, 0, 0, []uint64{8}},
		}, Stats{Complete: 2, Late: 2}},
		{"the next one's deadline is its own", false, nil, []event{
			{0, 5, 0, 1, nil}, {33 * ms, 6, 0, 1, nil}, {66 * ms, 7, 0, 6, nil}, {120 * ms, 0, 0, 0, nil}, {153 * ms, 0, 0, 0, []uint64{7}},
		}, Stats{Complete: 1, Late: 2}},
		{"twice is once", false, nil, []event{
			{0, 5, 0, 2, nil}, {0, 5, 0, 2, nil}, {0, 5, 0, 4, []uint64{5}}, {0, 5, 0, 6, nil}, {time.Hour, 5, 0, 6, nil},
		}, Stats{Complete: 1, Duplicates: 4}},
		{"an old number", false, nil, []event{{0, 5, 0, 6, []uint64{5}}, {0, 4, 0, 6, nil}, {0, 6 + 1<<31, 0, 6, nil}}, Stats{Complete: 1}},
		{"the end of the window", false, nil, []event{{0, 5, 0, 1, nil}, {0, 68, 0, 6, nil}, {120 * ms, 0, 0, 0, []uint64{68}}}, Stats{Complete: 1, Late: 63}},
		{"beyond the window", false, nil, []event{
			{0, 5, 0, 1, nil}, {0, 6, 0, 6, nil}, {0, 7, 0, 6, nil}, {0, 69, 0, 6, []uint64{6, 7}}, {120 * ms, 0, 0, 0, []uint64{69}},
		}, Stats{Complete: 3, Late: 1 + 61}},
		{"far ahead", false, nil, []event{
			{0, 5, 0, 6, []uint64{5}}, {0, 1_000_005, 0, 6, nil}, {120 * ms, 0, 0, 0, []uint64{1_000_005}}, {0, 6, 0, 6, nil},
		}, Stats{Complete: 2, Late: mostGone + 63}},
		{"a fifth open one displaces the first", false, nil, []event{
			{0, 5, 0, 1, nil}, {0, 6, 0, 1, nil}, {0, 7, 0, 1, nil}, {0, 8, 0, 1, nil}, {0, 9, 0, 1, nil}, {0, 5, 1, 6, nil}, {0, 6, 1, 4, []uint64{6}},
		}, Stats{Complete: 1, Late: 1}},
		{"lossless has no deadline", true, nil, []event{
			{0, 5, 0, 1, nil}, {0, 6, 0, 6, nil}, {time.Hour, 7, 0, 6, nil}, {2 * time.Hour, 5, 1, 4, []uint64{5, 6, 7}},
		}, Stats{Complete: 3}},
		{"lossless waits for one of which nothing came", true, new(uint32(5)), []event{
			{0, 6, 0, 6, nil}, {time.Hour, 0, 0, 0, nil}, {time.Hour, 5, 0, 4, []uint64{5, 6}},
		}, Stats{Complete: 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, s := newRig(t, limits), NewSplitter()
			if test.first != nil {
				r.Expect(*test.first)
			}
			for _, e := range test.events {
				r.now = start.Add(e.at)
				if wake, ok := r.Wake(); ok && e.to == 0 && e.expect != nil && r.now.Before(wake) {
					t.Errorf("at %s Next has something, Wake says only %s", e.at, wake.Sub(start))
				}
				f := photo(r.pool, seeded(1), uint64(e.frame), 5000)
				f.Lossless = test.lossless
				for _, p := range packets(t, s, f, e.frame, shard, 2)[e.from:e.to] {
					if err := r.add(p); err != nil {
						t.Fatal(err)
					}
				}
				var got []uint64
				for _, frame := range r.fetch() {
					got = append(got, frame.Seq)
					frame.Seq, frame.Captured, frame.PTS = f.Seq, f.Captured, f.PTS
					same(t, frame, f)
					frame.Release()
				}
				if !slices.Equal(got, e.expect) {
					t.Errorf("after %+v got frames %d", e, got)
				}
				f.Release()
			}
			if got := r.Stats(); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			r.end()
		})
	}
}

func TestAcks(t *testing.T) {
	r, s := newRig(t, limits), NewSplitter()
	if _, _, ok := r.Acks(); ok {
		t.Error("a reassembler that has seen nothing acknowledges")
	}
	f := photo(r.pool, seeded(1), 1, 5000)
	steps := []struct {
		frame    uint32
		from, to int
		base     uint32
		bits     uint64
	}{
		{1<<32 - 2, 0, 1, 1<<32 - 2, 0},
		{1<<32 - 1, 0, 6, 1<<32 - 2, 0b10},
		{61, 0, 6, 1<<32 - 2, 0b10 | 1<<63},
		{1<<32 - 2, 1, 5, 0, 1 << 61},
	}
	for _, step := range steps {
		for _, p := range packets(t, s, f, step.frame, shard, 2)[step.from:step.to] {
			if err := r.add(p); err != nil {
				t.Fatal(err)
			}
		}
		if base, bits, ok := r.Acks(); base != step.base || bits != step.bits || !ok {
			t.Errorf("after %+v got %d, %b, %v", step, base, bits, ok)
		}
	}
	f.Release()
	r.end()
}

// Refused fragments are counted, and the frame that they are aimed at comes all the same.
func TestRefusals(t *testing.T) {
	small := limits
	small.MaxFrame, small.Memory = 100_000, 200_000
	tests := []struct {
		name   string
		change func(*Fragment)
		err    error
		text   string
	}{
		{"longer", func(f *Fragment) { f.Layout.Length++ }, errChange, ""},
		{"other shards", func(f *Fragment) { f.Layout.Shard-- }, errChange, ""},
		{"other parity", func(f *Fragment) { f.Layout.Parity-- }, errChange, ""},
		{"lossless in between", func(f *Fragment) { f.Lossless = true }, errChange, ""},
		{"beyond max_frame", func(f *Fragment) { f.Layout.Length = small.MaxFrame + maxTail + 1 }, nil,
			"frame's message claims 102055 bytes, the limit for data is 100000 (max_frame)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, small)
			f := photo(r.pool, seeded(1), 1, 50_000)
			list := packets(t, NewSplitter(), f, 1, shard, 5)
			for i, p := range list {
				if i > 0 {
					bad, err := ParseFragment(p)
					if err != nil {
						t.Fatal(err)
					}
					test.change(&bad)
					err = r.Add(bad, r.now)
					if i < 38 && (err == nil || test.err != nil && !errors.Is(err, test.err) || test.text != "" && err.Error() != test.text) {
						t.Fatalf("packet %d: got %v", i, err)
					}
				}
				if err := r.add(p); err != nil {
					t.Fatal(err)
				}
			}
			got := r.fetch()
			if len(got) != 1 {
				t.Fatalf("got %d frames", len(got))
			}
			same(t, got[0], f)
			got[0].Release()
			f.Release()
			if r.Stats().Refused == 0 {
				t.Error("nothing is counted as refused")
			}
			r.end()
		})
	}
}

// A lossless frame is never displaced; what is beyond the window is refused, and may come again. The oldest is taken
// however many newer ones are unfinished: these wait for it.
func TestLosslessIsNotDisplaced(t *testing.T) {
	r, s := newRig(t, limits), NewSplitter()
	f := photo(r.pool, seeded(1), 1, 5000)
	f.Lossless = true
	r.Expect(0)
	for number := uint32(window - 1); number > 0; number-- {
		if err := r.add(packets(t, s, f, number, shard, 2)[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.add(packets(t, s, f, window, shard, 2)[0]); !errors.Is(err, errAhead) {
		t.Errorf("a frame beyond the window: %v", err)
	}
	for number := range uint32(window) {
		for _, p := range packets(t, s, f, number, shard, 2)[:4] {
			if err := r.add(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := r.fetch()
	if len(got) != window || r.Stats().Late != 0 || r.Stats().Refused != 1 {
		t.Errorf("%d frames came, %+v", len(got), r.Stats())
	}
	for _, frame := range got {
		frame.Release()
	}
	f.Release()
	r.end()
}

// A message that is damaged is skipped and told; what follows comes.
func TestDamagedMessage(t *testing.T) {
	r, s := newRig(t, limits), NewSplitter()
	f := photo(r.pool, seeded(1), 1, 5000)
	list := packets(t, s, f, 1, shard, 0)
	list[0][FragmentSize] ^= 1
	for _, p := range append(list, packets(t, s, f, 2, shard, 0)...) {
		if err := r.add(p); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := r.Next(r.now); got != nil || !errors.Is(err, errDamaged) {
		t.Errorf("got %v", err)
	}
	if rest := r.fetch(); len(rest) != 1 {
		t.Errorf("then came %d frames", len(rest))
	} else {
		same(t, rest[0], f)
		rest[0].Release()
	}
	f.Release()
	if got := r.Stats(); got != (Stats{Complete: 1, Refused: 1}) {
		t.Errorf("%+v", got)
	}
	r.end()
}

// byHand makes packets of a message.
func byHand(t *testing.T, number uint32, message []byte) (list [][]byte) {
	t.Helper()
	l, err := LayoutOf(uint32(len(message)), uint16(min(shard, len(message))), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Packets() {
		f := Fragment{Number: number, Layout: l, Index: i}
		list = append(list, append(f.append(nil), message[i*l.Shard:][:l.Size(0, i)]...))
	}
	return list
}

func sealed(message []byte, head int) []byte {
	sum := wire.Checksum(0, message)
	return append(message, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum), byte(head>>8), byte(head))
}

// Messages whose checksum is right and whose content is not.
func TestMessagesThatLie(t *testing.T) {
	pool := pipeline.NewPool()
	f := photo(pool, seeded(1), 7, 3000)
	defer f.Release()
	good := wire.AppendFrameHead(append([]byte(nil), f.Data...), f)
	head := len(good) - len(f.Data)
	codec := append([]byte(nil), good...)
	codec[3000+40] = 0x80
	small := limits
	small.MaxFrame = 2900
	tests := []struct {
		name    string
		message []byte
		head    int
		limits  Limits
		err     string
	}{
		{"good", good, head, limits, ""},
		{"a longer head of a later version", append(append([]byte(nil), good...), "later"...), head + 5, limits, ""},
		{"unknown codec", codec, head, limits, "frame 7 is in codec number 32770, which this version does not know"},
		{"no head", good, 0, limits, "frame's head has 0 bytes, wants 60 or more"},
		{"head longer than the message", good[:200], 201, limits, "frame's message claims a head of 201 bytes, the limit is 200: frame's message is damaged"},
		{"all head", good[3000:], head, limits, "frame 7: jpeg frame of 1920x1080: no data"},
		{"beyond max_frame by little", good, head, small, "frame has 3000 bytes, the limit is 2900 (max_frame)"},
		{"nonsense", make([]byte, 300), 60, limits, "frame 0 is in codec number 0, which this version does not know"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, test.limits)
			for _, p := range byHand(t, 1, sealed(append([]byte(nil), test.message...), test.head)) {
				if err := r.add(p); err != nil {
					t.Fatal(err)
				}
			}
			got, err := r.Next(r.now)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if text != test.err || (got == nil) != (err != nil) {
				t.Errorf("got %q, want %q", text, test.err)
			}
			if known := (*wire.CodecError)(nil); test.name == "unknown codec" && !errors.As(err, &known) {
				t.Errorf("%v is no codec error", err)
			}
			if got != nil {
				same(t, got, f)
				got.Release()
			}
			r.end()
		})
	}
}

// Frames that nobody fetched, open ones and their parity are given back by Close.
func TestCloseInTheMiddle(t *testing.T) {
	r, s := newRig(t, limits), NewSplitter()
	f := photo(r.pool, seeded(1), 1, 500_000)
	for number := range uint32(8) {
		list := packets(t, s, f, number, shard, 20)
		if number%2 == 0 {
			list = list[len(list)-30:]
		}
		for _, p := range list {
			if err := r.add(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r.held == 0 {
		t.Error("nothing is held, so that there is nothing to test")
	}
	f.Release()
	r.end()
}
