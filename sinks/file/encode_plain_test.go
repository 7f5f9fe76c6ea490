//go:build !opencv

package file

import "testing"

func TestEncodingNeedsOpenCV(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Path: "a.mp4", Codec: "re-encode", Buffer: 1 << 20}, "codec: \"re-encode\" needs OpenCV: build with `make build`, or use copy"},
		{Config{Path: "a.mkv", Codec: "h264", Buffer: 1 << 20}, "codec: \"h264\" needs OpenCV: build with `make build`, or use copy"},
	} {
		if err := c.cfg.Validate(); err == nil || err.Error() != c.want {
			t.Errorf("%+v:\n got %v\nwant %s", c.cfg, err, c.want)
		}
	}
}
