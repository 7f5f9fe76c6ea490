//go:build opencv && linux

package window

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 15 * time.Second

// needDisplay skips a test where Xvfb or the tools that look at it are missing.
func needDisplay(t testing.TB) {
	t.Helper()
	if os.Getenv("DISPLAY") == "" {
		t.Skip("no display")
	}
	for _, name := range []string{"xdotool", "import"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
}

// until waits for a condition.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("after %s still not: %s", patience, what)
		}
	}
}

func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return out
}

// windowID finds a window by its title.
func windowID(t *testing.T, title string) (id string) {
	t.Helper()
	until(t, "a window titled "+title, func() bool {
		out, _ := exec.Command("xdotool", "search", "--name", "^"+title+"$").Output()
		id = strings.TrimSpace(string(out))
		return id != ""
	})
	return id
}

func press(t *testing.T, title, key string) {
	t.Helper()
	command(t, "xdotool", "key", "--window", windowID(t, title), key)
}

// screenshot photographs the whole screen.
func screenshot(t *testing.T) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(command(t, "import", "-window", "root", "png:-")))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// area gives the rectangle that holds every pixel of about that colour.
func area(img image.Image, want color.RGBA) image.Rectangle {
	var r image.Rectangle
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if near(img.At(x, y), want) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func near(c color.Color, want color.RGBA) bool {
	r, g, b, _ := c.RGBA()
	off := func(a uint32, b uint8) bool { d := int(a>>8) - int(b); return d > 8 || d < -8 }
	return !off(r, want.R) && !off(g, want.G) && !off(b, want.B)
}

// deleteWindow sends what a window manager sends when the user closes a window (ICCCM, section 4.2.8.1).
func deleteWindow(t *testing.T, id string) {
	t.Helper()
	window, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	_, number, err := splitDisplay(os.Getenv("DISPLAY"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := dialX11(t.Context(), "", number)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := setup(t.Context(), conn, cookie{}); err != nil {
		t.Fatal(err)
	}
	protocols, remove := internAtom(t, conn, "WM_PROTOCOLS"), internAtom(t, conn, "WM_DELETE_WINDOW")
	le := binary.LittleEndian
	const sendEvent, clientMessage, format32 = 25, 33, 32
	event := []byte{sendEvent, 0, 11, 0}
	event = le.AppendUint32(event, uint32(window))
	event = le.AppendUint32(event, 0)
	event = append(event, clientMessage, format32, 0, 0)
	event = le.AppendUint32(event, uint32(window))
	event = le.AppendUint32(event, protocols)
	event = le.AppendUint32(event, remove)
	event = append(event, make([]byte, 16)...)
	if _, err := conn.Write(event); err != nil {
		t.Fatal(err)
	}
	internAtom(t, conn, "WM_PROTOCOLS") // the server has read up to here when it answers
}

func internAtom(t *testing.T, conn net.Conn, name string) uint32 {
	t.Helper()
	le := binary.LittleEndian
	text := padded([]byte(name))
	request := []byte{16, 0}
	request = le.AppendUint16(request, uint16(2+len(text)/4))
	request = le.AppendUint16(request, uint16(len(name)))
	request = append(request, 0, 0)
	if _, err := conn.Write(append(request, text...)); err != nil {
		t.Fatal(err)
	}
	var reply [32]byte
	if _, err := io.ReadFull(conn, reply[:]); err != nil || reply[0] != 1 {
		t.Fatalf("intern %s: answer %x, %v", name, reply[:8], err)
	}
	return le.Uint32(reply[8:])
}
