package demuxtest

import (
	"encoding/binary"
	"math"
	"slices"
)

// MatroskaOptions are the ways in which writers differ. Zero stands for the value named.
type MatroskaOptions struct {
	Codec      string  // V_MJPEG
	Scale      uint64  // nanoseconds; 1 ms
	Step       uint64  // nanoseconds from one picture to the next; 40 ms
	Tell       bool    // the step, as DefaultDuration
	Unknown    bool    // segment and clusters of unknown size
	Groups     bool    // BlockGroups instead of SimpleBlocks
	Flags      byte    // of each block
	Audio      bool    // an audio track with the lower number, and a block of it before each picture
	PerCluster int     // pictures in a cluster; 4
	Roll       float64 // degrees counter-clockwise
	Encodings  bool    // the track is compressed once more
	Begins     uint64  // ticks of the first picture
	Cues       bool    // an index, and a SeekHead that leads to it
	CueShift   uint64  // by which the index is wrong, in bytes
}

// The elements that are written (RFC 8794, section 11.2, and RFC 9559, section 5), told apart from the demuxer so
// that a mistake in it shows.
const (
	idCluster          = 0x1F43B675
	idCues             = 0x1C53BB6B
	idEBML             = 0x1A45DFA3
	idSegment          = 0x18538067
	idTracks           = 0x1654AE6B
	idInfo             = 0x1549A966
	idSeekHead         = 0x114D9B74
	idTimestampScale   = 0x2AD7B1
	idDefaultDuration  = 0x23E383
	idProjectionRoll   = 0x7675
	idProjection       = 0x7670
	idContentEncodings = 0x6D80
	idSeekPosition     = 0x53AC
	idSeekID           = 0x53AB
	idSeek             = 0x4DBB
	idMuxingApp        = 0x4D80
	idDocType          = 0x4282
	idCueTrack         = 0xF7
	idCueCluster       = 0xF1
	idVoid             = 0xEC
	idTimestamp        = 0xE7
	idVideo            = 0xE0
	idTrackNumber      = 0xD7
	idCuePoint         = 0xBB
	idPixelHeight      = 0xBA
	idCuePositions     = 0xB7
	idCueTime          = 0xB3
	idPixelWidth       = 0xB0
	idTrackEntry       = 0xAE
	idSimpleBlock      = 0xA3
	idBlock            = 0xA1
	idBlockGroup       = 0xA0
	idCodecID          = 0x86
	idTrackType        = 0x83
)

// Matroska writes images as a Matroska file.
func Matroska(images [][]byte, o MatroskaOptions) []byte {
	if o.Codec == "" {
		o.Codec = "V_MJPEG"
	}
	if o.Scale == 0 {
		o.Scale = 1_000_000
	}
	if o.Step == 0 {
		o.Step = 40_000_000
	}
	if o.PerCluster == 0 {
		o.PerCluster = 4
	}
	wrap := element
	if o.Unknown {
		wrap = openElement
	}
	video, tracks := byte(1), []byte(nil)
	if o.Audio {
		video = 2
		tracks = element(idTrackEntry, element(idTrackNumber, Number(1)), element(idTrackType, []byte{2}), element(idCodecID, []byte("A_PCM/INT/LIT")))
	}
	entry := [][]byte{
		element(idTrackNumber, Number(uint64(video))), element(idTrackType, []byte{1}), element(idCodecID, []byte(o.Codec)),
		element(idVideo, element(idPixelWidth, []byte{32}), element(idPixelHeight, []byte{16}),
			element(idProjection, element(idProjectionRoll, Number(math.Float64bits(o.Roll))))),
	}
	if o.Tell {
		entry = append(entry, element(idDefaultDuration, Number(o.Step)))
	}
	if o.Encodings {
		entry = append(entry, element(idContentEncodings, []byte{1, 2, 3}))
	}
	tracks = append(tracks, element(idTrackEntry, entry...)...)

	seekTo := func(at int) []byte {
		return element(idSeekHead, element(idSeek, element(idSeekID, elementID(idCues)), element(idSeekPosition, Number(uint64(at)))))
	}
	var head, cues []byte
	if o.Cues {
		head = seekTo(0)
	}
	body := slices.Concat(head,
		element(idVoid, make([]byte, 20)),
		element(idInfo, element(idTimestampScale, Number(o.Scale)), element(idMuxingApp, []byte("by a test"))),
		element(idTracks, tracks))
	for start := 0; start < len(images); start += o.PerCluster {
		at := func(i int) uint64 { return o.Begins + uint64(i)*o.Step/o.Scale }
		cues = append(cues, element(idCuePoint, element(idCueTime, Number(at(start))),
			element(idCuePositions, element(idCueTrack, []byte{video}), element(idCueCluster, Number(uint64(len(body))+o.CueShift))))...)
		cluster := element(idTimestamp, Number(at(start)))
		for i := start; i < min(start+o.PerCluster, len(images)); i++ {
			block := slices.Concat([]byte{0x80 | video}, binary.BigEndian.AppendUint16(nil, uint16(at(i)-at(start))), []byte{0x80 | o.Flags}, images[i])
			if o.Audio {
				cluster = append(cluster, element(idSimpleBlock, []byte{0x81, 0, 0, 0x80}, make([]byte, 50))...)
			}
			if o.Groups {
				cluster = append(cluster, wrap(idBlockGroup, element(idBlock, block))...)
			} else {
				cluster = append(cluster, element(idSimpleBlock, block)...)
			}
		}
		body = append(body, wrap(idCluster, cluster)...)
	}
	if o.Cues {
		copy(body, seekTo(len(body)))
		body = append(body, element(idCues, cues)...)
	} else {
		body = append(body, element(idCues, make([]byte, 30))...)
	}
	return slices.Concat(element(idEBML, element(idDocType, []byte("matroska"))), wrap(idSegment, body))
}

// element writes an EBML element.
func element(id uint32, data ...[]byte) []byte {
	return slices.Concat(elementID(id), elementSize(len(slices.Concat(data...))), slices.Concat(data...))
}

func openElement(id uint32, data ...[]byte) []byte {
	return slices.Concat(elementID(id), []byte{0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, slices.Concat(data...))
}

func elementID(id uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, id)
	for b[0] == 0 {
		b = b[1:]
	}
	return b
}

func elementSize(n int) []byte {
	if n < 127 {
		return []byte{0x80 | byte(n)}
	}
	return binary.BigEndian.AppendUint32(nil, 0x10000000|uint32(n))
}

// Number writes an integer as an element of 8 bytes holds it.
func Number(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }
