package mux

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/at-wat/ebml-go"

	"framewire/pipeline"
)

const (
	muxingApp    = "framewire"
	seekRoom     = 96 // bytes kept for the SeekHead, with which the segment begins
	durationRoom = 11 // bytes of a Duration: two of id, one of length, a 64-bit float
)

// The elements of the file's beginning (RFC 9559, section 5.1); field names are the elements' names.
type (
	ebmlHead struct {
		EBMLVersion, EBMLReadVersion, EBMLMaxIDLength, EBMLMaxSizeLength uint64
		EBMLDocType                                                      string
		EBMLDocTypeVersion, EBMLDocTypeReadVersion                       uint64
	}
	segmentInfo struct {
		TimecodeScale uint64 // nanoseconds
		MuxingApp     string
		WritingApp    string
		DateUTC       time.Time
		Void          []byte // makes room for the Duration
	}
	trackEntry struct {
		TrackNumber, TrackUID, TrackType, FlagLacing uint64
		CodecID                                      string
		Video                                        video
	}
	video struct {
		FlagInterlaced, PixelWidth, PixelHeight uint64
		Projection                              *projection
	}
	projection struct {
		ProjectionType     uint64
		ProjectionPoseRoll float64 // degrees counter-clockwise, -180 to 180
	}
)

// header gives everything that stands before the first cluster and notes where the parts are that are
// filled in later.
func (m *matroska) header(first *pipeline.Frame, when time.Time) ([]byte, error) {
	const progressive, videoTrack = 2, 1
	head, err1 := marshal(&struct{ EBML ebmlHead }{ebmlHead{1, 1, 4, 8, "matroska", 4, 2}})
	segment, err2 := marshal(&struct {
		Segment struct{} `ebml:"Segment,size=unknown"`
	}{})
	info, err3 := marshal(&struct{ Info segmentInfo }{segmentInfo{
		TimecodeScale: uint64(matroskaTick), MuxingApp: muxingApp, WritingApp: muxingApp,
		DateUTC: when.UTC(), Void: make([]byte, durationRoom-2),
	}})
	track := trackEntry{TrackNumber: 1, TrackUID: 1, TrackType: videoTrack, CodecID: "V_MJPEG"}
	track.Video = video{FlagInterlaced: progressive, PixelWidth: uint64(first.Format.Width), PixelHeight: uint64(first.Format.Height)}
	if turn := first.Meta.Rotation; turn != 0 {
		track.Video.Projection = &projection{ProjectionPoseRoll: float64((540-turn)%360 - 180)}
	}
	tracks, err4 := marshal(&struct {
		Tracks struct{ TrackEntry trackEntry }
	}{struct{ TrackEntry trackEntry }{track}})
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return nil, err
		}
	}
	m.segment = int64(len(head) + len(segment))
	m.info = m.segment + seekRoom
	m.tracks = m.info + int64(len(info))
	m.duration = m.tracks - durationRoom
	return bytes.Join([][]byte{head, segment, void(seekRoom), info, tracks}, nil), nil
}

// patchDuration writes how long the recording is, with the last frame shown as long as the one before it.
func (m *matroska) patchDuration() error {
	b := [durationRoom]byte{0x44, 0x89, 0x88}
	binary.BigEndian.PutUint64(b[3:], math.Float64bits(float64(m.last+m.step)))
	_, err := m.file.WriteAt(b[:], m.duration)
	return err
}

// void is an element of n bytes, 2 to 128, that says nothing.
func void(n int) []byte {
	b := make([]byte, n)
	b[0], b[1] = 0xEC, 0x80|byte(n-2)
	return b
}

func marshal(element any) ([]byte, error) {
	var b bytes.Buffer
	if err := ebml.Marshal(element, &b); err != nil {
		return nil, fmt.Errorf("build a matroska element: %w", err)
	}
	return b.Bytes(), nil
}
