package still

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"framewire/pipeline"
)

// heif gives a file with boxes in which decoders look for more.
func heif(brand string, w, h uint32) []byte {
	data := []byte("\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00mif1" + brand)
	data = append(data, "\x00\x00\x00\x14ispe\x00\x00\x00\x00"...)
	data = binary.BigEndian.AppendUint32(data, w)
	return binary.BigEndian.AppendUint32(data, h)
}

func TestHEIF(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"heic":    {heif("heic", 64, 64), "a HEIC picture, which "},
		"avif":    {heif("avif", 64, 64), "an AVIF picture, which "},
		"large":   {heif("heic", 65535, 65535), "a HEIC file that cannot be decoded: its header says 65535x65535 pixels"},
		"larger":  {append(heif("heic", 64, 64), heif("", 1<<31, 1<<31)...), "a HEIC file that cannot be decoded: its header says"},
		"no size": {heif("heic", 64, 64)[:30], "a HEIC file that cannot be decoded: it says nothing of its size"},
		"film":    {heif("isom", 64, 64), "a video file, or a kind of HEIF that is not known here"},
		"short":   {[]byte("\x00\x00\x00\x08ftyp"), "a video file, or"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode(t, c.data)
			if err == nil || !strings.HasPrefix(err.Error(), c.says) {
				t.Fatalf("%v, want %s", err, c.says)
			}
			if unread := strings.Contains(c.says, "picture, which"); errors.Is(err, ErrUnread) != unread {
				t.Errorf("ErrUnread is %t: %v", !unread, err)
			}
		})
	}
}

// FuzzDecode feeds whole files; small pictures only, for the speed of it.
func FuzzDecode(f *testing.F) {
	f.Add(pngOf(f, shades(3, 2)))
	f.Add(withEXIF(jpegOf(f, shades(8, 8)), exif(binary.BigEndian, 5)))
	f.Add(unbase64(f, webpLossy))
	f.Add(unbase64(f, webpAlpha))
	f.Add(unbase64(f, webpLossless))
	f.Add(bombBMP())
	f.Add(heif("heic", 64, 64))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, k := range kinds() {
			if begins(data, k.magic) && !small(k, data) {
				return
			}
		}
		_, _ = decode(t, data) // what it gives, it checks
	})
}

// small looks at the size that a header promises.
func small(k kind, data []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	cfg, err := k.config(strings.NewReader(string(data)))
	return err == nil && cfg.Width*cfg.Height <= 1<<16
}

func BenchmarkUpright(b *testing.B) {
	pool := pipeline.NewPool()
	format := pipeline.Raw(pipeline.LayoutBGR, 4000, 3000)
	b.ReportAllocs()
	b.SetBytes(int64(format.Bytes()))
	for b.Loop() {
		f := pool.Get(format.Bytes())
		f.Format = format
		upright(f, 6).Release()
	}
}
