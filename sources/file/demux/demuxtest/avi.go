package demuxtest

import (
	"encoding/binary"
	"slices"
)

// AVIOptions are the ways in which writers differ. Zero stands for the value named.
type AVIOptions struct {
	Codec       string // MJPG
	Audio       bool   // the first stream is sound, with a chunk before each picture
	Records     bool   // pictures in "rec " lists
	Empty       []int  // ticks at which nothing changes
	Second      int    // the picture at which a second RIFF begins (OpenDML); 0: none
	Rate, Scale uint32 // so many ticks in so many seconds; 25 in 1
	Height      uint32 // in pixels; 16
	Index       int    // 1: an index whose places count from the list, 2: from the beginning, 3: one that is wrong
}

// AVI writes images as an AVI file.
func AVI(images [][]byte, o AVIOptions) []byte {
	if o.Codec == "" {
		o.Codec = "MJPG"
	}
	if o.Rate == 0 {
		o.Rate, o.Scale = 25, 1
	}
	if o.Height == 0 {
		o.Height = 16
	}
	le := binary.LittleEndian
	streams := [][]byte{chunk("avih", make([]byte, 56))}
	id := "00dc"
	if o.Audio {
		id = "01dc"
		streams = append(streams, list("strl", chunk("strh", []byte("auds"), make([]byte, 52)), chunk("strf", make([]byte, 18))))
	}
	strh := append([]byte("vids"+o.Codec), make([]byte, 48)...)
	le.PutUint32(strh[20:], o.Scale)
	le.PutUint32(strh[24:], o.Rate)
	strf := make([]byte, 40)
	le.PutUint32(strf, 40)
	le.PutUint32(strf[4:], 32)
	le.PutUint32(strf[8:], o.Height)
	copy(strf[16:], o.Codec)
	streams = append(streams, list("strl", chunk("strh", strh), chunk("strf", strf)))

	var riffs, movi, index []byte
	head := append([]byte("AVI "), list("hdrl", streams...)...)
	head = append(head, list("INFO", chunk("ISFT", []byte("test")))...)
	flush := func() {
		for i := 8; o.Index == 2 && i < len(index); i += 16 {
			le.PutUint32(index[i:], le.Uint32(index[i:])+uint32(8+len(head)+8))
		}
		riffs = append(riffs, chunk("RIFF", head, list("movi", movi), chunk("idx1", index, make([]byte, 32)))...)
		head, movi = []byte("AVIX"), nil
	}
	tick := 0
	for i, image := range images {
		for slices.Contains(o.Empty, tick) {
			movi = append(movi, chunk(id)...)
			tick++
		}
		tick++
		if o.Second > 0 && i == o.Second {
			flush()
		}
		part := chunk(id, image)
		if o.Audio {
			part = append(chunk("00wb", make([]byte, 33)), part...)
		}
		if o.Records {
			part = list("rec ", part)
		}
		if o.Index > 0 && o.Second == 0 {
			at := 4 + len(movi) + o.Index/3
			if o.Audio {
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
