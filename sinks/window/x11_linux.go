//go:build opencv

package window

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// x11Within is how long an X server may take to answer.
const x11Within = 3 * time.Second

// resetPause is how long to wait for an X server that begins anew, as some do when their last client leaves.
const resetPause = 50 * time.Millisecond

// probeX11 connects to a display as an X client does, with the cookies that the user has, and gives the
// first screen's size in pixels. The connection stays, for the caller to close when the window is there: a
// server whose last client leaves may begin anew, and would throw out who comes at that moment.
func probeX11(ctx context.Context, display string) (image.Point, io.Closer, error) {
	ctx, cancel := context.WithTimeout(ctx, x11Within)
	defer cancel()
	host, number, err := splitDisplay(display)
	if err != nil {
		return image.Point{}, nil, fmt.Errorf("no display: DISPLAY is %q, which is no display (like :0); %s", display, otherwise)
	}
	var refused error
	for _, c := range append(cookies(number), cookie{}) {
		conn, screen, err := greetX11(ctx, host, number, c)
		switch {
		case err == nil:
			return screen, conn, nil
		case conn == nil:
			return image.Point{}, nil, fmt.Errorf("no display: DISPLAY is %q, where no X server answers (%w); %s", display, err, otherwise)
		case refused == nil:
			refused = err
		}
	}
	return image.Point{}, nil, fmt.Errorf("no display: the X server at %q refuses us (%w); run it as the user whose desktop it is", display, refused)
}

// greetX11 connects and greets, and again while the server hangs up without a word: it may be beginning anew.
// The connection is closed after an error, and nil when there was none.
func greetX11(ctx context.Context, host string, number int, c cookie) (net.Conn, image.Point, error) {
	for {
		conn, err := dialX11(ctx, host, number)
		if err != nil {
			return nil, image.Point{}, err
		}
		screen, err := setup(ctx, conn, c)
		if err == nil {
			return conn, screen, nil
		}
		conn.Close()
		if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			return conn, image.Point{}, err
		}
		select {
		case <-time.After(resetPause):
		case <-ctx.Done():
			return conn, image.Point{}, err
		}
	}
}

// splitDisplay takes "host:number.screen" apart.
func splitDisplay(display string) (host string, number int, err error) {
	i := strings.LastIndexByte(display, ':')
	if i < 0 {
		return "", 0, errors.New("no colon")
	}
	text, _, _ := strings.Cut(display[i+1:], ".")
	number, err = strconv.Atoi(text)
	if err == nil && (number < 0 || number > 59535) {
		err = errors.New("no such port")
	}
	return strings.Trim(display[:i], "[]"), number, err
}

func dialX11(ctx context.Context, host string, number int) (net.Conn, error) {
	var d net.Dialer
	if host != "" && host != "unix" {
		return d.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(6000+number)))
	}
	path := "/tmp/.X11-unix/X" + strconv.Itoa(number)
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		if abstract, err2 := d.DialContext(ctx, "unix", "@"+path); err2 == nil {
			return abstract, nil
		}
	}
	return conn, err
}

// setup greets the server (X Window System Protocol, section 8) and gives the first screen's size.
func setup(ctx context.Context, conn net.Conn, c cookie) (image.Point, error) {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return image.Point{}, err
		}
	}
	le := binary.LittleEndian
	hello := []byte{'l', 0, 11, 0, 0, 0}
	hello = le.AppendUint16(hello, uint16(len(c.name)))
	hello = le.AppendUint16(hello, uint16(len(c.data)))
	hello = append(hello, 0, 0)
	hello = append(hello, padded(c.name)...)
	hello = append(hello, padded(c.data)...)
	if _, err := conn.Write(hello); err != nil {
		return image.Point{}, err
	}
	var head [8]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return image.Point{}, err
	}
	body := make([]byte, 4*int(le.Uint16(head[6:])))
	if _, err := io.ReadFull(conn, body); err != nil {
		return image.Point{}, err
	}
	const success = 1
	if head[0] != success {
		return image.Point{}, errors.New(strings.TrimSpace(string(body[:min(int(head[1]), len(body))])))
	}
	return firstScreen(body)
}

// firstScreen finds the size of the first screen in the server's answer.
func firstScreen(body []byte) (image.Point, error) {
	const fixed, perFormat, width = 32, 8, 20
	if len(body) < fixed {
		return image.Point{}, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	vendor := (int(le.Uint16(body[16:])) + 3) &^ 3
	screen := fixed + vendor + perFormat*int(body[21])
	if len(body) < screen+width+4 {
		return image.Point{}, io.ErrUnexpectedEOF
	}
	return image.Pt(int(le.Uint16(body[screen+width:])), int(le.Uint16(body[screen+width+2:]))), nil
}

func padded(b []byte) []byte { return append(b[:len(b):len(b)], make([]byte, (4-len(b)%4)%4)...) }
