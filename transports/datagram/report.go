package datagram

import (
	"encoding/binary"
	"time"
)

// reportSize is the length in bytes of a report after its type.
const reportSize = 52

// Report is what a receiver tells of a session, several times a second. Counts are over the whole session:
// the difference between two reports is what happened between them, however many were lost. The loss is
// 1 - (change of Received) / (change of Highest).
type Report struct {
	Highest  uint64        // the highest counter that a datagram of this session came with
	Received uint64        // datagrams, with those that may merely have been overtaken
	Bytes    uint64        // of those datagrams
	Age      time.Duration // from the arrival of the datagram with counter Highest to the leaving of this report; microseconds, at most 71 minutes
	Late     uint32        // frames given up; wraps
	Complete uint32        // frames that came whole; wraps
	AckBase  uint32        // all frames before this number are done with
	AckBits  uint64        // bit i: frame AckBase+i came whole
	Room     uint32        // bytes that the receiver's socket keeps until they are read; 0 where that is not known
}

// Append adds the message to dst.
func (r Report) Append(dst []byte) []byte {
	dst = append(dst, byte(TypeReport))
	for _, n := range [...]uint64{r.Highest, r.Received, r.Bytes} {
		dst = binary.BigEndian.AppendUint64(dst, n)
	}
	age := uint32(min(max(r.Age.Microseconds(), 0), 1<<32-1))
	for _, n := range [...]uint32{age, r.Late, r.Complete, r.AckBase} {
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	dst = binary.BigEndian.AppendUint64(dst, r.AckBits)
	return binary.BigEndian.AppendUint32(dst, r.Room)
}

// ParseReport reads a report.
func ParseReport(b []byte) (Report, error) {
	b, err := body(b, TypeReport, reportSize)
	if err != nil {
		return Report{}, err
	}
	return Report{
		Highest:  binary.BigEndian.Uint64(b),
		Received: binary.BigEndian.Uint64(b[8:]),
		Bytes:    binary.BigEndian.Uint64(b[16:]),
		Age:      time.Duration(binary.BigEndian.Uint32(b[24:])) * time.Microsecond,
		Late:     binary.BigEndian.Uint32(b[28:]),
		Complete: binary.BigEndian.Uint32(b[32:]),
		AckBase:  binary.BigEndian.Uint32(b[36:]),
		AckBits:  binary.BigEndian.Uint64(b[40:]),
		Room:     binary.BigEndian.Uint32(b[48:]),
	}, nil
}
