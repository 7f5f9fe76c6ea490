package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"framewire/pipeline"
)

// Markers of T.81, table B.1, and of JFIF and Adobe.
const (
	mSOF0 = 0xC0
	mSOF1 = 0xC1
	mSOF2 = 0xC2
	mSOF9 = 0xC9
	mDHT  = 0xC4
	mJPG  = 0xC8
	mDAC  = 0xCC
	mRST0 = 0xD0
	mSOI  = 0xD8
	mEOI  = 0xD9
	mSOS  = 0xDA
	mAPP0 = 0xE0
	mAPPE = 0xEE
	mDRI  = 0xDD
	mTEM  = 0x01
)

var (
	errNotJPEG = errors.New("not a JPEG: it does not begin with the bytes FF D8")
	errShort   = errors.New("a JPEG that is cut off in its header")
	errNoSize  = errors.New("a JPEG whose header gives no size")
	errTwice   = errors.New("a JPEG with two frame headers")
	errCutOff  = errors.New("cut off: the end marker is missing")
)

// Model is how the samples of a picture's components give colours.
type Model uint8

// The colour models. CMYK and YCCK are what print programs write, with inverted ink as Adobe has it.
const (
	ModelGray Model = iota
	ModelYCbCr
	ModelRGB
	ModelCMYK
	ModelYCCK
)

// Header is what stands in front of a JPEG's picture data.
type Header struct {
	Width, Height int // in pixels
	Model         Model
	Components    int  // 1, 3 or 4
	Progressive   bool // several scans, each refining the one before
	Half          bool // chroma halved both ways: 4:2:0
	Tables        bool // brings Huffman tables; the pictures of many MJPEG cameras do not
	Inverted      bool // CMYK or YCCK with inverted ink

	size     int  // offset of the height in the frame header
	scan     int  // offset of the first SOS marker
	data     int  // offset of the picture data behind it
	across   int  // blocks of 8 pixels to an MCU
	down     int  // rows of blocks to an MCU
	restart  int  // MCUs between restart markers; 0 where there are none, or it is not coded as T.81, F.2 has it
	multiple bool // the picture comes in several scans
	least    int  // picture data below this many bytes cannot be whole
}

// Size finds the width and height of a JPEG in its header. It looks at no picture data and allocates
// nothing unless it fails. Pictures of more than pipeline.MaxPixels are refused.
func Size(data []byte) (width, height int, err error) {
	h, err := parse(data, false)
	return h.Width, h.Height, err
}

// ParseHeader reads a JPEG's header up to its picture data, by the rules of libjpeg where writers differ.
// Pictures of more than pipeline.MaxPixels are refused. It allocates nothing unless it fails.
func ParseHeader(data []byte) (Header, error) { return parse(data, true) }

func parse(data []byte, whole bool) (h Header, err error) {
	if len(data) < 2 || data[0] != 0xFF || data[1] != mSOI {
		return h, errNotJPEG
	}
	var jfif, adobe, sequential bool
	var interval int
	var transform byte
	var ids [4]byte
	for i := 2; ; {
		// A marker is FF and a code; bytes before it and more FFs are padding (T.81, B.1.1.2).
		skip := bytes.IndexByte(data[i:], 0xFF)
		if skip < 0 {
			return h, errShort
		}
		start := i + skip
		for i = start; i < len(data) && data[i] == 0xFF; i++ {
		}
		if i == len(data) {
			return h, errShort
		}
		code := data[i]
		i++
		switch {
		case code == 0 || code == mTEM || code >= mRST0 && code < mSOI:
			continue // these have no length
		case code == mSOI || code == mEOI:
			return h, errNoSize
		}
		if len(data)-i < 2 {
			return h, errShort
		}
		length := int(binary.BigEndian.Uint16(data[i:]))
		if length < 2 || length > len(data)-i {
			return h, errShort
		}
		body := data[i+2 : i+length]
		i += length
		switch {
		case code >= mSOF0 && code <= 0xCF && code != mDHT && code != mJPG && code != mDAC:
			if h.Components != 0 {
				return h, errTwice
			}
			if ids, err = h.frame(code, body); err != nil || !whole {
				return h, err
			}
			sequential = code == mSOF0 || code == mSOF1
			h.size = i - len(body) + 1
		case code == mDRI && len(body) >= 2:
			interval = int(binary.BigEndian.Uint16(body))
		case code == mDHT:
			h.Tables = true
		case code == mAPP0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
			jfif = true
		case code == mAPPE && len(body) >= 12 && string(body[:5]) == "Adobe":
			adobe, transform = true, body[11]
		case code == mSOS:
			if h.Components == 0 {
				return h, errNoSize
			}
			h.scan, h.data = start, i
			if sequential {
				h.restart = interval
			}
			h.multiple = h.Progressive || len(body) > 0 && int(body[0]) != h.Components
			h.Model = model(h.Components, jfif, adobe, transform, ids)
			h.Inverted = adobe && h.Components == 4
			return h, nil
		}
	}
}

// frame reads a frame header (T.81, B.2.2).
func (h *Header) frame(code byte, body []byte) (ids [4]byte, err error) {
	if len(body) < 6 {
		return ids, errShort
	}
	h.Progressive = code == mSOF2
	h.Height = int(binary.BigEndian.Uint16(body[1:]))
	h.Width = int(binary.BigEndian.Uint16(body[3:]))
	h.Components = int(body[5])
	switch {
	case h.Components != 1 && h.Components != 3 && h.Components != 4:
		return ids, fmt.Errorf("a JPEG with %d components, where 1, 3 and 4 are known", h.Components)
	case len(body) < 6+3*h.Components:
		return ids, errShort
	case h.Width == 0 || h.Height == 0:
		return ids, errNoSize
	}
	var factors [4]byte
	for c := range h.Components {
		ids[c], factors[c] = body[6+3*c], body[7+3*c]
	}
	h.Half = factors == [4]byte{0x22, 0x11, 0x11}
	h.least = h.leastBytes(code, factors)
	h.across, h.down = 1, 1
	for _, f := range factors[:h.Components] {
		if h.Components > 1 {
			h.across, h.down = max(h.across, int(f>>4)), max(h.down, int(f&15))
		}
	}
	return ids, pipeline.JPEG(h.Width, h.Height).Check(len(body))
}

// model guesses as libjpeg does (default_decompress_parms): JFIF is YCbCr, else Adobe's marker decides,
// else the components' identifiers.
func model(components int, jfif, adobe bool, transform byte, ids [4]byte) Model {
	switch {
	case components == 1:
		return ModelGray
	case components == 4 && adobe && transform != 0:
		return ModelYCCK
	case components == 4:
		return ModelCMYK
	case !jfif && adobe && transform == 0:
		return ModelRGB
	case !jfif && !adobe && ids == [4]byte{'R', 'G', 'B'}:
		return ModelRGB
	}
	return ModelYCbCr
}
