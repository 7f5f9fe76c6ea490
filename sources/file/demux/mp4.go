package demux

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// mp4Track is what matters of the video track of a fragmented MP4 file.
type mp4Track struct {
	id       uint32
	scale    uint32 // ticks a second
	length   uint64 // of the whole file, in units of ...
	movie    uint32 // ... so many a second
	rotation int
	step     uint32 // ticks from one picture to the next, where a fragment does not say
	size     uint32 // of a picture, where a fragment does not say
	video    bool
	jpeg     bool
}

// about gives what the headers told.
func (t *mp4Track) about() About {
	info := About{Rotation: t.rotation, Step: t.duration(int64(t.step))}
	if t.movie > 0 && t.length < math.MaxUint32*uint64(t.movie) {
		info.Length = time.Duration(float64(t.length) / float64(t.movie) * float64(time.Second))
	}
	return info
}

// duration gives the time of so many ticks, or NoTime where that is none.
func (t *mp4Track) duration(ticks int64) time.Duration {
	seconds := float64(ticks) / float64(t.scale)
	if math.Abs(seconds) > math.MaxInt64/float64(2*time.Second) {
		return NoTime
	}
	return time.Duration(math.Round(seconds * float64(time.Second)))
}

// eachBox gives the boxes that lie one after the other, up to the first that is not whole.
func eachBox(data []byte, visit func(kind, body []byte)) {
	for len(data) >= 8 {
		size := binary.BigEndian.Uint32(data)
		if size < 8 || uint64(size) > uint64(len(data)) {
			return
		}
		visit(data[4:8], data[8:size])
		data = data[size:]
	}
}

// parseMovie reads a movie box (ISO/IEC 14496-12, section 8.2) with one track of Motion JPEG and no pictures of
// its own; any other is not for us.
func parseMovie(data []byte) (mp4Track, error) {
	var all mp4Track
	var found []mp4Track
	fragmented := false
	eachBox(data, func(kind, body []byte) {
		switch string(kind) {
		case "mvhd":
			all.movie = timescale(body)
		case "trak":
			var t mp4Track
			t.read(body)
			if t.video {
				found = append(found, t)
			}
		case "mvex":
			fragmented = true
			eachBox(body, func(kind, body []byte) {
				switch {
				case string(kind) == "mehd" && len(body) >= 12 && body[0] == 1:
					all.length = binary.BigEndian.Uint64(body[4:])
				case string(kind) == "mehd" && len(body) >= 8 && body[0] == 0:
					all.length = uint64(binary.BigEndian.Uint32(body[4:]))
				case string(kind) == "trex" && len(body) >= 24:
					for i := range found {
						if found[i].id == binary.BigEndian.Uint32(body[4:]) {
							found[i].step, found[i].size = binary.BigEndian.Uint32(body[12:]), binary.BigEndian.Uint32(body[16:])
						}
					}
				}
			})
		}
	})
	if !fragmented || len(found) == 0 || !found[0].jpeg || found[0].scale == 0 {
		return mp4Track{}, ErrNotMJPEG
	}
	t := found[0]
	t.movie, t.length = all.movie, all.length
	return t, nil
}

// timescale reads the units a second of a movie or media header.
func timescale(body []byte) uint32 {
	switch {
	case len(body) >= 16 && body[0] == 0:
		return binary.BigEndian.Uint32(body[12:])
	case len(body) >= 24 && body[0] == 1:
		return binary.BigEndian.Uint32(body[20:])
	}
	return 0
}

// read reads the boxes of a track.
func (t *mp4Track) read(data []byte) {
	eachBox(data, func(kind, body []byte) {
		switch string(kind) {
		case "mdia", "minf", "stbl":
			t.read(body)
		case "tkhd":
			id, matrix := 12, 40 // version 0
			if len(body) > 0 && body[0] == 1 {
				id, matrix = 20, 52
			}
			if len(body) >= matrix+8 {
				t.id = binary.BigEndian.Uint32(body[id:])
				t.turn(body[matrix:])
			}
		case "mdhd":
			t.scale = timescale(body)
		case "hdlr":
			t.video = t.video || len(body) >= 12 && string(body[8:12]) == "vide" // QuickTime has a second one
		case "stsd":
			t.jpeg = len(body) > 8 && isMJPEG(body[8:])
		}
	})
}

// turn takes the rotation from the matrix of a track's header (section 6.2.2), whose first numbers are the
// cosine and the sine.
func (t *mp4Track) turn(matrix []byte) {
	a, b := int32(binary.BigEndian.Uint32(matrix)), int32(binary.BigEndian.Uint32(matrix[4:]))
	t.rotation = quarterTurn(math.Atan2(float64(b), float64(a)) * 180 / math.Pi)
}

// isMJPEG reports whether a sample entry is of JPEG images: QuickTime's own, or MPEG-4's with the object
// type of ISO/IEC 10918-1 (registered as 0x6C).
func isMJPEG(entry []byte) bool {
	found := false
	eachBox(entry, func(kind, body []byte) {
		const visual = 78 // bytes of a VisualSampleEntry in front of its boxes
		switch {
		case string(kind) == "jpeg", string(kind) == "mjpg":
			found = true
		case string(kind) == "mp4v" && len(body) > visual:
			eachBox(body[visual:], func(kind, body []byte) {
				found = found || string(kind) == "esds" && len(body) > 4 && objectType(body[4:]) == 0x6C
			})
		}
	})
	return found
}

// objectType gives the object type of an elementary stream's descriptor (ISO/IEC 14496-1, section 7.2.6.5),
// or 0.
func objectType(d []byte) byte {
	enter := func(tag byte) bool {
		if len(d) == 0 || d[0] != tag {
			return false
		}
		for i := 1; i < min(len(d), 5); i++ { // the length, 7 bits a byte
			if d[i] < 0x80 {
				d = d[i+1:]
				return true
			}
		}
		return false
	}
	if !enter(3) || len(d) < 3 || d[2] != 0 { // without any of the fields that may follow
		return 0
	}
	d = d[3:]
	if !enter(4) || len(d) == 0 {
		return 0
	}
	return d[0]
}

var errSamples = errors.New("a fragment's list of pictures is not whole")

// parseFragment adds the pictures that a fragment's header lists for the track (section 8.8); at is where the
// header begins.
func (t *mp4Track) parseFragment(list []sample, data []byte, at int64) (_ []sample, err error) {
	eachBox(data, func(kind, traf []byte) {
		if string(kind) != "traf" || err != nil {
			return
		}
		run := trackRun{base: at, step: t.step, size: t.size}
		eachBox(traf, func(kind, body []byte) {
			if err != nil || len(body) < 4 {
				return
			}
			switch string(kind) {
			case "tfhd":
				err = run.header(body)
			case "tfdt":
				err = run.begin(body)
			case "trun":
				if run.id == t.id {
					list, err = run.samples(list, body)
				}
			}
		})
	})
	return list, err
}
