package picture

import (
	"fmt"

	"framewire/pipeline"
)

// Check reports a frame that cannot be saved: one whose data is not what its format says, as far as that
// can be told without decoding. The error wraps pipeline.ErrSkip, because frames come from strangers and
// a bad one must not end a recording.
func Check(f *pipeline.Frame) error {
	if err := f.Format.Check(len(f.Data)); err != nil {
		return fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
	}
	if f.Format.Codec == pipeline.CodecJPEG && (len(f.Data) < 4 || f.Data[0] != 0xFF || f.Data[1] != 0xD8) {
		return fmt.Errorf("%s frame of %d bytes does not begin like one: %w", f.Format, len(f.Data), pipeline.ErrSkip)
	}
	return nil
}
