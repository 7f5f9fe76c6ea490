package still

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"framewire/pipeline"
)

// heifName gives what people call an ISO base media file (ISO/IEC 14496-12, 4.3) that holds a picture, with
// its article; "" for films and others.
func heifName(data []byte) string {
	switch string(data[8:min(12, len(data))]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
		return "a HEIC"
	case "avif", "avis":
		return "an AVIF"
	}
	return ""
}

// decodeHEIF decodes a HEIC or AVIF picture where something here can.
func decodeHEIF(f *pipeline.Frame) (*pipeline.Frame, error) {
	name := heifName(f.Data)
	if name == "" {
		return nil, errors.New("a video file, or a kind of HEIF that is not known here")
	}
	if err := checkHEIF(f.Data); err != nil {
		return nil, fmt.Errorf("%s file that cannot be decoded: %w", name, err)
	}
	return readHEIF(f, name)
}

// checkHEIF refuses pictures that are too large, before a decoder sees them. The sizes stand in ispe boxes
// (ISO/IEC 23008-12, 6.5.3): those of the whole, its tiles and previews.
func checkHEIF(data []byte) error {
	head := []byte("\x00\x00\x00\x14ispe\x00\x00\x00\x00")
	seen := false
	for {
		i := bytes.Index(data, head)
		if i < 0 || len(data)-i < 20 {
			break
		}
		w, h := binary.BigEndian.Uint32(data[i+12:]), binary.BigEndian.Uint32(data[i+16:])
		if err := checkSize(int(min(w, math.MaxInt32)), int(min(h, math.MaxInt32))); err != nil {
			return err
		}
		data, seen = data[i+20:], true
	}
	if !seen {
		return errors.New("it says nothing of its size")
	}
	return nil
}
