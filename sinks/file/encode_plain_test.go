//go:build !opencv

package file

import "testing"

func TestEncodingNeedsOpenCV(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Path: "a.mp4"}, "path: recording to .mp4 needs OpenCV: build with `make build`, or record to .mkv"},
		{Config{Path: "a.mkv", Codec: "h264"}, "codec: \"h264\" needs OpenCV: build with `make build`, or use copy"},
	} {
		if err := c.cfg.Validate(); err == nil || err.Error() != c.want {
			t.Errorf("%+v:\n got %v\nwant %s", c.cfg, err, c.want)
		}
	}
}
