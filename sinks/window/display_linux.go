//go:build opencv

package window

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// otherwise is the end of every message about a missing display.
const otherwise = "run it on the desktop, or use a file or snapshot sink"

// findDisplay makes sure that a window can be opened and gives the screen's size in pixels. Qt, which
// highgui uses, aborts the whole process where there is no display. The caller closes hold, if there is one,
// after it has opened the window.
func findDisplay(ctx context.Context) (screen image.Point, hold io.Closer, err error) {
	platform, _, _ := strings.Cut(os.Getenv("QT_QPA_PLATFORM"), ":")
	display := os.Getenv("DISPLAY")
	switch {
	case strings.HasPrefix(platform, "wayland"):
		return usualScreen(), nil, findWayland(ctx)
	case platform != "" && platform != "xcb": // offscreen, vnc and the like need nothing
		return usualScreen(), nil, nil
	case display == "" && os.Getenv("WAYLAND_DISPLAY") != "":
		return image.Point{}, nil, errors.New("no display: DISPLAY is not set; start Xwayland, or install qtwayland5 and set QT_QPA_PLATFORM=wayland")
	case display == "":
		return image.Point{}, nil, errors.New("no display: DISPLAY is not set; " + otherwise)
	}
	return probeX11(ctx, display)
}

// usualScreen is assumed where the screen's size cannot be asked for.
func usualScreen() image.Point { return image.Pt(1366, 768) }

// findWayland makes sure that a Wayland compositor listens where the environment says.
func findWayland(ctx context.Context) error {
	path := os.Getenv("WAYLAND_DISPLAY")
	if path == "" {
		path = "wayland-0"
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), path)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("no display: no Wayland compositor answers: %w; %s", err, otherwise)
	}
	return conn.Close()
}
