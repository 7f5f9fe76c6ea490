package file

import (
	"bytes"
	"testing"
	"time"

	"framewire/pipeline"
)

// The clips of other programs are searched to the very picture, whatever is in them and however they are played.
func TestSeekRealClips(t *testing.T) {
	clips := append(realClips[:len(realClips):len(realClips)],
		realClip{"gop.ts", []string{"-c:v", "libx264", "-bf", "3", "-g", "20", "-pix_fmt", "yuv420p"}, false, false},
		realClip{"gop.mp4", []string{"-c:v", "libx264", "-bf", "3", "-g", "20", "-x264-params", "open-gop=1", "-pix_fmt", "yuv420p"}, false, false},
		realClip{"late.mkv", []string{"-c:v", "libx264", "-g", "20", "-output_ts_offset", "100", "-pix_fmt", "yuv420p"}, false, false},
		realClip{"raw.h264", []string{"-c:v", "libx264", "-bf", "0", "-g", "20", "-pix_fmt", "yuv420p"}, false, false},
		realClip{"fragmented.mp4", []string{"-c:v", "mjpeg", "-movflags", "frag_every_frame+empty_moov"}, true, true},
		realClip{"fragments.mp4", []string{"-c:v", "mjpeg", "-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "300000"}, true, true},
		realClip{"fragments.mov", []string{"-c:v", "mjpeg", "-movflags", "frag_keyframe+empty_moov+default_base_moof"}, true, true},
	)
	for _, c := range clips {
		if plainBuild && !c.plain {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			path := ffmpeg(t, c.name, append([]string{"-f", "lavfi", "-i", patternClip}, c.args...)...)
			wants := [][]pipeline.Format{{pipeline.AnyJPEG, pipeline.AnyRaw}}
			if !plainBuild {
				wants = append(wants, []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutI420}})
			}
			for _, want := range wants {
				all := pictures(t, playing(t, path, want...))
				if len(all) < 20 {
					t.Fatalf("%d pictures", len(all))
				}
				seekAround(t, playing(t, path, want...), all)
			}
		})
	}
}

// seekAround seeks forth and back in a clip of which all pictures are known.
func seekAround(t *testing.T, s *source, all []picture) {
	t.Helper()
	at := time.Duration(0)
	for _, i := range []int{0, len(all) / 2, 3, len(all) - 2, len(all) - 1, 1, 11, 12, 10, 0} {
		to := all[i].pts
		s.env.Control.Send(pipeline.Command{Action: pipeline.ActionSeek, Value: (to - at).Seconds()})
		at = to
		f, err := s.Read(t.Context())
		if err != nil {
			t.Fatalf("picture %d at %s: %v", i, to, err)
		}
		if !bytes.Equal(f.Data, all[i].data) {
			other := -1
			for j := range all {
				if bytes.Equal(f.Data, all[j].data) {
					other = j
				}
			}
			t.Errorf("seeking to picture %d at %s of %s gives picture %d", i, to, f.Format, other)
		}
		f.Release()
	}
}
