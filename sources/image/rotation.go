package image

import (
	"bytes"
	"encoding/binary"
)

// rotation gives the degrees clockwise by which a JPEG is to be turned for viewing, from the orientation
// that its camera noted (EXIF 2.3, tag 0x0112): 0, 90, 180 or 270. Mirror images, which no camera makes,
// are turned and stay mirrored. Without a readable note it is 0.
func rotation(data []byte) int {
	for i := 2; i+4 <= len(data) && data[i] == 0xFF; {
		code, length := data[i+1], int(binary.BigEndian.Uint16(data[i+2:]))
		if code == 0xDA || length < 2 || length > len(data)-i-2 {
			return 0
		}
		body := data[i+4 : i+2+length]
		if tags, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && code == 0xE1 {
			return degrees(orientation(tags))
		}
		i += 2 + length
	}
	return 0
}

// orientation looks the tag up in the first directory of TIFF data (TIFF 6.0, section 2).
func orientation(tags []byte) uint16 {
	if len(tags) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tags[:4]) {
	case "II\x2A\x00":
		order = binary.LittleEndian
	case "MM\x00\x2A":
		order = binary.BigEndian
	default:
		return 0
	}
	at := uint64(order.Uint32(tags[4:]))
	if at+2 > uint64(len(tags)) {
		return 0
	}
	count := order.Uint16(tags[at:])
	entries := tags[at+2:]
	for range count {
		if len(entries) < 12 {
			return 0
		}
		const tag, short = 0x0112, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			return order.Uint16(entries[8:])
		}
		entries = entries[12:]
	}
	return 0
}

func degrees(orientation uint16) int {
	switch orientation {
	case 3, 4:
		return 180
	case 5, 6:
		return 90
	case 7, 8:
		return 270
	}
	return 0
}
