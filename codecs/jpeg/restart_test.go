package jpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"framewire/pipeline"
)

// striped gives a gray picture of 40x200 with a restart marker behind each of its 25 rows of MCUs.
func striped(t testing.TB, pool *pipeline.Pool) []byte {
	t.Helper()
	f := apply(t, makeStriper(t, 1, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutGray, 40, 200)))
	defer f.Release()
	return bytes.Clone(f.Data)
}

// interval changes what the DRI segment says.
func interval(data []byte, n int) []byte {
	data = bytes.Clone(data)
	binary.BigEndian.PutUint16(data[bytes.Index(data, []byte{0xFF, mDRI})+4:], uint16(n))
	return data
}

// mark gives the offset of the n-th restart marker.
func mark(data []byte, n int) int {
	h, _ := ParseHeader(data)
	for i := h.data; ; i++ {
		if data[i] == 0xFF && data[i+1] >= mRST0 && data[i+1] < mSOI {
			if n == 0 {
				return i
			}
			n--
		}
	}
}

func without(data []byte, from, to int) []byte { return slices.Delete(bytes.Clone(data), from, to) }

func insert(data []byte, at int, b ...byte) []byte { return slices.Insert(bytes.Clone(data), at, b...) }

// hostile are the cases of the finder: how many cells a picture has, 0 where it is to be decoded as a whole.
func hostile(t testing.TB, pool *pipeline.Pool) map[string]struct {
	data  []byte
	cells int
} {
	good := striped(t, pool)
	third := mark(good, 2)
	renamed := bytes.Clone(good)
	renamed[third+1] = mRST0 + 5
	return map[string]struct {
		data  []byte
		cells int
	}{
		"good":                 {good, 25},
		"no markers":           {plain(t, 64, 48), 0},
		"zero interval":        {interval(good, 0), 0},
		"interval of one MCU":  {interval(good, 1), 0},
		"interval of two rows": {interval(good, 10), 0},
		"interval of 65535":    {interval(good, 65535), 0},
		"odd interval":         {interval(good, 7), 0},
		"marker missing":       {without(good, third, third+2), 0},
		"marker too many":      {insert(good, third, 0xFF, mRST0+2), 0},
		"wrong number":         {renamed, 0},
		"fill bytes":           {insert(good, third, 0xFF, 0xFF), 25},
		"stray bytes":          {insert(good, third, 1, 2, 3), 25},
		"data moved":           {insert(without(good, third, third+2), third-4, good[third:third+2]...), 25},
		"cut off":              {good[:third+1], 0},
		"cut off, ended":       {append(bytes.Clone(good[:third+1]), mEOI), 0},
		"taller":               {resized(good, 40, 208), 0},
		"shorter":              {resized(good, 40, 192), 0},
		"wider":                {resized(good, 48, 200), 0},
		"only markers":         {append(bytes.Clone(good[:third]), bytes.Repeat([]byte{0xFF, mRST0}, 5000)...), 0},
		"another header":       {insert(good, third, 0xFF, mSOI), 0},
	}
}

func TestCells(t *testing.T) {
	for name, c := range hostile(t, newPool(t)) {
		h, err := ParseHeader(c.data)
		if err != nil {
			t.Fatal(name, err)
		}
		var found cells
		got := 0
		if found.find(c.data, h) {
			got = len(found.starts)
		}
		if got != c.cells {
			t.Errorf("%s: %d cells, want %d", name, got, c.cells)
		}
	}
}

// TestRowsOfSeveralIntervals reads pictures whose interval is a part of a row of MCUs, and those whose interval is
// several rows.
func TestRowsOfSeveralIntervals(t *testing.T) {
	h := Header{Width: 64, Height: 32, Components: 3, across: 1, down: 1, data: 0}
	marks := func(n int) (data []byte) {
		for i := range n {
			data = append(data, 7, 0xFF, 0, 0xFF, mRST0+byte(i%8))
		}
		return append(data, 7, 0xFF, mEOI)
	}
	for _, c := range []struct{ interval, marks, cells, rows, per int }{{2, 15, 4, 1, 4}, {16, 1, 2, 2, 1}, {24, 1, 2, 3, 1}, {8, 3, 4, 1, 1}, {32, 0, 1, 4, 1}} {
		h.restart = c.interval
		var found cells
		if !found.find(marks(c.marks), h) {
			t.Errorf("interval %d: no cells", c.interval)
		}
		if len(found.starts) != c.cells || len(found.ends) != c.cells || found.rows != c.rows || found.marks != c.per {
			t.Errorf("interval %d: %+v", c.interval, found)
		}
	}
}

// same decodes in parts and as a whole: both fail, or both give the same picture.
func same(t *testing.T, pool *pipeline.Pool, single, many *decoder, data []byte, w, h int) error {
	t.Helper()
	var out [2]*pipeline.Frame
	var errs [2]error
	for i, d := range []*decoder{single, many} {
		f := photo(pool, data, w, h)
		out[i], errs[i] = d.Apply(context.Background(), f)
		f.Release()
		if errs[i] == nil {
			defer out[i].Release()
		} else if !errors.Is(errs[i], pipeline.ErrSkip) {
			t.Fatal(errs[i])
		}
	}
	switch {
	case (errs[0] == nil) != (errs[1] == nil):
		t.Errorf("as a whole: %v; in parts: %v", errs[0], errs[1])
	case errs[0] == nil && !bytes.Equal(out[0].Data, out[1].Data):
		t.Error("the picture in parts is another one than the whole")
	}
	return errs[1]
}

// TestPartsFailAsTheWhole goes through the hostile cases and breaks single stripes.
func TestPartsFailAsTheWhole(t *testing.T) {
	pool := newPool(t)
	cases := hostile(t, pool)
	for _, layout := range layouts {
		single, many := makeDivider(t, 1, layout), makeDivider(t, 4, layout)
		for name, c := range cases {
			t.Run(name+" to "+layout.String(), func(t *testing.T) { _ = same(t, pool, single, many, c.data, 40, 200) })
		}
	}
	good := cases["good"].data
	single, many := makeDivider(t, 1, pipeline.LayoutGray), makeDivider(t, 4, pipeline.LayoutGray)
	for n := range 23 {
		from := mark(good, n) + 2
		if same(t, pool, single, many, without(good, from, mark(good, n+1)), 40, 200) == nil {
			t.Errorf("row %d is missing and nobody noticed", n+1)
		}
	}
}

// FuzzParts holds decoding in parts to what decoding the whole gives.
func FuzzParts(f *testing.F) {
	pool := newPool(f)
	for _, c := range hostile(f, pool) {
		f.Add(c.data)
	}
	for _, layout := range layouts {
		coded := apply(f, makeStriper(f, 1, Sub420), scene(pool, pipeline.Raw(layout, 33, 300)))
		f.Add(bytes.Clone(coded.Data))
		coded.Release()
	}
	var pairs [3][2]*decoder
	for i, layout := range layouts {
		pairs[i] = [2]*decoder{makeDivider(f, 1, layout), makeDivider(f, 4, layout)}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ParseHeader(data)
		if err != nil || h.Width*h.Height > 1<<18 || len(data) > 1<<16 {
			return
		}
		for _, pair := range pairs {
			_ = same(t, pool, pair[0], pair[1], data, h.Width, h.Height)
		}
	})
}
