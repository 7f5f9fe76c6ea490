package file

import (
	"context"
	"errors"
	"fmt"
	"io"

	"framewire/sources/file/demux"
)

// errNothing marks the loss of a file on a web server of which no picture came: to open it again may be
// no use.
type errNothing struct{ error }

// Unwrap gives the loss.
func (e errNothing) Unwrap() error { return e.error }

// judge gives a loss that cannot be mended the words that end the pipeline. A URL that gave pictures
// before is always opened again.
func (s *source) judge(ctx context.Context, err error) error {
	if nothing := (errNothing{}); s.given || !errors.As(err, &nothing) {
		return err
	}
	at, bad := parseTarget(s.cfg.Path)
	if bad != nil {
		return bad
	}
	if final := at.hopeless(ctx); final != nil {
		return final
	}
	return err
}

// hopeless asks the server once more and says why the clip cannot be played from it. It is nil when the
// server does not answer, as the connection is to blame then, and for a stream without a length.
func (t target) hopeless(ctx context.Context) error {
	in, err := t.request(ctx, "bytes=0-")
	if err != nil {
		return nil
	}
	defer in.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(in, head)
	switch {
	case errors.Is(err, demux.ErrBroken) || !in.sized:
		return nil
	case !in.seeks && demux.IndexIsLast(head[:n]):
		return fmt.Errorf("%s: the server cannot seek (no Range requests) and the clip's index is at its end: "+
			"download it, or make it with ffmpeg -movflags +faststart", t)
	case !in.seeks:
		return fmt.Errorf("%s: no picture could be read, perhaps as the server cannot seek (no Range requests): download it", t)
	}
	return fmt.Errorf("%s: no picture could be read: not a video file, damaged, or cut off before it was finished", t)
}
