package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/sources/testpattern"
)

// camera gives the pictures of the test pattern as JPEG.
type camera struct {
	source  pipeline.Source
	encoder pipeline.Filter
}

func newCamera(tb testing.TB, size config.Size) *camera {
	tb.Helper()
	source, err := pattern(size, 1000, 0, pipeline.LayoutBGR)
	if err != nil {
		tb.Fatal(err)
	}
	if err := source.Open(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	spec := jpeg.EncoderSpec()
	encoder, err := spec.NewFilter(spec.Config(), pipeline.Env{Advice: func() pipeline.Advice { return pipeline.Advice{} }})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := errors.Join(source.Close(), encoder.Close()); err != nil {
			tb.Error(err)
		}
	})
	return &camera{source, encoder}
}

// next gives the next picture and its marker.
func (c *camera) next(ctx context.Context) ([]byte, testpattern.Marker, error) {
	f, err := c.source.Read(ctx)
	if err != nil {
		return nil, testpattern.Marker{}, err
	}
	defer f.Release()
	m, err := testpattern.ReadMarker(f)
	if err != nil {
		return nil, m, err
	}
	small, err := c.encoder.Apply(ctx, f)
	if err != nil {
		return nil, m, err
	}
	defer small.Release()
	return bytes.Clone(small.Data), m, nil
}

// encoded gives the first pictures and their markers.
func encoded(tb testing.TB, size config.Size, n int) (pictures [][]byte, markers []testpattern.Marker) {
	tb.Helper()
	c := newCamera(tb, size)
	for range n {
		picture, m, err := c.next(tb.Context())
		if err != nil {
			tb.Fatal(err)
		}
		pictures, markers = append(pictures, picture), append(markers, m)
	}
	return pictures, markers
}

func TestGlance(t *testing.T) {
	for _, size := range []config.Size{{Width: 128, Height: 128}, {Width: 641, Height: 479}, {Width: 1920, Height: 1080}} {
		pictures, markers := encoded(t, size, 2)
		for i, picture := range pictures {
			if m, err := glance(picture); err != nil || m != markers[i] {
				t.Errorf("%s: %+v, %v; want %+v", size, m, err, markers[i])
			}
		}
	}
}

func TestGlanceAtOtherThings(t *testing.T) {
	encode := func(picture image.Image) []byte {
		var b bytes.Buffer
		if err := stdjpeg.Encode(&b, picture, nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	gray := image.NewGray(image.Rect(0, 0, 128, 128))
	gray.SetGray(1, 1, color.Gray{Y: 255})
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"nothing", nil, "EOF"},
		{"no JPEG", []byte("GIF89a"), "invalid JPEG format"},
		{"low", encode(image.NewRGBA(image.Rect(0, 0, 128, 32))), "a baseline JPEG of 64 rows"},
		{"gray", encode(gray), "a JPEG without colour"},
		{"black", encode(image.NewRGBA(image.Rect(0, 0, 128, 128))), "no marker"},
	} {
		if _, err := glance(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzGlance(f *testing.F) {
	pictures, _ := encoded(f, config.Size{Width: 128, Height: 128}, 1)
	f.Add(pictures[0])
	f.Add(pictures[0][:200])
	f.Fuzz(func(t *testing.T, picture []byte) {
		if m, err := glance(picture); err == nil && m.Seq > 1<<32-1 {
			t.Errorf("%+v", m)
		}
	})
}

// TestAlbum develops what was kept once, whoever saw it first.
func TestAlbum(t *testing.T) {
	var a album
	pictures, markers := encoded(t, config.Size{Width: 128, Height: 128}, 2)
	for range 2 {
		for key, picture := range pictures {
			a.keep(uint64(key), picture)
		}
	}
	a.put(7, origin{3, time.Unix(9, 0)})
	got, err := a.develop()
	if err != nil || len(got) != 3 || got[7].number != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	for key, m := range markers {
		if o := got[uint64(key)]; o.number != m.Seq || !o.captured.Equal(m.Captured) {
			t.Errorf("picture %d: %+v, want %+v", key, o, m)
		}
	}
	a.keep(8, []byte("no picture"))
	if _, err := a.develop(); err == nil || !strings.Contains(err.Error(), "a picture of 10 bytes") {
		t.Error(err)
	}
}

// TestJPEGStream cuts a stream into pictures, however it comes.
func TestJPEGStream(t *testing.T) {
	pictures, markers := encoded(t, config.Size{Width: 128, Height: 128}, 3)
	stream := bytes.Join(pictures, nil)
	for name, in := range map[string]io.Reader{
		"at once":          bytes.NewReader(stream),
		"byte by byte":     iotest.OneByteReader(bytes.NewReader(stream)),
		"with the error":   iotest.DataErrReader(bytes.NewReader(stream)),
		"and a part of it": io.MultiReader(bytes.NewReader(stream), bytes.NewReader(stream[:50])),
	} {
		var a album
		s := newJPEGStream(in, &a)
		for i := range pictures {
			key, err := s.next()
			if err != nil {
				t.Fatalf("%s, picture %d: %v", name, i, err)
			}
			if !bytes.Equal(a.unread[key], pictures[i]) {
				t.Errorf("%s: picture %d has %d bytes, want %d", name, i, len(a.unread[key]), len(pictures[i]))
			}
		}
		if _, err := s.next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v at the end", name, err)
		}
		if origins, err := a.develop(); err != nil || len(origins) != len(markers) {
			t.Errorf("%s: %v, %v", name, origins, err)
		}
	}
}

// TestJPEGStreamWithoutAnEnd gives up before its memory does.
func TestJPEGStreamWithoutAnEnd(t *testing.T) {
	endless := io.LimitReader(zeroes{}, 4*maxPicture)
	if _, err := newJPEGStream(endless, new(album)).next(); err == nil || err.Error() != "no end of a picture comes" {
		t.Error(err)
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func BenchmarkJPEGStream(b *testing.B) {
	pictures, _ := encoded(b, config.Size{Width: 1920, Height: 1080}, 1)
	b.SetBytes(int64(len(pictures[0])))
	b.ReportAllocs()
	again := &repeated{picture: pictures[0]}
	s := newJPEGStream(again, new(album))
	for b.Loop() {
		if _, err := s.next(); err != nil {
			b.Fatal(err)
		}
	}
}

// repeated is a stream of one picture again and again.
type repeated struct {
	picture []byte
	at      int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.picture[r.at:])
	r.at = (r.at + n) % len(r.picture)
	return n, nil
}
