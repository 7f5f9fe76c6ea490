package wire

import (
	"encoding/binary"
	"io"
	"strconv"
	"strings"
)

// StrangerError says that the other end is not Framewire, and what it seems to be.
type StrangerError struct {
	What  string // "an HTTP client"; empty where nothing fits
	First []byte // the first bytes, at most 24
}

// Error names the stranger, or shows its first bytes.
func (e *StrangerError) Error() string {
	if e.What != "" {
		return "this is " + e.What + ", not framewire"
	}
	return "this is not framewire: its first bytes are " + strconv.QuoteToASCII(string(e.First))
}

// strangerFrom reads a little more where that helps to tell who the stranger is, never more than 24
// bytes altogether and only until something fits.
func strangerFrom(r io.Reader, first []byte) error {
	var buf [24]byte
	n := copy(buf[:], first)
	for Identify(buf[:n]) == "" && n < len(buf) {
		got, err := r.Read(buf[n:])
		n += got
		if err != nil {
			break
		}
	}
	return &StrangerError{What: Identify(buf[:n]), First: append([]byte(nil), buf[:n]...)}
}

// Identify names the protocol whose first bytes these are, as people call the program that sent them. It
// gives an empty string where nothing fits.
func Identify(first []byte) string {
	text := string(first)
	for _, p := range prefixes {
		if strings.HasPrefix(text, p.prefix) {
			return p.what
		}
	}
	for _, method := range [...]string{"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ", "PRI * HTTP/2"} {
		if strings.HasPrefix(text, method) {
			// Both protocols have this method: only what follows it tells.
			if strings.HasPrefix("OPTIONS rtsp:", text) || strings.HasPrefix("OPTIONS * RTSP", text) {
				return ""
			}
			return "an HTTP client"
		}
	}
	if len(first) >= 6 && first[0] == 0x16 && first[1] == 3 && (first[5] == 1 || first[5] == 2) {
		if first[5] == 2 {
			return "a TLS server"
		}
		return "a TLS client (https)"
	}
	if len(first) >= 3 && first[0] == 0x15 && first[1] == 3 {
		return "a TLS server"
	}
	if pickled(first) {
		return "a script that sends pickled frames"
	}
	return ""
}

// prefixes are the openings that one look decides.
var prefixes = [...]struct{ prefix, what string }{
	{"HTTP/", "an HTTP server"},
	{"RTSP/", "an RTSP server"},
	{"OPTIONS rtsp:", "an RTSP client"},
	{"OPTIONS * RTSP", "an RTSP client"},
	{"DESCRIBE rtsp", "an RTSP client"},
	{"SETUP rtsp", "an RTSP client"},
	{"ANNOUNCE rtsp", "an RTSP client"},
	{"SSH-", "an SSH client or server"},
	{"220 ", "a mail or FTP server"},
	{"220-", "a mail or FTP server"},
	{"RFB 00", "a VNC server"},
	{"\xff\xd8\xff", "a sender of bare JPEG images"},
	{"\x80\x02", "a script that sends pickles"},
	{"\x80\x03", "a script that sends pickles"},
	{"\x80\x04", "a script that sends pickles"},
	{"\x80\x05", "a script that sends pickles"},
}

// pickled recognises the scripts that send struct.pack("Q", n) or struct.pack("L", n), in either byte
// order, and then n bytes of a Python pickle: a length that fits a picture, then 0x80 and the protocol.
func pickled(first []byte) bool {
	for _, width := range [...]int{8, 4} {
		if len(first) < width+2 || first[width] != 0x80 || first[width+1] < 2 || first[width+1] > 5 {
			continue
		}
		var little, big uint64
		if width == 8 {
			little, big = binary.LittleEndian.Uint64(first), binary.BigEndian.Uint64(first)
		} else {
			little, big = uint64(binary.LittleEndian.Uint32(first)), uint64(binary.BigEndian.Uint32(first))
		}
		if min(little, big) < 1<<30 {
			return true
		}
	}
	return false
}

// Printable shows text from a stranger in a log line: escaped where it is not plain, and not too long.
func Printable(text string) string { return printable(text, 200) }

func printable(text string, most int) string {
	quoted := strconv.QuoteToASCII(Cut(text, most))
	if plain := quoted[1 : len(quoted)-1]; plain == text {
		return text
	}
	return quoted
}
