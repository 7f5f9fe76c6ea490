package jpeg

import (
	"bytes"
	"fmt"
	"testing"

	"framewire/pipeline"
)

var layouts = []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420}

// TestRoundTrip encodes and decodes every layout in even, odd and tiny sizes, with and without padding.
func TestRoundTrip(t *testing.T) {
	pool := newPool(t)
	sizes := []struct{ w, h int }{{640, 480}, {161, 91}, {64, 33}, {33, 64}, {17, 16}, {8, 8}, {2, 2}, {3, 1}, {1, 3}, {1, 1}}
	for _, layout := range layouts {
		encoder, decoder := makeEncoder(t, 90, Sub420), makeDecoder(t, layout)
		for _, size := range sizes {
			for _, padding := range []int{0, 5} {
				format := pipeline.Raw(layout, size.w, size.h)
				format.Stride += padding
				t.Run(fmt.Sprintf("%s padding %d", format, padding), func(t *testing.T) {
					in := scene(pool, format)
					in.Retain()
					defer in.Release()
					in.Meta.Name, in.Seq, in.PTS = "a.png", 7, 9
					coded := apply(t, encoder, in)
					if coded.Format != pipeline.JPEG(size.w, size.h) || !coded.Key || coded.Meta != in.Meta || coded.Seq != 7 || coded.PTS != 9 {
						t.Errorf("encoded: %s, key %v, %+v", coded.Format, coded.Key, coded.Meta)
					}
					out := apply(t, decoder, coded)
					defer out.Release()
					if want := pipeline.Raw(layout, size.w, size.h); out.Format != want {
						t.Fatalf("decoded: %+v, want %+v", out.Format, want)
					}
					if db := psnr(t, in, out); db < 30 {
						t.Errorf("%.1f dB", db)
					}
				})
			}
		}
	}
}

// TestColours sees to the order of the channels, which a smooth picture would not show.
func TestColours(t *testing.T) {
	pool := newPool(t)
	encoder := makeEncoder(t, 95, Sub420)
	for name, bgr := range map[string][3]byte{
		"red": {0, 0, 255}, "green": {0, 255, 0}, "blue": {255, 0, 0}, "white": {255, 255, 255}, "black": {0, 0, 0}, "orange": {0, 128, 255},
	} {
		for _, way := range layouts {
			t.Run(name+" by "+way.String(), func(t *testing.T) {
				f := flat(pool, 33, 18, bgr[0], bgr[1], bgr[2])
				if way == pipeline.LayoutI420 {
					f = apply(t, makeDecoder(t, way), f)
				}
				coded := apply(t, encoder, f)
				if way == pipeline.LayoutGray {
					out := apply(t, makeDecoder(t, way), coded)
					defer out.Release()
					near(t, out.Data[0], byte(0.114*float64(bgr[0])+0.587*float64(bgr[1])+0.299*float64(bgr[2])+0.5))
					return
				}
				out := apply(t, makeDecoder(t, pipeline.LayoutBGR), coded)
				defer out.Release()
				for i, v := range out.Data {
					near(t, v, bgr[i%3])
				}
			})
		}
	}
}

func near(t *testing.T, got, want byte) {
	t.Helper()
	if d := int(got) - int(want); d < -4 || d > 4 {
		t.Fatalf("sample %d, want about %d", got, want)
	}
}

// TestForeignPictures decodes the kinds of JPEG that only other programs write.
func TestForeignPictures(t *testing.T) {
	pool := newPool(t)
	standard := makeEncoder(t, 90, Sub420)
	for name, data := range map[string][]byte{
		"progressive": fixture(t, progressive), "4:2:2": fixture(t, half422), "4:4:4": fixture(t, full444),
		"4:4:0": fixture(t, upright440), "CMYK": fixture(t, cmyk),
		"MJPEG without tables": likeCamera(t, apply(t, standard, flat(pool, 16, 16, 16, 33, 208))),
		"bytes behind the end": append(fixture(t, progressive), "\xFF\xDA\x00\x08 a clip\x00\x00"...),
		"fill bytes":           append([]byte("\xFF\xD8\xFF\xFF"), fixture(t, half422)[2:]...),
	} {
		for _, layout := range layouts {
			t.Run(name+" to "+layout.String(), func(t *testing.T) {
				out := apply(t, makeDecoder(t, layout), photo(pool, data, 16, 16))
				if layout == pipeline.LayoutGray {
					defer out.Release()
					near(t, out.Data[100], 83)
					return
				}
				out = apply(t, makeDecoder(t, pipeline.LayoutBGR), out)
				defer out.Release()
				near(t, out.Data[300], 16)
				near(t, out.Data[301], 33)
				near(t, out.Data[302], 208)
			})
		}
	}
}

// likeCamera cuts the Huffman tables out of a JPEG, as MJPEG cameras do.
func likeCamera(t *testing.T, f *pipeline.Frame) []byte {
	t.Helper()
	defer f.Release()
	data := bytes.Clone(f.Data)
	for {
		i := bytes.Index(data, []byte{0xFF, mDHT})
		if i < 0 {
			return data
		}
		data = append(data[:i], data[i+2+int(data[i+2])<<8+int(data[i+3]):]...)
	}
}

func TestDecodeCheapest(t *testing.T) {
	pool := newPool(t)
	decoder := makeDecoder(t, pipeline.LayoutNone)
	gray := apply(t, makeEncoder(t, 80, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutGray, 16, 16)))
	colour := apply(t, makeEncoder(t, 80, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, 16, 16)))
	for _, c := range []struct {
		in   *pipeline.Frame
		want pipeline.Layout
	}{
		{gray, pipeline.LayoutGray},
		{colour, pipeline.LayoutI420},
		{photo(pool, fixture(t, half422), 16, 16), pipeline.LayoutBGR},
		{photo(pool, fixture(t, cmyk), 16, 16), pipeline.LayoutBGR},
	} {
		out := apply(t, decoder, c.in)
		if out.Format != pipeline.Raw(c.want, 16, 16) {
			t.Errorf("got %s, want %s", out.Format, c.want)
		}
		out.Release()
	}
}

func TestPassThrough(t *testing.T) {
	pool := newPool(t)
	in := photo(pool, plain(t, 32, 16), 32, 16)
	out := apply(t, makeEncoder(t, 1, Sub420), in)
	if out != in {
		t.Error("the encoder made a new frame of one that is JPEG")
	}
	out.Release()
	raw := scene(pool, pipeline.Raw(pipeline.LayoutBGR, 32, 16))
	out = apply(t, makeDecoder(t, pipeline.LayoutBGR), raw)
	if out != raw {
		t.Error("the decoder made a new frame of one that is raw in the layout wanted")
	}
	out.Release()
}

// TestStandardTables has the encoder write what RTP and hardware decoders expect: the tables of annex K.
func TestStandardTables(t *testing.T) {
	pool := newPool(t)
	out := apply(t, makeEncoder(t, 80, Sub420), scene(pool, pipeline.Raw(pipeline.LayoutBGR, 64, 64)))
	defer out.Release()
	h, err := ParseHeader(out.Data)
	if err != nil || !h.Tables || h.Progressive || !h.Half || h.Model != ModelYCbCr {
		t.Fatalf("%+v, %v", h, err)
	}
	for rest := standardTables[4:]; len(rest) > 0; {
		n := 17
		for _, count := range []byte(rest[1:17]) {
			n += int(count)
		}
		if !bytes.Contains(out.Data[:h.scan], []byte(rest[:n])) {
			t.Errorf("table %#x is not the standard one", rest[0])
		}
		rest = rest[n:]
	}
}
