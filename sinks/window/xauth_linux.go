//go:build opencv

package window

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
)

const (
	mostAuthority = 1 << 20 // bytes of an authority file that are looked at
	mostCookies   = 8       // that are tried
)

// cookie is what a client shows an X server to be let in.
type cookie struct{ name, data []byte }

// cookies gives what the user's authority file has for a display.
func cookies(display int) []cookie {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		path = filepath.Join(home, ".Xauthority")
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) > mostAuthority {
		return nil
	}
	return parseAuthority(data, strconv.Itoa(display))
}

// parseAuthority reads an authority file (libXau, "AuthFileFormat"): entries of a family and four strings
// with a length in front, all big endian: address, display, name of the protocol, data.
func parseAuthority(data []byte, display string) []cookie {
	var list []cookie
	for len(data) >= 2 && len(list) < mostCookies {
		data = data[2:] // the family
		var fields [4][]byte
		for i := range fields {
			if len(data) < 2 {
				return list
			}
			n := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+n {
				return list
			}
			fields[i], data = data[2:2+n], data[2+n:]
		}
		if number := string(fields[1]); number == display || number == "" {
			list = append(list, cookie{name: fields[2], data: fields[3]})
		}
	}
	return list
}
