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
// (ISO/IEC 23008-12, 6.5.3): those of the whole, its tiles and previews. They are found however a box's length and
// flags are written, since decoders take them all.
func checkHEIF(data []byte) error {
	const kind = "ispe"
	seen := false
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(kind))
		if i < 0 {
			break
		}
		head, body := data[:at+i], data[at+i+len(kind):]
		at += i + len(kind)
		if len(head) < 4 {
			continue
		}
		length := uint64(binary.BigEndian.Uint32(head[len(head)-4:]))
		if length == 1 && len(body) >= 8 { // it follows, in 64 bits
			length, body = binary.BigEndian.Uint64(body)-8, body[8:]
		}
		if length != 0 && length < 20 || length > uint64(len(body))+8 || len(body) < 12 {
			continue // picture data that happen to read so
		}
		w, h := binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:])
		if err := checkSize(int(min(w, math.MaxInt32)), int(min(h, math.MaxInt32))); err != nil {
			return err
		}
		seen = true
	}
	if !seen {
		return errors.New("it says nothing of its size")
	}
	return nil
}
