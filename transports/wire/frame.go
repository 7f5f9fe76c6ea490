package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"framewire/pipeline"
)

// MaxName is the longest name in bytes that a frame carries.
const MaxName = 1024

// FrameHead is the length in bytes of a frame's head before its name.
const FrameHead = 60

// The bits of a frame's flags; the others are 0.
const (
	flagKey      = 1 << 0
	flagLossless = 1 << 1
	flagConfirm  = 1 << 2
	flagMotion   = 1 << 3
)

// CodecID numbers a codec. Numbers up to 32767 are given out here, those above are free for private use.
type CodecID uint16

// The codecs that are defined.
const (
	CodecRaw  CodecID = 1 // pipeline.CodecRaw
	CodecJPEG CodecID = 2 // pipeline.CodecJPEG
	CodecFile CodecID = 3 // pipeline.CodecFile
)

// codecName gives the engine's name for a number, or "" for one that is not known.
func codecName(id CodecID) pipeline.Codec {
	switch id {
	case CodecRaw:
		return pipeline.CodecRaw
	case CodecJPEG:
		return pipeline.CodecJPEG
	case CodecFile:
		return pipeline.CodecFile
	}
	return ""
}

func codecID(name pipeline.Codec) CodecID {
	switch name {
	case pipeline.CodecRaw:
		return CodecRaw
	case pipeline.CodecJPEG:
		return CodecJPEG
	case pipeline.CodecFile:
		return CodecFile
	}
	return 0
}

// CheckFrame reports whether a frame can be carried: a codec with a number, a format that fits its data,
// a name within MaxName and a right-angled rotation.
func CheckFrame(f *pipeline.Frame) error {
	if codecID(f.Format.Codec) == 0 {
		return fmt.Errorf("codec %q has no number in the wire format", f.Format.Codec)
	}
	if len(f.Meta.Name) > MaxName {
		return fmt.Errorf("name of %d bytes, the limit is %d", len(f.Meta.Name), MaxName)
	}
	if err := checkRotation(f.Meta.Rotation); err != nil {
		return err
	}
	return f.Format.Check(len(f.Data))
}

func checkRotation(degrees int) error {
	switch degrees {
	case 0, 90, 180, 270:
		return nil
	}
	return fmt.Errorf("rotation of %d degrees, wants 0, 90, 180 or 270", degrees)
}

// AppendFrame adds everything of a frame's message that goes before its data; AppendTrailer adds what goes
// behind them. The frame has passed CheckFrame.
func AppendFrame(dst []byte, f *pipeline.Frame) []byte {
	start := len(dst)
	return finish(AppendFrameHead(begin(dst, TypeFrame), f), start, uint32(len(f.Data)))
}

// AppendFrameHead adds the head of a frame alone: everything that is known of it but its data. The frame
// has passed CheckFrame.
func AppendFrameHead(dst []byte, f *pipeline.Frame) []byte {
	dst = append(dst, f.Stream[:]...)
	dst = binary.BigEndian.AppendUint64(dst, f.Seq)
	dst = binary.BigEndian.AppendUint64(dst, uint64(unixNano(f.Captured)))
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.PTS))
	dst = binary.BigEndian.AppendUint16(dst, uint16(codecID(f.Format.Codec)))
	dst = append(dst, byte(f.Format.Layout), flags(f))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.Format.Width))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.Format.Height))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.Format.Stride))
	dst = binary.BigEndian.AppendUint16(dst, uint16(f.Meta.Rotation))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(f.Meta.Name)))
	return append(dst, f.Meta.Name...)
}

func flags(f *pipeline.Frame) (b byte) {
	if f.Key {
		b |= flagKey
	}
	if f.Lossless {
		b |= flagLossless
	}
	if f.Confirm {
		b |= flagConfirm
	}
	if f.Meta.Motion {
		b |= flagMotion
	}
	return b
}

// ParseFrameHead fills f from a frame's verified head; size is the data's length in bytes. It checks
// everything that can be known without the data; a codec without a name here is a *CodecError. lastName is
// the string that the last name was put in: photos sent again and again under one name cost one string.
func ParseFrameHead(f *pipeline.Frame, head []byte, size uint32, lastName *string) error {
	return parseFrameHead(f, head, int64(size), lastName)
}

func parseFrameHead(f *pipeline.Frame, head []byte, size int64, lastName *string) error {
	if len(head) < FrameHead {
		return fmt.Errorf("frame's head has %d bytes, wants %d or more", len(head), FrameHead)
	}
	nameSize := int(binary.BigEndian.Uint16(head[58:]))
	if nameSize > MaxName || nameSize > len(head)-FrameHead {
		return fmt.Errorf("frame claims a name of %d bytes, the limit is %d and %d came", nameSize, MaxName, len(head)-FrameHead)
	}
	copy(f.Stream[:], head)
	f.Seq = binary.BigEndian.Uint64(head[16:])
	f.Captured = timeOf(int64(binary.BigEndian.Uint64(head[24:])))
	f.PTS = time.Duration(binary.BigEndian.Uint64(head[32:]))
	id := CodecID(binary.BigEndian.Uint16(head[40:]))
	f.Key, f.Lossless = head[43]&flagKey != 0, head[43]&flagLossless != 0
	f.Confirm, f.Meta.Motion = head[43]&flagConfirm != 0, head[43]&flagMotion != 0
	f.Meta.Rotation = int(binary.BigEndian.Uint16(head[56:]))
	if name := head[FrameHead : FrameHead+nameSize]; len(name) > 0 {
		if string(name) != *lastName {
			*lastName = string(name)
		}
		f.Meta.Name = *lastName
	}
	if err := checkRotation(f.Meta.Rotation); err != nil {
		return fmt.Errorf("frame %d: %w", f.Seq, err)
	}
	f.Format.Codec = codecName(id)
	if f.Format.Codec == "" {
		return &CodecError{Seq: f.Seq, ID: id}
	}
	f.Format.Layout = pipeline.Layout(head[42])
	// Sizes beyond an int of 32 bits fail the check as negative numbers do.
	f.Format.Width = int(int32(binary.BigEndian.Uint32(head[44:])))
	f.Format.Height = int(int32(binary.BigEndian.Uint32(head[48:])))
	f.Format.Stride = int(int32(binary.BigEndian.Uint32(head[52:])))
	if err := f.Format.Check(int(min(size, math.MaxInt32))); err != nil { // no raw frame is larger
		return fmt.Errorf("frame %d: %w", f.Seq, err)
	}
	return nil
}

// CodecError says that a frame is in a codec that this version has no name for. The frame was skipped and
// the connection is in order.
type CodecError struct {
	Seq uint64
	ID  CodecID
}

// Error names the frame and the codec's number.
func (e *CodecError) Error() string {
	return fmt.Sprintf("frame %d is in codec number %d, which this version does not know", e.Seq, e.ID)
}

// unixNano gives a time in nanoseconds since 1970, and 0 for no time.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func timeOf(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}
