package main

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
)

const (
	firstBuffer = 256 << 10 // bytes
	maxPicture  = 16 << 20  // bytes of one JPEG picture
)

// endOfImage is the marker EOI of ITU-T T.81. It stands nowhere else in a picture, since in coded data FF is followed
// by 00; that the tables before them hold no such bytes is a matter of luck with those of the usual encoders.
var endOfImage = []byte{0xFF, 0xD9}

// jpegStream takes JPEG pictures that follow each other with nothing between. Their key is their CRC-32C.
type jpegStream struct {
	in    io.Reader
	album *album
	table *crc32.Table
	buf   []byte
	have  int // bytes in buf
	seen  int // of them, those in which no picture ends
}

func newJPEGStream(in io.Reader, a *album) *jpegStream {
	return &jpegStream{in: in, album: a, table: crc32.MakeTable(crc32.Castagnoli), buf: make([]byte, firstBuffer)}
}

var _ pictures = (*jpegStream)(nil)

func (s *jpegStream) next() (uint64, error) {
	for {
		if at := bytes.Index(s.buf[s.seen:s.have], endOfImage); at >= 0 {
			end := s.seen + at + len(endOfImage)
			key := uint64(crc32.Checksum(s.buf[:end], s.table))
			s.album.keep(key, s.buf[:end])
			s.have, s.seen = copy(s.buf, s.buf[end:s.have]), 0
			return key, nil
		}
		s.seen = max(s.have-1, 0)
		if s.have == len(s.buf) {
			if s.have >= maxPicture {
				return 0, errors.New("no end of a picture comes")
			}
			s.buf = append(s.buf, make([]byte, len(s.buf))...)
		}
		n, err := s.in.Read(s.buf[s.have:])
		s.have += n
		if n == 0 && err != nil {
			return 0, err
		}
	}
}
