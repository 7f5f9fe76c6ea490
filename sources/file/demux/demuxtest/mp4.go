package demuxtest

import (
	"bytes"
	"encoding/binary"
)

// MP4 writes images as fragmented MP4, perFragment in each, 40 ms from one to the next.
func MP4(images [][]byte, perFragment int) []byte {
	be := binary.BigEndian
	u32 := func(v ...uint32) (out []byte) {
		for _, n := range v {
			out = be.AppendUint32(out, n)
		}
		return out
	}
	entry := append(make([]byte, 78), Box("esds", append(u32(0), 3, 0x80, 0x80, 0x80, 21, 0, 1, 0, 4, 13, 0x6C, 0x11)...)...)
	tkhd := append(u32(7, 0, 0, 1, 0, 0, 0, 0, 0, 0), u32(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30, 32<<16, 16<<16)...)
	moov := Box("moov", bytes.Join([][]byte{
		Box("mvhd", append(u32(0, 0, 0, 1000), u32(0)...)...),
		Box("trak", bytes.Join([][]byte{
			Box("tkhd", tkhd...),
			Box("mdia", bytes.Join([][]byte{
				Box("mdhd", u32(0, 0, 0, 90000, 0, 0)...),
				Box("hdlr", append(u32(0, 0), "vide\x00\x00\x00\x00"...)...),
				Box("minf", Box("stbl", Box("stsd", append(u32(0, 1), Box("mp4v", entry...)...)...)...)...),
			}, nil)...),
		}, nil)...),
		Box("mvex", append(Box("mehd", u32(0, uint32(40*len(images)))...), Box("trex", u32(0, 1, 1, 3600, 0, 0)...)...)...),
	}, nil)...)
	out := append(Box("ftyp", []byte("isom")...), moov...)
	for start := 0; start < len(images); start += perFragment {
		part := images[start:min(start+perFragment, len(images))]
		trun := u32(0x201, uint32(len(part)), 0)
		for _, image := range part {
			trun = append(trun, u32(uint32(len(image)))...)
		}
		traf := append(Box("tfhd", u32(0x020000, 1)...), Box("tfdt", append([]byte{1, 0, 0, 0}, be.AppendUint64(nil, uint64(3600*start))...)...)...)
		traf = append(traf, Box("trun", trun...)...)
		moof := Box("moof", append(Box("mfhd", u32(0, uint32(start))...), Box("traf", traf...)...)...)
		be.PutUint32(moof[len(moof)-4*len(part)-4:], uint32(len(moof)+8)) // data offset
		out = append(append(out, moof...), Box("mdat", bytes.Join(part, nil)...)...)
	}
	return append(out, Box("mfra", make([]byte, 16)...)...)
}

// MP4Indexed is MP4 with an index at its end, which may be wrong by some bytes.
func MP4Indexed(images [][]byte, perFragment int, wrong uint64) []byte {
	be := binary.BigEndian
	out := MP4(images, perFragment)
	out = out[:len(out)-24]
	tfra := append([]byte{1, 0, 0, 0}, 0, 0, 0, 1, 0, 0, 0, 0)
	tfra = be.AppendUint32(tfra, uint32((len(images)+perFragment-1)/perFragment))
	n := 0
	for at := 0; at < len(out); at += int(be.Uint32(out[at:])) {
		if string(out[at+4:at+8]) == "moof" {
			tfra = be.AppendUint64(tfra, uint64(3600*perFragment*n))
			tfra = append(be.AppendUint64(tfra, uint64(at)+wrong), 1, 1, 1)
			n++
		}
	}
	mfra := Box("tfra", tfra...)
	mfra = append(mfra, Box("mfro", be.AppendUint32(make([]byte, 4), uint32(8+len(mfra)+16))...)...)
	return append(out, Box("mfra", mfra...)...)
}

// Box makes a box of an MP4 file.
func Box(kind string, content ...byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(content)))
	return append(append(out, kind...), content...)
}

// LongBox makes a box that tells its length in 64 bits.
func LongBox(kind string, content ...byte) []byte {
	out := append([]byte{0, 0, 0, 1}, kind...)
	return append(binary.BigEndian.AppendUint64(out, uint64(16+len(content))), content...)
}
