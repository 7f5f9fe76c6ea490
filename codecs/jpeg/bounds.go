package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// How much work a picture may make. A progressive one usually has ten scans, some writers make fifteen;
// each costs a pass over the whole picture however few bytes it takes, so that a small file could
// otherwise keep a core busy for minutes.
const (
	maxScans      = 100
	maxPixelScans = 1_500_000_000 // scans times pixels: fifteen of the largest picture there is
)

// large is the number of pixels from which pictures are decoded one at a time and the memory for it is
// not kept: at that size decoding takes tens to thousands of megabytes beside the picture itself.
const large = 16_000_000

// leastBytes is the length below which picture data cannot be whole. The blocks of the first component are
// all there in a picture that shows anything, and in Huffman coding (T.81, F.1.2 and G.1.2) each takes at
// least one bit for its DC coefficient and, where the process is not progressive, one more for its end;
// runs of empty blocks, which take nothing, exist only in the AC scans of progressive pictures. Arithmetic
// coding has no such bound, so a plausible one stands in: a byte for 64 blocks.
func (h *Header) leastBytes(code byte, factors [4]byte) int {
	var across, down int
	for _, f := range factors[:h.Components] {
		across, down = max(across, int(f>>4)), max(down, int(f&15))
	}
	own, ownDown := int(factors[0]>>4), int(factors[0]&15)
	if own == 0 || ownDown == 0 {
		return 0 // not allowed, as the decoder will say
	}
	w := (h.Width*own + 8*across - 1) / (8 * across)
	ht := (h.Height*ownDown + 8*down - 1) / (8 * down)
	switch {
	case code >= mSOF9:
		return w * ht / 64
	case h.Progressive:
		return w * ht / 8
	}
	return w * ht / 4
}

// CheckData looks over the picture data of the JPEG that h was read from, without decoding or allocating:
// it refuses what is cut off (no end marker), what has fewer bytes than its size needs, and what would
// take unreasonably long: more than a hundred scans, or more than 1.5 billion pixels in all scans together.
func (h Header) CheckData(data []byte) error {
	rest := data[h.scan:]
	end := -1
	if h.multiple {
		var err error
		if end, err = h.scans(rest); err != nil {
			return err
		}
	} else if end = bytes.LastIndex(rest, []byte{0xFF, mEOI}); end < 0 {
		return errCutOff
	}
	if end < h.least {
		return fmt.Errorf("a JPEG of %dx%d with %d bytes of picture data, which needs %d at least", h.Width, h.Height, end, h.least)
	}
	return nil
}

// scans walks over the scans and gives the offset of the end marker. What follows that is not ours:
// previews and clips that cameras append.
func (h Header) scans(data []byte) (end int, err error) {
	most := min(maxScans, maxPixelScans/(h.Width*h.Height))
	rest := data
	for scans := 0; ; {
		i := bytes.IndexByte(rest, 0xFF)
		if i < 0 || i+1 >= len(rest) {
			return 0, errCutOff
		}
		code := rest[i+1]
		switch {
		case code == mEOI:
			return len(data) - len(rest) + i, nil
		case code == 0xFF:
			rest = rest[i+1:]
			continue
		case code == 0 || code == mTEM || code >= mRST0 && code <= mSOI:
			rest = rest[i+2:]
			continue
		case code == mSOS:
			if scans++; scans > most {
				return 0, fmt.Errorf("a JPEG of %dx%d with more than %d scans", h.Width, h.Height, most)
			}
		}
		if len(rest) < i+4 {
			return 0, errCutOff
		}
		length := int(binary.BigEndian.Uint16(rest[i+2:]))
		if length < 2 || length > len(rest)-i-2 {
			return 0, errCutOff
		}
		rest = rest[i+2+length:]
	}
}
