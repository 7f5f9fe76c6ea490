package still

import (
	"bytes"
	"encoding/binary"
)

// Orientation is how the first row and column of a picture lie when it is shown, by the numbers of EXIF
// (CIPA DC-008, tag 0x0112) and TIFF 6.0; 0 stands for 1, the picture as it is.
type Orientation uint8

// Degrees is by how much a picture is turned clockwise for viewing: 0, 90, 180 or 270. Mirror images,
// which no camera makes, are turned so that they stay mirrored.
func (o Orientation) Degrees() int {
	switch o {
	case 3, 4:
		return 180
	case 5, 6:
		return 90
	case 7, 8:
		return 270
	}
	return 0
}

// What TIFF data begins with, and so EXIF wherever it is kept.
const littleEndian, bigEndian = "II\x2A\x00", "MM\x00\x2A"

// OrientationOf finds how a JPEG, PNG, WebP or TIFF file is to be turned: what its EXIF says, 0 where it says
// nothing that can be read. It allocates nothing.
func OrientationOf(data []byte) Orientation {
	var tags []byte
	switch {
	case IsJPEG(data):
		tags = exifOfJPEG(data)
	case begins(data, "\x89PNG"):
		tags = exifOfPNG(data)
	case begins(data, "RIFF????WEBP"):
		tags = exifOfWebP(data)
	default:
		tags = data // TIFF, or the search finds nothing
	}
	if value := orientation(tags); value <= 8 {
		return Orientation(value)
	}
	return 0
}

const exifHead = "Exif\x00\x00"

// exifOfJPEG finds the APP1 segment (CIPA DC-008, 4.7.2).
func exifOfJPEG(data []byte) []byte {
	for i := 2; i+4 <= len(data) && data[i] == 0xFF; {
		code, length := data[i+1], int(binary.BigEndian.Uint16(data[i+2:]))
		if code == 0xDA || length < 2 || length > len(data)-i-2 {
			return nil
		}
		if tags, ok := bytes.CutPrefix(data[i+4:i+2+length], []byte(exifHead)); ok && code == 0xE1 {
			return tags
		}
		i += 2 + length
	}
	return nil
}

// exifOfPNG finds the eXIf chunk (PNG, third edition, 11.3.4.5), which may stand before or after the pixels.
func exifOfPNG(data []byte) []byte {
	for rest := data[min(8, len(data)):]; len(rest) >= 12; {
		length := binary.BigEndian.Uint32(rest)
		if uint64(length) > uint64(len(rest)-12) {
			return nil
		}
		if string(rest[4:8]) == "eXIf" {
			return rest[8 : 8+length]
		}
		rest = rest[12+length:]
	}
	return nil
}

// exifOfWebP finds the EXIF chunk (RFC 9649, 2.7.1.5). Some writers put JPEG's head in front.
func exifOfWebP(data []byte) []byte {
	for rest := data[12:]; len(rest) >= 8; {
		length := binary.LittleEndian.Uint32(rest[4:])
		if uint64(length) > uint64(len(rest)-8) {
			return nil
		}
		body := rest[8 : 8+length]
		if string(rest[:4]) == "EXIF" {
			return bytes.TrimPrefix(body, []byte(exifHead))
		}
		rest = rest[min(8+int(length)+int(length)%2, len(rest)):]
	}
	return nil
}

// orientation looks the tag up in the first directory of TIFF data (TIFF 6.0, section 2).
func orientation(tags []byte) uint16 {
	if len(tags) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tags[:4]) {
	case littleEndian:
		order = binary.LittleEndian
	case bigEndian:
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
