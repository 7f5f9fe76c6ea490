package ends

import (
	"fmt"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/transports/wire"
)

// CheckFrame refuses what cannot be sent at all. A live stream goes on without such a frame.
func CheckFrame(f *pipeline.Frame, maxFrame config.ByteSize) error {
	err := wire.CheckFrame(f)
	if err == nil && len(f.Data) > int(maxFrame) {
		err = fmt.Errorf("%s has %d bytes: raise max_frame, which is %s, at both ends", f.Format, len(f.Data), maxFrame)
	}
	if err == nil {
		return nil
	}
	err = fmt.Errorf("frame %d cannot be sent: %w", f.Seq, err)
	if !f.Lossless {
		err = fmt.Errorf("%w: %w", pipeline.ErrSkip, err)
	}
	return err
}
