//go:build opencv

package file

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

var (
	wantI420 = pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutI420}
	wantBGR  = pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}
	wantGray = pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray}
)

// One colour, in every way in which a clip may hold it, comes out as itself.
func TestColoursOfClips(t *testing.T) {
	const red, green, blue = 200, 60, 120
	const luma = 0.299*red + 0.587*green + 0.114*blue
	x264 := []string{"-c:v", "libx264", "-qp", "0"}
	for _, c := range []struct {
		name, pixels, matrix, tag, width string
		how                              []string
	}{
		{"limited 601", "yuv420p", "smpte170m", "tv", "64", x264},
		{"limited 709", "yuv420p", "bt709", "tv", "64", x264},
		{"full 601", "yuvj420p", "smpte170m", "pc", "64", x264},
		{"full 709", "yuvj420p", "bt709", "pc", "64", x264},
		{"limited 2020", "yuv420p", "bt2020nc", "tv", "64", x264},
		{"untold", "yuv420p", "", "tv", "64", x264},
		{"untold, odd width", "yuv420p", "", "tv", "50", x264},
		{"untold, high definition", "yuv420p", "", "tv", "1280", x264},
		{"4:2:2", "yuv422p", "bt709", "tv", "64", x264},
		{"4:4:4", "yuv444p", "smpte170m", "tv", "50", x264},
		{"4:4:4 full", "yuvj444p", "bt709", "pc", "64", x264},
		{"10 bits", "yuv420p10le", "bt709", "tv", "64", x264},
		{"two planes", "nv12", "smpte170m", "tv", "64", []string{"-c:v", "rawvideo"}},
		{"RGB", "bgr24", "", "pc", "50", []string{"-c:v", "rawvideo"}},
		{"planes of RGB", "gbrp", "gbr", "pc", "64", []string{"-c:v", "libx264rgb", "-qp", "0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"-f", "lavfi", "-i", fmt.Sprintf("color=0x%02X%02X%02X:s=%sx36:d=0.2,format=gbrp", red, green, blue, c.width)}
			scale := "scale=flags=accurate_rnd+full_chroma_int:out_range=" + c.tag
			if c.matrix != "" && c.matrix != "gbr" {
				scale += ":out_color_matrix=" + c.matrix
				args = append(args, "-colorspace", c.matrix)
			}
			if c.matrix == "gbr" {
				scale = "null"
			}
			path := ffmpeg(t, "clip.nut", append(append(args, "-vf", scale, "-pix_fmt", c.pixels, "-color_range", c.tag), c.how...)...)
			const tolerance = 3
			for _, want := range []pipeline.Format{wantBGR, wantI420} {
				got := pictures(t, playing(t, path, want))[2]
				pixels := got.inBGR()
				for i, v := range pixels {
					if d := math.Abs(float64(v) - [...]float64{blue, green, red}[i%3]); d > tolerance {
						t.Fatalf("%s: pixel %d is %v, want [%d %d %d]", got.format, i/3, pixels[i/3*3:][:3], blue, green, red)
					}
				}
			}
			for i, v := range pictures(t, playing(t, path, wantGray))[2].data {
				if math.Abs(float64(v)-luma) > tolerance {
					t.Fatalf("gray pixel %d is %d, want %.0f", i, v, luma)
				}
			}
		})
	}
}

func TestGrayClip(t *testing.T) {
	path := ffmpeg(t, "gray.mkv", "-f", "lavfi", "-i", "color=0xC8C8C8:s=64x36:d=0.2", "-pix_fmt", "gray", "-c:v", "ffv1")
	for _, want := range []pipeline.Format{pipeline.AnyRaw, wantGray, wantBGR, wantI420} {
		got := pictures(t, playing(t, path, want))[2]
		if want == pipeline.AnyRaw && got.format.Layout != pipeline.LayoutGray {
			t.Errorf("given as %s", got.format)
		}
		for i, v := range got.inBGR() {
			if v < 199 || v > 201 {
				t.Fatalf("%s: sample %d is %d, want 200", got.format, i, v)
			}
		}
	}
}

// noise gives a clip of one picture of random samples in limited or full range, of which none is lost.
func noise(t *testing.T, width, height int, matrix string, full bool) (path string, samples []byte) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(width)))
	samples = make([]byte, pipeline.Raw(pipeline.LayoutI420, width, height).Bytes())
	for i := range samples {
		samples[i] = byte(r.Uint32())
	}
	kind, told := "yuv420p", "tv"
	if full {
		kind, told = "yuvj420p", "pc"
	}
	raw := written(t, "noise.raw", samples)
	return ffmpeg(t, "noise.mkv", "-f", "rawvideo", "-pix_fmt", kind, "-s", fmt.Sprintf("%dx%d", width, height), "-color_range", told,
		"-i", raw, "-c:v", "libx264", "-qp", "0", "-colorspace", matrix, "-color_range", told), samples
}

// Each sample is what the standards' own formulas make of it, rounded, or one beside that.
func TestPlanesFollowTheFormulas(t *testing.T) {
	for _, full := range []bool{false, true} {
		for _, matrix := range []string{"smpte170m", "bt709"} {
			for _, size := range [][2]int{{64, 48}, {94, 30}, {2100, 10}} {
				t.Run(fmt.Sprintf("%s %v full %t", matrix, size, full), func(t *testing.T) {
					path, samples := noise(t, size[0], size[1], matrix, full)
					got := pictures(t, playing(t, path, wantI420))[0]
					format := pipeline.Raw(pipeline.LayoutI420, size[0], size[1])
					if got.format != format {
						t.Fatalf("%s", got.format)
					}
					gray := pictures(t, playing(t, path, wantGray))[0]
					from, to := pixel.PlanesOf(samples, format), pixel.PlanesOf(got.data, format)
					for y := range size[1] {
						for x := range size[0] {
							at, chroma := y*size[0]+x, y/2*from.CStride+x/2
							want := expected(from.Y[at], from.Cb[chroma], from.Cr[chroma], matrix, full)
							have := [3]byte{to.Y[at], to.Cb[chroma], to.Cr[chroma]}
							for i := range have {
								if math.Abs(float64(have[i])-want[i]) > 1 {
									t.Fatalf("pixel %d,%d: %v, want %.2f", x, y, have, want)
								}
							}
							if gray.data[at] != have[0] {
								t.Fatalf("pixel %d,%d in gray: %d, want %d", x, y, gray.data[at], have[0])
							}
						}
					}
				})
			}
		}
	}
}

// expected goes by way of RGB (ITU-R BT.601-7 and BT.709-6, section 3; ITU-T T.871, section 7).
func expected(y, cb, cr byte, matrix string, full bool) [3]float64 {
	luma, u, v := float64(y)/255, (float64(cb)-128)/255, (float64(cr)-128)/255
	if !full {
		luma, u, v = (max(float64(y), 16)-16)/219, (float64(cb)-128)/224, (float64(cr)-128)/224
	}
	if matrix == "bt709" {
		red, blue := luma+1.5748*v, luma+1.8556*u
		green := (luma - 0.2126*red - 0.0722*blue) / 0.7152
		luma = 0.299*red + 0.587*green + 0.114*blue
		u, v = (blue-luma)/1.772, (red-luma)/1.402
	}
	clamp := func(x float64) float64 { return max(0, min(255, math.Round(x))) }
	return [3]float64{clamp(255 * luma), clamp(255*u + 128), clamp(255*v + 128)}
}

// A stream may change the size of its pictures and how they lie.
func TestStreamThatChanges(t *testing.T) {
	var all []byte
	for _, c := range [][2]string{{"320x240", "yuv420p"}, {"162x122", "yuv420p"}, {"320x240", "yuv444p"}} {
		part, err := os.ReadFile(ffmpeg(t, "part.h264", "-f", "lavfi", "-i", "testsrc2=r=25:d=0.4:s="+c[0], "-c:v", "libx264", "-pix_fmt", c[1]))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part...)
	}
	path := written(t, "changes.h264", all)
	sizes := map[string]int{}
	for _, p := range pictures(t, playing(t, path, pipeline.AnyRaw)) {
		sizes[p.format.String()]++
	}
	if sizes["raw i420 320x240"] != 10 || sizes["raw i420 162x122"] != 10 || sizes["raw bgr 320x240"] != 10 {
		t.Errorf("pictures by format: %v, want 10 of each of three", sizes)
	}
}
