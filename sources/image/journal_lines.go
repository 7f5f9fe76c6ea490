package image

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// journalHead is how a journal begins, so that no other file is taken for one and overwritten.
const journalHead = "# framewire journal 1: size in bytes, time of change in ns, SHA-256, name of each photo that was delivered\n"

// A journal that is larger is not read. A line holds the longest name that a system has, escaped.
const (
	maxJournal = 1 << 30
	maxLine    = 64 << 10
)

// appendEntry writes one line, such as
//
//	1783412 1700000000000000000 9f86d081…0f00a08 "holiday/IMG_1.jpg"
func appendEntry(dst []byte, name string, e entry) []byte {
	dst = strconv.AppendInt(dst, e.stamp.size, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, e.stamp.mtime, 10)
	dst = append(dst, ' ')
	dst = hex.AppendEncode(dst, e.sum[:])
	dst = append(dst, ' ')
	dst = strconv.AppendQuote(dst, name)
	return append(dst, '\n')
}

// parseEntry reads a line without its end. The closing quote stands last, so that a line of which only a part
// was written is never taken for a whole one.
func parseEntry(line string) (name string, e entry, ok bool) {
	size, rest, _ := strings.Cut(line, " ")
	mtime, rest, _ := strings.Cut(rest, " ")
	sum, quoted, _ := strings.Cut(rest, " ")
	var errs [4]error
	e.stamp.size, errs[0] = strconv.ParseInt(size, 10, 64)
	e.stamp.mtime, errs[1] = strconv.ParseInt(mtime, 10, 64)
	if len(sum) != hex.EncodedLen(len(e.sum)) {
		return "", entry{}, false
	}
	_, errs[2] = hex.Decode(e.sum[:], []byte(sum))
	name, errs[3] = strconv.Unquote(quoted)
	if errors.Join(errs[:]...) != nil || e.stamp.size < 0 || name == "" || quoted[0] != '"' {
		return "", entry{}, false
	}
	return name, e, true
}

// read takes the lines of a journal in. Those that are not whole are left out: their photos are offered
// once more, and the receiver says that it has them.
func (j *journal) read() error {
	info, err := j.file.Stat()
	switch {
	case err != nil:
		return j.unusable(err)
	case !info.Mode().IsRegular():
		return j.unusable(errors.New("it is not a file"))
	case info.Size() > maxJournal:
		return j.unusable(fmt.Errorf("it has %d MiB, more than the %d MiB that are read", info.Size()>>20, maxJournal>>20))
	case info.Size() == 0:
		return nil
	}
	if err := j.parse(j.file); err != nil {
		return j.unusable(err)
	}
	return nil
}

func (j *journal) parse(r io.Reader) error {
	lines := bufio.NewReaderSize(r, maxLine)
	for first, skip := true, false; ; first = false {
		line, err := lines.ReadSlice('\n')
		switch {
		case first && string(line) != journalHead:
			return errors.New("it is a file of another kind")
		case errors.Is(err, io.EOF):
			return nil // a part of a line, or none
		case errors.Is(err, bufio.ErrBufferFull):
			skip = true // the rest of this line is none either
			continue
		case err != nil:
			return err
		}
		if name, e, ok := parseEntry(strings.TrimSuffix(string(line), "\n")); ok && !skip {
			j.order++
			e.order = j.order
			j.entries[name] = e
		}
		skip = false
	}
}
