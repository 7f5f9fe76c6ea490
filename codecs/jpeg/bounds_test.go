package jpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"framewire/pipeline"
)

// least gives the shortest gray JPEG of a size that is whole: every Huffman code is one bit long, so that a
// block takes one bit in a progressive picture and two in another. Further scans of a progressive one hold
// nothing but a run of empty blocks each.
func least(w, h, scans int, progressive bool) []byte {
	var out []byte
	segment := func(marker byte, body ...byte) {
		out = append(out, 0xFF, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
		out = append(out, body...)
	}
	table := func(class, symbol byte) { // one code, the bit 0
		segment(mDHT, append(append([]byte{class, 1}, make([]byte, 15)...), symbol)...)
	}
	out = append(out, 0xFF, mSOI)
	segment(0xDB, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	sof, bits, last, ac := byte(mSOF0), 2, byte(63), byte(0)
	if progressive {
		sof, bits, last, ac = mSOF2, 1, 0, 0xE0 // a run of 2^14 blocks and more, as the next 14 bits say
	}
	segment(sof, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, 1, 0x11, 0)
	table(0x00, 0)
	table(0x10, ac)
	segment(mSOS, 1, 1, 0, 0, last, 0)
	blocks := (w + 7) / 8 * ((h + 7) / 8)
	out = append(out, make([]byte, (blocks*bits+7)/8)...)
	for range scans - 1 {
		segment(mSOS, 1, 1, 0, 1, 63, 0)
		out = append(out, make([]byte, (15*(blocks>>14)+7)/8)...)
	}
	return append(out, 0xFF, mEOI)
}

// TestShortestIsDecoded has the bound on the number of bytes let everything pass that is whole.
func TestShortestIsDecoded(t *testing.T) {
	pool := newPool(t)
	for _, progressive := range []bool{false, true} {
		for _, size := range [][2]int{{8, 8}, {64, 48}, {1, 1}, {2050, 7}, {4096, 1024}} {
			data := least(size[0], size[1], 1, progressive)
			out := apply(t, makeDecoder(t, pipeline.LayoutGray), photo(pool, data, size[0], size[1]))
			near(t, out.Data[len(out.Data)-1], 128)
			out.Release()
		}
	}
}

// TestLeastBytes pins the bound for the ways in which a first component may be sampled.
func TestLeastBytes(t *testing.T) {
	for _, c := range []struct {
		code    byte
		factors string
		want    int
	}{
		{mSOF0, "\x11", 1250 * 1250 / 4}, {mSOF2, "\x11", 1250 * 1250 / 8}, {mSOF9, "\x11", 1250 * 1250 / 64},
		{mSOF0, "\x22\x11\x11", 1250 * 1250 / 4}, {mSOF0, "\x11\x22\x11", 625 * 625 / 4},
		{mSOF2, "\x12\x41\x11", 313 * 1250 / 8}, {mSOF0, "\x00\x11\x11", 0},
	} {
		h := Header{Width: 10000, Height: 10000, Components: len(c.factors), Progressive: c.code == mSOF2}
		var factors [4]byte
		copy(factors[:], c.factors)
		if got := h.leastBytes(c.code, factors); got != c.want {
			t.Errorf("%#x %q: %d bytes, wants %d", c.code, c.factors, got, c.want)
		}
	}
}

// TestBombs refuses small files that would make much work before any memory is taken for them.
func TestBombs(t *testing.T) {
	pool := newPool(t)
	short := least(10000, 10000, 1, true)
	appended := append(bytes.Clone(short[:200]), 0xFF, mEOI)
	appended = append(appended, make([]byte, 1<<20)...)
	baseline := append(least(10000, 10000, 1, false)[:500], 0xFF, mEOI)
	for _, c := range []struct {
		name string
		data []byte
		says string
	}{
		{"few bytes", append(bytes.Clone(short[:300]), 0xFF, mEOI), "bytes of picture data, which needs 195312 at least"},
		{"few bytes, many behind", appended, "bytes of picture data, which needs 195312 at least"},
		{"few bytes, baseline", baseline, "bytes of picture data, which needs 390625 at least"},
		{"many scans", least(10000, 10000, 16, true), "a JPEG of 10000x10000 with more than 15 scans"},
		{"many scans, smaller", least(5000, 5000, 61, true), "a JPEG of 5000x5000 with more than 60 scans"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := photo(pool, c.data, 10000, 10000)
			defer f.Release()
			decoder := makeDecoder(t, pipeline.LayoutBGR)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := decoder.Apply(t.Context(), f)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, wants %q in it and ErrSkip", err, c.says)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("refusing takes %d bytes of memory", n)
			}
		})
	}
}

// TestManyScansOfLargePictures accepts what print and camera programs write.
func TestManyScansOfLargePictures(t *testing.T) {
	for _, c := range []struct{ side, scans int }{{10000, 15}, {5000, 60}, {3000, 100}, {16, 100}} {
		data := least(c.side, c.side, c.scans, true)
		h, err := ParseHeader(data)
		if err == nil {
			err = h.CheckData(data)
		}
		if err != nil {
			t.Errorf("%d scans of %dx%d: %v", c.scans, c.side, c.side, err)
		}
	}
}

// TestLargePicturesTakeTurns has a large picture wait while another decoder of the same spec works on one,
// and a small one not.
func TestLargePicturesTakeTurns(t *testing.T) {
	pool := newPool(t)
	spec := DecoderSpec()
	var pair [2]*decoder
	for i := range pair {
		env := pipeline.Env{Want: []pipeline.Format{pipeline.Raw(pipeline.LayoutGray, 0, 0)}}
		pair[i] = closing(t)(spec.NewFilter(spec.Config(), env)).(*decoder)
	}
	big := photo(pool, least(4096, 4096, 1, false), 4096, 4096)
	defer big.Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pair[0].turn <- struct{}{}
	if _, err := pair[1].Apply(ctx, big); err != pipeline.ErrSkip { //nolint:errorlint // the bare one is silent
		t.Errorf("a large picture is not waited with: %v", err)
	}
	apply(t, pair[1], photo(pool, plain(t, 16, 16), 16, 16)).Release()
	<-pair[0].turn
	for _, d := range pair {
		out, err := d.Apply(t.Context(), big)
		if err != nil {
			t.Fatal(err)
		}
		out.Release()
	}
}
