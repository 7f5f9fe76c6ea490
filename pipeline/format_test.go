package pipeline

import (
	"math"
	"math/bits"
	"strings"
	"testing"
)

// formatCase is a format, a length of data, and a piece of the error that they make; "" is none.
type formatCase struct {
	format Format
	n      int
	want   string
}

func raw(layout Layout, width, height, stride int) Format {
	return Format{Codec: CodecRaw, Width: width, Height: height, Layout: layout, Stride: stride}
}

func formatCases() []formatCase {
	return []formatCase{
		{Raw(LayoutBGR, 640, 480), 640 * 480 * 3, ""},
		{Raw(LayoutGray, 640, 480), 640 * 480, ""},
		{Raw(LayoutI420, 640, 480), 640 * 480 * 3 / 2, ""},
		{Raw(LayoutI420, 5, 3), 5*3 + 2*3*2, ""}, // chroma of 3x2
		{Raw(LayoutI420, 1, 1), 3, ""},
		{Raw(LayoutGray, 1, 1), 1, ""},
		{raw(LayoutBGR, 10, 4, 32), 128, ""},
		{raw(LayoutI420, 10, 4, 13), 13*4 + 2*7*2, ""},
		{Raw(LayoutBGR, 10_000, 10_000), 300_000_000, ""},
		{Raw(LayoutGray, MaxPixels, 1), MaxPixels, ""},
		{Raw(LayoutGray, 1, MaxPixels), MaxPixels, ""},
		{JPEG(65535, 1), 1, ""},
		{JPEG(1, 1), math.MaxInt, ""},
		{Format{Codec: "h264", Width: 16, Height: 16}, 9, ""},
		{AnyFile, 0, ""}, // an empty file is a file
		{AnyFile, math.MaxInt, ""},

		{Format{Codec: CodecFile, Width: 640, Height: 480}, 9, "file frame of 640x480: a file has no size in pixels"},
		{Format{Codec: CodecFile, Layout: LayoutBGR}, 9, "a file has no size in pixels"},
		{Format{Codec: CodecFile, Stride: 4}, 9, "a file has no size in pixels"},
		{Raw(LayoutBGR, 0, 480), 0, "raw frame of 0x480: no pixels"},
		{Raw(LayoutBGR, 640, 0), 0, "no pixels"},
		{JPEG(-1, 480), 10, "no pixels"},
		{JPEG(640, math.MinInt), 10, "no pixels"},
		{JPEG(640, 480), 0, "jpeg frame of 640x480: no data"},
		{JPEG(65535, 65535), 100, "jpeg frame of 65535x65535: more than 100 megapixels"},
		{Raw(LayoutBGR, 65535, 65535), 100, "more than 100 megapixels"},
		{Raw(LayoutGray, 10_001, 10_000), 100_010_000, "more than 100 megapixels"},
		{JPEG(math.MaxInt, math.MaxInt), 100, "more than 100 megapixels"},
		{JPEG(math.MaxInt, 1), 100, "more than 100 megapixels"},
		{JPEG(1<<(bits.UintSize/2), 1<<(bits.UintSize/2)), 100, "more than 100 megapixels"}, // their product is 0
		{raw(LayoutNone, 2, 2, 2), 4, "unknown pixel none"},
		{raw(200, 2, 2, 2), 4, "unknown pixel layout 200"},
		{raw(LayoutBGR, 10, 4, 29), 116, "stride 29 does not hold a row of 30 bytes"},
		{raw(LayoutGray, 10, 4, 0), 0, "stride 0 does not hold a row of 10 bytes"},
		{raw(LayoutGray, 10, 4, -10), 40, "stride -10 does not hold"},
		{raw(LayoutGray, 10, 4, math.MinInt), 40, "does not hold"},
		{raw(LayoutGray, 10, 4, math.MaxInt), 40, "is too large"},
		{raw(LayoutGray, 10, 4, math.MaxInt/4+1), 0, "is too large"}, // 4 rows of it are 0 bytes
		{raw(LayoutGray, 10, 4, MaxPixels+1), 4 * (MaxPixels + 1), "stride 100000001 is too large"},
		{Raw(LayoutBGR, 640, 480), 640*480*3 - 1, "921599 bytes, wants 921600"},
		{Raw(LayoutBGR, 640, 480), 640*480*3 + 1, "921601 bytes, wants 921600"},
		{Raw(LayoutGray, 640, 480), 0, "0 bytes, wants 307200"},
		{Raw(LayoutGray, 640, 480), -1, "-1 bytes, wants"},
	}
}

func TestFormatCheck(t *testing.T) {
	for _, c := range formatCases() {
		err := c.format.Check(c.n)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s, stride %d, %d bytes: %v", c.format, c.format.Stride, c.n, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s, stride %d, %d bytes: %v, want %q", c.format, c.format.Stride, c.n, err, c.want)
		}
	}
}

// FuzzFormatCheck looks for a format that passes and whose planes do not lie within its bytes.
func FuzzFormatCheck(f *testing.F) {
	for _, c := range formatCases() {
		f.Add(string(c.format.Codec), c.format.Width, c.format.Height, uint8(c.format.Layout), c.format.Stride, c.n)
	}
	f.Fuzz(func(t *testing.T, codec string, width, height int, layout uint8, stride, n int) {
		format := Format{Codec(codec), width, height, Layout(layout), stride}
		_ = format.String()
		if format.Check(n) != nil {
			return
		}
		if format.Codec == CodecFile && format != AnyFile {
			t.Fatalf("%+v passes", format)
		}
		if format.Codec != CodecRaw {
			if n == 0 && format.Codec != CodecFile || format.Bytes() != 0 {
				t.Fatalf("%+v with %d bytes: Bytes is %d", format, n, format.Bytes())
			}
			return
		}
		if format.Bytes() != n || int64(n) > 9*MaxPixels || n > math.MaxInt32 {
			t.Fatalf("%+v: %d bytes, checked with %d", format, format.Bytes(), n)
		}
		row := int64(width)
		if format.Layout == LayoutBGR {
			row *= 3
		}
		end := int64(height-1)*int64(stride) + row // where the last row of the picture ends
		if format.Layout == LayoutI420 {
			rows := int64(height+1) / 2
			end = int64(height)*int64(stride) + (2*rows-1)*int64(format.ChromaStride()) + int64(width+1)/2
		}
		if end > int64(n) || end <= 0 {
			t.Fatalf("%+v: the last row ends at %d of %d bytes", format, end, n)
		}
	})
}

func TestFormatMatches(t *testing.T) {
	vga := Raw(LayoutBGR, 640, 480)
	for _, c := range []struct {
		format, pattern Format
		want            bool
	}{
		{vga, Any, true},
		{vga, AnyRaw, true},
		{vga, AnyJPEG, false},
		{vga, Format{Codec: CodecRaw, Layout: LayoutBGR}, true},
		{vga, Format{Codec: CodecRaw, Layout: LayoutGray}, false},
		{vga, Format{Width: 640}, true},
		{vga, Format{Width: 641}, false},
		{vga, Format{Height: 480}, true},
		{vga, Format{Width: 640, Height: 481}, false},
		{raw(LayoutBGR, 640, 480, 2048), vga, true}, // the stride is no part of a pattern
		{JPEG(640, 480), AnyJPEG, true},
		{JPEG(640, 480), JPEG(640, 480), true},
		{JPEG(640, 480), JPEG(640, 360), false},
		{AnyFile, AnyFile, true},
		{AnyFile, Any, true},
		{AnyFile, AnyJPEG, false},
		{JPEG(640, 480), AnyFile, false},
	} {
		if got := c.format.Matches(c.pattern); got != c.want {
			t.Errorf("%s matches %s: %t", c.format, c.pattern, got)
		}
	}
}

func TestFormatString(t *testing.T) {
	for _, c := range []struct {
		format Format
		want   string
	}{
		{Any, "any"},
		{AnyRaw, "raw"},
		{AnyFile, "file"},
		{Format{Codec: CodecRaw, Layout: LayoutI420}, "raw i420"},
		{Raw(LayoutBGR, 640, 480), "raw bgr 640x480"},
		{JPEG(1280, 720), "jpeg 1280x720"},
		{Format{Codec: CodecRaw, Layout: 9}, "raw layout 9"},
	} {
		if got := c.format.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
