package picture

import (
	"bytes"
	"encoding/binary"
)

// AfterSOI is where an Exif segment stands in a JPEG, in bytes from its start: right behind the marker with
// which every JPEG begins (Exif 2.3, section 4.5.4).
const AfterSOI = 2

// Orientation gives the JPEG segment that says by how many degrees clockwise a viewer has to turn the
// picture: an Exif APP1 with the tag 0x0112 and no other (Exif 2.3, section 4.6.4). It is nil for upright
// pictures.
func Orientation(degrees int) []byte {
	var tag byte
	switch degrees {
	case 90:
		tag = 6
	case 180:
		tag = 3
	case 270:
		tag = 8
	default:
		return nil
	}
	return []byte{
		0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
		'M', 'M', 0, 42, 0, 0, 0, 8, // a TIFF header, big endian; its directory follows
		0, 1, // of one entry:
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, tag, 0, 0, // orientation, a short
		0, 0, 0, 0, // and there is no other directory
	}
}

// HasExif reports whether a JPEG brings Exif data of its own. Broken ones do not.
func HasExif(data []byte) bool {
	const app1, startOfScan = 0xE1, 0xDA
	for at := AfterSOI; at+4 <= len(data) && data[at] == 0xFF; {
		if data[at+1] == 0xFF { // a marker may have fill bytes in front (ITU-T T.81, B.1.1.2)
			at++
			continue
		}
		code, length := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if code == startOfScan || length < 2 || length > len(data)-at-2 {
			return false
		}
		if code == app1 && bytes.HasPrefix(data[at+4:at+2+length], []byte("Exif\x00")) {
			return true
		}
		at += 2 + length
	}
	return false
}
