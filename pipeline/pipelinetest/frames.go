package pipelinetest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"framewire/pipeline"
)

// Apply runs a filter that must succeed on a frame, which stays the caller's, and gives what comes out.
func Apply(t testing.TB, filter pipeline.Filter, f *pipeline.Frame) *pipeline.Frame {
	t.Helper()
	out, err := filter.Apply(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Frame makes a frame of that format: a gradient that moves with seq, and noise on it, the same bytes on
// every run. Raw frames may have a stride of their own, whose padding is noise too. JPEG frames are made
// with the standard library's encoder. The caller releases it.
func Frame(p *pipeline.Pool, format pipeline.Format, seq uint64) *pipeline.Frame {
	var f *pipeline.Frame
	switch format.Codec {
	case pipeline.CodecRaw:
		if format.Stride == 0 {
			format = pipeline.Raw(format.Layout, format.Width, format.Height)
		}
		f = p.Get(format.Bytes())
		paint(f.Data, format.Stride, seq)
	case pipeline.CodecJPEG:
		data := encodeJPEG(format.Width, format.Height, seq)
		f = p.Get(len(data))
		copy(f.Data, data)
	default:
		panic(fmt.Sprintf("pipelinetest: no frames of codec %q", format.Codec))
	}
	f.Format = format
	f.Stream = pipeline.StreamID{'t', 'e', 's', 't'}
	f.Seq = seq
	f.Captured = time.Now()
	f.PTS = time.Duration(seq) * 40 * time.Millisecond
	f.Key = true
	return f
}

// Frames makes n frames of one format with the numbers 0 to n-1.
func Frames(p *pipeline.Pool, format pipeline.Format, n int) []*pipeline.Frame {
	list := make([]*pipeline.Frame, n)
	for i := range list {
		list[i] = Frame(p, format, uint64(i))
	}
	return list
}

// paint fills rows of stride bytes with a moving gradient and three bits of noise.
func paint(data []byte, stride int, seq uint64) {
	noise := seq*0x9E3779B97F4A7C15 | 1
	for y := 0; len(data) > 0; y++ {
		row := data[:min(stride, len(data))]
		data = data[len(row):]
		start := 2*y + 3*int(seq)
		for x := range row {
			noise ^= noise << 13
			noise ^= noise >> 7
			noise ^= noise << 17
			row[x] = byte(start+x) ^ byte(noise&7)
		}
	}
}

func encodeJPEG(width, height int, seq uint64) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	paint(img.Y, img.YStride, seq)
	paint(img.Cb, img.CStride, seq+1)
	paint(img.Cr, img.CStride, seq+2)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(fmt.Sprintf("pipelinetest: JPEG of %dx%d: %v", width, height, err))
	}
	return buf.Bytes()
}

// examples gives formats that fit the pattern, in several sizes with odd ones among them.
func examples(pattern pipeline.Format) []pipeline.Format {
	sizes := []image.Point{{64, 48}, {161, 91}, {16, 16}}
	if pattern.Width > 0 && pattern.Height > 0 {
		sizes = []image.Point{{pattern.Width, pattern.Height}}
	}
	var list []pipeline.Format
	for _, size := range sizes {
		if pattern.Codec == pipeline.CodecJPEG || pattern.Codec == "" {
			list = append(list, pipeline.JPEG(size.X, size.Y))
		}
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
			if f := pipeline.Raw(layout, size.X, size.Y); f.Matches(pattern) {
				list = append(list, f)
			}
		}
	}
	return list
}

// release gives a reference of each frame back.
func release(frames []*pipeline.Frame) {
	for _, f := range frames {
		f.Release()
	}
}
