package demux

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"framewire/sources/file/demux/demuxtest"
)

// taken is what a demuxer gave before it ended.
type taken struct {
	images [][]byte
	times  []time.Duration
	about  About
	err    error // nil after a clean end
}

func demuxed(content []byte) taken { return demuxedFrom(bytes.NewReader(content)) }

func demuxedFrom(r io.Reader) taken {
	d, err := Open(NewTape(r))
	if err != nil {
		return taken{err: err}
	}
	got := taken{about: d.About()}
	for {
		image, told, err := d.Next(nil)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				got.err = err
			}
			return got
		}
		got.images, got.times = append(got.images, bytes.Clone(image)), append(got.times, told)
	}
}

// demuxCases are clips that play whole: name, bytes, and the times of their pictures in ms (nil: none told).
func demuxCases(t testing.TB) []struct {
	name    string
	content []byte
	times   []int
	step    time.Duration
} {
	t.Helper()
	p := demuxtest.Photos(t, 6)
	every40 := []int{0, 40, 80, 120, 160, 200}
	preview := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 30}, p[1][:28]...) // an image begins in the EXIF data
	preview = append(preview, p[0][2:]...)
	return []struct {
		name    string
		content []byte
		times   []int
		step    time.Duration
	}{
		{"matroska", demuxtest.Matroska(p, demuxtest.MatroskaOptions{}), every40, 0},
		{"matroska, rate told", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Tell: true}), every40, 40 * time.Millisecond},
		{"matroska, unknown sizes", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Unknown: true}), every40, 0},
		{"matroska, block groups", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Groups: true}), every40, 0},
		{"matroska, block groups of unknown size", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Groups: true, Unknown: true}), every40, 0},
		{"matroska, sound first", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Audio: true}), every40, 0},
		{"matroska, with an index", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Cues: true}), every40, 0},
		{"matroska, one cluster", demuxtest.Matroska(p, demuxtest.MatroskaOptions{PerCluster: 99}), every40, 0},
		{"matroska, ticks of 0.1 ms", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Scale: 100_000}), every40, 0},
		{"avi", demuxtest.AVI(p, demuxtest.AVIOptions{}), every40, 40 * time.Millisecond},
		{"avi, sound first", demuxtest.AVI(p, demuxtest.AVIOptions{Audio: true}), every40, 40 * time.Millisecond},
		{"avi, records", demuxtest.AVI(p, demuxtest.AVIOptions{Records: true}), every40, 40 * time.Millisecond},
		{"avi, two RIFFs", demuxtest.AVI(p, demuxtest.AVIOptions{Second: 3}), every40, 40 * time.Millisecond},
		{"avi, ticks without a picture", demuxtest.AVI(p, demuxtest.AVIOptions{Empty: []int{1, 2, 5}}), []int{0, 120, 160, 240, 280, 320}, 40 * time.Millisecond},
		{"avi, with an index", demuxtest.AVI(p, demuxtest.AVIOptions{Index: 1}), every40, 40 * time.Millisecond},
		{"avi, 29.97", demuxtest.AVI(p, demuxtest.AVIOptions{Rate: 30000, Scale: 1001}), []int{0, 33, 66, 100, 133, 166}, 33366667},
		{"mp4, a picture a fragment", demuxtest.MP4(p, 1), every40, 40 * time.Millisecond},
		{"mp4, several in a fragment", demuxtest.MP4(p, 4), every40, 40 * time.Millisecond},
		{"mp4, with an index", demuxtest.MP4Indexed(p, 2, 0), every40, 40 * time.Millisecond},
		{"mjpeg", bytes.Join(p, nil), nil, NoTime},
		{"mjpeg, rubbish between", bytes.Join(p, []byte("\r\n--border\r\nContent-Type: image/jpeg\r\n\r\n")), nil, NoTime},
		{"mjpeg, previews inside", bytes.Repeat(preview, 6), nil, NoTime},
		{"mjpeg, padded markers", bytes.ReplaceAll(bytes.Join(p, nil), []byte{0xFF, 0xC0}, []byte{0xFF, 0xFF, 0xFF, 0xC0}), nil, NoTime},
	}
}

func TestDemux(t *testing.T) {
	for _, c := range demuxCases(t) {
		t.Run(c.name, func(t *testing.T) {
			got := demuxed(c.content)
			if got.err != nil {
				t.Fatal(got.err)
			}
			// What comes over a network, where nobody can jump, is read the same.
			if streamed := demuxedFrom(struct{ io.Reader }{bytes.NewReader(c.content)}); !reflect.DeepEqual(streamed, got) {
				t.Errorf("read as a stream it gives %d pictures, %v", len(streamed.images), streamed.err)
			}
			if len(got.images) != 6 {
				t.Fatalf("%d pictures, want 6", len(got.images))
			}
			for i, image := range got.images {
				if !bytes.Contains(c.content, image) || image[0] != 0xFF || image[1] != 0xD8 {
					t.Errorf("picture %d is not in the clip", i)
				}
				if !strings.HasPrefix(c.name, "mjpeg, p") && !bytes.Equal(image, demuxtest.Photo(t, i)) {
					t.Errorf("picture %d is not what was put in", i)
				}
				want := NoTime
				if c.times != nil {
					want = time.Duration(c.times[i]) * time.Millisecond
				}
				if told := got.times[i]; told != want && (c.times == nil || told.Truncate(time.Millisecond) != want) {
					t.Errorf("picture %d at %s, want %s", i, told, want)
				}
			}
			if got.about.Step != c.step {
				t.Errorf("step %s, want %s", got.about.Step, c.step)
			}
		})
	}
}

// An image is written where its frame has room for it, and is the same where it has not.
func TestNextTakesTheRoomThatItGets(t *testing.T) {
	for _, c := range demuxCases(t) {
		t.Run(c.name, func(t *testing.T) {
			want := demuxed(c.content).images[0]
			for less := range 2 {
				d, err := Open(NewTape(bytes.NewReader(c.content)))
				if err != nil {
					t.Fatal(err)
				}
				room := make([]byte, len(want)-less)
				image, _, err := d.Next(room[:0])
				if err != nil || !bytes.Equal(image, want) {
					t.Errorf("with room for %d of %d bytes it gives %d other bytes, %v", len(room), len(want), len(image), err)
				} else if there := &image[0] == &room[0]; there != (less == 0) {
					t.Errorf("with room for %d of %d bytes: written there: %v", len(room), len(want), there)
				}
			}
		})
	}
}

// A recording that was cut off anywhere plays its whole pictures, each of them unharmed.
func TestDemuxCutOffAnywhere(t *testing.T) {
	for _, c := range demuxCases(t) {
		t.Run(c.name, func(t *testing.T) {
			whole := demuxed(c.content)
			last := 0
			for n := range len(c.content) {
				got := demuxed(c.content[:n])
				if got.err != nil {
					if got.images != nil || !strings.Contains(got.err.Error(), "ends before its first picture") && !errors.Is(got.err, ErrNotMJPEG) && !errors.Is(got.err, io.EOF) {
						t.Fatalf("cut off at %d of %d: %v", n, len(c.content), got.err)
					}
					continue
				}
				if len(got.images) < last || len(got.images) > 6 {
					t.Fatalf("cut off at %d: %d pictures, and %d before", n, len(got.images), last)
				}
				last = len(got.images)
				for i := range got.images {
					if !bytes.Equal(got.images[i], whole.images[i]) {
						t.Fatalf("cut off at %d: picture %d is changed", n, i)
					}
				}
			}
			if last < 5 {
				t.Errorf("without its last byte the clip has %d pictures", last)
			}
		})
	}
}

func TestDemuxErrors(t *testing.T) {
	p := demuxtest.Photos(t, 3)
	mkv := demuxtest.Matroska(p, demuxtest.MatroskaOptions{})
	avi := demuxtest.AVI(p, demuxtest.AVIOptions{})
	first := bytes.Index(mkv, p[0])
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"another codec in matroska", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Codec: "V_MPEG4/ISO/AVC"}), "not Motion JPEG"},
		{"compressed again", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Encodings: true}), "not Motion JPEG"},
		{"another codec in avi", demuxtest.AVI(p, demuxtest.AVIOptions{Codec: "XVID"}), "not Motion JPEG"},
		{"something else", []byte("\x00\x00\x00\x20ftypisom"), "not Motion JPEG"},
		{"lacing", demuxtest.Matroska(p, demuxtest.MatroskaOptions{Flags: 0x02}), "holds several pictures (lacing), which is not read here: copy the clip with `ffmpeg -i IN -c copy OUT.mkv`"},
		{"a tick of nothing", bytes.Replace(mkv, demuxtest.Number(1_000_000), demuxtest.Number(0), 1), "a tick of 0 ns"},
		{"rubbish in matroska", append(bytes.Clone(mkv[:first+len(p[0])]), 0, 0, 0, 0), "no element begins with 0x00"},
		{"a huge block", append(bytes.Clone(mkv[:first+len(p[0])]), 0xA3, 0x01, 0x00, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81), "a block of 17592186044415 bytes"},
		{"a long integer", append(bytes.Clone(mkv[:first+len(p[0])]), 0xE7, 0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9), "an integer of 9 bytes"},
		{"rubbish in avi", append(bytes.Clone(avi[:bytes.Index(avi, []byte("movi"))+4]), 0xFF, 1, 2, 3, 4, 5, 6, 7), "no chunk is named"},
		{"a huge picture in avi", append(bytes.Clone(avi[:bytes.Index(avi, []byte("movi"))+4]), "00dc\xFF\xFF\xFF\xFF"...), "a picture of 4294967295 bytes"},
		{"a huge header in avi", bytes.Replace(avi, []byte("strh\x38\x00\x00\x00"), []byte("strh\x00\x00\x00\x7F"), 1), "a header of 2130706432 bytes"},
		{"a huge picture in mjpeg", append(bytes.Clone(p[0][:len(p[0])-2]), make([]byte, maxImage)...), "a picture of more than 64 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := demuxed(c.content)
			if got.err == nil || !strings.Contains(got.err.Error(), c.want) {
				t.Errorf("got %v with %d pictures, want %q", got.err, len(got.images), c.want)
			}
		})
	}
}

// A false length at the end of a short file takes no memory to speak of.
func TestReadNTakesNoMoreThanComes(t *testing.T) {
	buf, err := readN(bytes.NewReader(make([]byte, 1000)), nil, maxImage)
	if err != io.EOF || len(buf) != 1000 {
		t.Errorf("%d bytes, %v", len(buf), err)
	}
	if cap(buf) > leastGrowth {
		t.Errorf("took %d bytes for 1000", cap(buf))
	}
}

func TestMatroskaRotation(t *testing.T) {
	for roll, want := range map[float64]int{0: 0, -90: 90, 90: 270, 180: 180, -180: 180, -89.6: 90, 44: 0, 1e300: 0} {
		got := demuxed(demuxtest.Matroska(demuxtest.Photos(t, 1), demuxtest.MatroskaOptions{Roll: roll}))
		if got.err != nil || got.about.Rotation != want {
			t.Errorf("roll %g: rotation %d, want %d (%v)", roll, got.about.Rotation, want, got.err)
		}
	}
}

func fuzzDemux(f *testing.F, prefix string) {
	for _, c := range demuxCases(f) {
		if strings.HasPrefix(c.name, prefix) {
			f.Add(c.content)
			f.Add(c.content[:len(c.content)/2])
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got := demuxed(content)
		total := 0
		for _, image := range got.images {
			total += len(image)
		}
		if total > len(content) {
			t.Errorf("%d bytes of pictures from a file of %d", total, len(content))
		}
		searched(content)
	})
}

// searched jumps about in a clip, whatever its index says.
func searched(content []byte) {
	d, err := Open(NewTape(bytes.NewReader(content)))
	if err != nil {
		return
	}
	for _, to := range []time.Duration{100 * time.Millisecond, time.Hour, 0} {
		if _, ok := d.Jump(to); ok {
			_, _, _ = d.Next(nil)
		}
	}
}

func FuzzMatroska(f *testing.F) { fuzzDemux(f, "matroska") }
func FuzzAVI(f *testing.F)      { fuzzDemux(f, "avi") }
func FuzzMP4(f *testing.F)      { fuzzDemux(f, "mp4") }
func FuzzMJPEG(f *testing.F)    { fuzzDemux(f, "mjpeg") }

func BenchmarkNext(b *testing.B) {
	clips, size := demuxtest.Long(b)
	for name, content := range clips {
		b.Run(name, func(b *testing.B) {
			d, left, image := Demuxer(nil), 0, []byte(nil)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if left == 0 {
					var err error
					if d, err = Open(NewTape(bytes.NewReader(content))); err != nil {
						b.Fatal(err)
					}
					left = demuxtest.LongImages
				}
				var err error
				if image, _, err = d.Next(image); err != nil {
					b.Fatal(err)
				}
				left--
			}
		})
	}
}
