package file

import (
	"encoding/binary"
	"math"
	"slices"
)

// matroskaOptions are the ways in which writers differ.
type matroskaOptions struct {
	codec      string // V_MJPEG
	scale      uint64 // nanoseconds; 1 ms
	step       uint64 // nanoseconds from one picture to the next, written as DefaultDuration when told
	tell       bool
	unknown    bool // segment and clusters of unknown size
	groups     bool // BlockGroups instead of SimpleBlocks
	flags      byte
	audio      bool // an audio track with the lower number, and a block of it before each picture
	perCluster int  // pictures in a cluster; 4
	roll       float64
	encodings  bool
	begins     uint64 // ticks of the first picture
	cues       bool   // an index, and a SeekHead that leads to it
	cueShift   uint64 // by which the index is wrong, in bytes
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

func number(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// matroskaClip writes images as a Matroska file, 40 ms from one to the next.
func matroskaClip(images [][]byte, o matroskaOptions) []byte {
	if o.codec == "" {
		o.codec = "V_MJPEG"
	}
	if o.scale == 0 {
		o.scale = 1_000_000
	}
	if o.step == 0 {
		o.step = 40_000_000
	}
	if o.perCluster == 0 {
		o.perCluster = 4
	}
	wrap := element
	if o.unknown {
		wrap = openElement
	}
	video, tracks := byte(1), []byte(nil)
	if o.audio {
		video = 2
		tracks = element(idTrackEntry, element(idTrackNumber, number(1)), element(idTrackType, []byte{2}), element(idCodecID, []byte("A_PCM/INT/LIT")))
	}
	entry := [][]byte{
		element(idTrackNumber, number(uint64(video))), element(idTrackType, []byte{1}), element(idCodecID, []byte(o.codec)),
		element(idVideo, element(0xB0, []byte{32}), element(0xBA, []byte{16}),
			element(idProjection, element(idProjectionRoll, number(math.Float64bits(o.roll))))),
	}
	if o.tell {
		entry = append(entry, element(idDefaultDuration, number(o.step)))
	}
	if o.encodings {
		entry = append(entry, element(idContentEncodings, []byte{1, 2, 3}))
	}
	tracks = append(tracks, element(idTrackEntry, entry...)...)

	seekTo := func(at int) []byte {
		return element(idSeekHead, element(idSeek, element(idSeekID, elementID(idCues)), element(idSeekPosition, number(uint64(at)))))
	}
	var head, cues []byte
	if o.cues {
		head = seekTo(0)
	}
	body := slices.Concat(head,
		element(0xEC, make([]byte, 20)), // Void
		element(idInfo, element(idTimestampScale, number(o.scale)), element(0x4D80, []byte("by a test"))),
		element(idTracks, tracks))
	for start := 0; start < len(images); start += o.perCluster {
		at := func(i int) uint64 { return o.begins + uint64(i)*o.step/o.scale }
		cues = append(cues, element(idCuePoint, element(idCueTime, number(at(start))),
			element(idCuePositions, element(0xF7, []byte{video}), element(idCueCluster, number(uint64(len(body))+o.cueShift))))...)
		cluster := element(idTimestamp, number(at(start)))
		for i := start; i < min(start+o.perCluster, len(images)); i++ {
			block := slices.Concat([]byte{0x80 | video}, binary.BigEndian.AppendUint16(nil, uint16(at(i)-at(start))), []byte{0x80 | o.flags}, images[i])
			if o.audio {
				cluster = append(cluster, element(idSimpleBlock, []byte{0x81, 0, 0, 0x80}, make([]byte, 50))...)
			}
			if o.groups {
				cluster = append(cluster, wrap(idBlockGroup, element(idBlock, block))...)
			} else {
				cluster = append(cluster, element(idSimpleBlock, block)...)
			}
		}
		body = append(body, wrap(idCluster, cluster)...)
	}
	if o.cues {
		copy(body, seekTo(len(body)))
		body = append(body, element(idCues, cues)...)
	} else {
		body = append(body, element(idCues, make([]byte, 30))...)
	}
	return slices.Concat(element(0x1A45DFA3, element(0x4282, []byte("matroska"))), wrap(idSegment, body))
}

// aviOptions are the ways in which writers differ.
type aviOptions struct {
	codec       string // MJPG
	audio       bool   // the first stream is sound, with a chunk before each picture
	records     bool   // pictures in "rec " lists
	empty       []int  // ticks at which nothing changes
	second      int    // the picture at which a second RIFF begins (OpenDML); 0: none
	rate, scale uint32
	height      uint32
	index       int // 1: an index whose places count from the list, 2: from the beginning, 3: one that is wrong
}

// chunk writes a RIFF chunk.
func chunk(id string, data ...[]byte) []byte {
	all := slices.Concat(data...)
	out := append([]byte(id), binary.LittleEndian.AppendUint32(nil, uint32(len(all)))...)
	out = append(out, all...)
	if len(all)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func list(kind string, data ...[]byte) []byte {
	return chunk("LIST", append([][]byte{[]byte(kind)}, data...)...)
}

// aviClip writes images as an AVI file of 25 pictures a second.
func aviClip(images [][]byte, o aviOptions) []byte {
	if o.codec == "" {
		o.codec = "MJPG"
	}
	if o.rate == 0 {
		o.rate, o.scale = 25, 1
	}
	if o.height == 0 {
		o.height = 16
	}
	le := binary.LittleEndian
	streams := [][]byte{chunk("avih", make([]byte, 56))}
	id := "00dc"
	if o.audio {
		id = "01dc"
		streams = append(streams, list("strl", chunk("strh", []byte("auds"), make([]byte, 52)), chunk("strf", make([]byte, 18))))
	}
	strh := append([]byte("vids"+o.codec), make([]byte, 48)...)
	le.PutUint32(strh[20:], o.scale)
	le.PutUint32(strh[24:], o.rate)
	strf := make([]byte, 40)
	le.PutUint32(strf, 40)
	le.PutUint32(strf[4:], 32)
	le.PutUint32(strf[8:], o.height)
	copy(strf[16:], o.codec)
	streams = append(streams, list("strl", chunk("strh", strh), chunk("strf", strf)))

	var riffs, movi, index []byte
	head := append([]byte("AVI "), list("hdrl", streams...)...)
	head = append(head, list("INFO", chunk("ISFT", []byte("test")))...)
	flush := func() {
		for i := 8; o.index == 2 && i < len(index); i += 16 {
			le.PutUint32(index[i:], le.Uint32(index[i:])+uint32(8+len(head)+8))
		}
		riffs = append(riffs, chunk("RIFF", head, list("movi", movi), chunk("idx1", index, make([]byte, 32)))...)
		head, movi = []byte("AVIX"), nil
	}
	tick := 0
	for i, image := range images {
		for slices.Contains(o.empty, tick) {
			movi = append(movi, chunk(id)...)
			tick++
		}
		tick++
		if o.second > 0 && i == o.second {
			flush()
		}
		part := chunk(id, image)
		if o.audio {
			part = append(chunk("00wb", make([]byte, 33)), part...)
		}
		if o.records {
			part = list("rec ", part)
		}
		if o.index > 0 && o.second == 0 {
			at := 4 + len(movi) + o.index/3
			if o.audio {
				at += 8 + 34
			}
			index = append(index, id...)
			index = le.AppendUint32(le.AppendUint32(le.AppendUint32(index, 16), uint32(at)), uint32(len(image)))
		}
		movi = append(movi, part...)
	}
	flush()
	return riffs
}
