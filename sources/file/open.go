package file

import (
	"context"
	"errors"
	"fmt"

	"framewire/pipeline"
	"framewire/sources/file/demux"
)

// openClip finds the way to play a clip: a demuxer from here for Motion JPEG that may stay as it is,
// the native library for the rest.
func (s *source) openClip(ctx context.Context, path string) (player, error) {
	at, err := parseTarget(path)
	if err != nil {
		return nil, err
	}
	if at.url != nil && !at.isWeb() {
		if err := at.reachable(ctx); err != nil {
			return nil, err
		}
		return s.openNative(ctx, at, true)
	}
	in, err := at.openInput(ctx)
	if err != nil {
		return nil, err
	}
	r := demux.NewTape(in.ReadCloser)
	if err := at.checkHead(r); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	if s.cfg.Passthrough == Auto && takesJPEG(s.env.Want) {
		clip, err := newImages(at, in, r, s.env)
		if !errors.Is(err, demux.ErrNotMJPEG) {
			if err != nil {
				return nil, errors.Join(err, in.Close())
			}
			return clip, nil
		}
	}
	if err := in.Close(); err != nil {
		return nil, fmt.Errorf("close %s: %w", at, err)
	}
	return s.openNative(ctx, at, in.live)
}

// takesJPEG reports whether a chain that wants these formats is best served with JPEG.
func takesJPEG(want []pipeline.Format) bool {
	if len(want) == 0 || plainBuild {
		return true // in the plain build the chain puts the decoder in that pixels need
	}
	return want[0].Codec == pipeline.CodecJPEG || want[0].Codec == ""
}
