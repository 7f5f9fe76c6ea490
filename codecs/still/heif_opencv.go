//go:build opencv

package still

import (
	"fmt"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/native"
)

// readHEIF has OpenCV decode a picture. Whether it can depends on how it was built: AVIF came with 4.8. The
// decoders behind it turn the picture themselves.
func readHEIF(f *pipeline.Frame, name string) (*pipeline.Frame, error) {
	if err := native.Load(native.ImgCodecs); err != nil {
		return nil, err
	}
	mat, err := gocv.IMDecode(f.Data, gocv.IMReadColor)
	if err != nil {
		_ = mat.Close()
		return nil, fmt.Errorf("%s file that cannot be decoded: %w", name, err)
	}
	defer mat.Close()
	if mat.Empty() {
		return nil, fmt.Errorf("%s picture, which the installed OpenCV (%s) does not read: %w", name, native.Version(), ErrUnread)
	}
	if err := checkSize(mat.Cols(), mat.Rows()); err != nil {
		return nil, fmt.Errorf("%s file that cannot be decoded: %w", name, err)
	}
	out := blank(f, mat.Cols(), mat.Rows())
	pixels, err := mat.DataPtrUint8()
	if err != nil || len(pixels) != len(out.Data) {
		out.Release()
		return nil, fmt.Errorf("%s picture that OpenCV gives in an unknown form", name)
	}
	copy(out.Data, pixels)
	return out, nil
}
