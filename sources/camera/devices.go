package camera

import (
	"fmt"
	"strconv"
	"strings"
)

// Device is a camera of this machine.
type Device struct {
	Path    string // "/dev/video0"
	ID      string // finds this camera again on whatever path it gets; empty where nothing tells it apart
	Name    string // "HD Pro Webcam C920"
	Driver  string // "uvcvideo"
	Modes   []Mode
	Problem string // why it cannot be used, and what to do; empty when it can
}

// Mode is a format that a camera offers in one size.
type Mode struct {
	Format        string // the driver's four letters: "MJPG", "YUYV"
	Width, Height int    // in pixels; the largest of a range
	Range         bool   // smaller sizes are offered too
	Rates         []float64
}

// has reports whether the camera offers a format at that size and rate; zero means any.
func (d Device) has(format string, width, height int, rate float64) bool {
	for _, m := range d.Modes {
		fits := width == 0 || m.Width == width && m.Height == height || m.Range && width <= m.Width && height <= m.Height
		if m.Format != format || !fits {
			continue
		}
		if len(m.Rates) == 0 || rate == 0 {
			return true
		}
		for _, r := range m.Rates {
			if r > rate-0.5 {
				return true
			}
		}
	}
	return false
}

// formats lists the formats that the camera offers.
func (d Device) formats() string {
	var list []string
	for _, m := range d.Modes {
		if len(list) == 0 || list[len(list)-1] != m.Format {
			list = append(list, m.Format)
		}
	}
	if len(list) == 0 {
		return "nothing that it tells"
	}
	return strings.Join(list, ", ")
}

// choose finds the device that a user means among those that are here: by index, path or stable id.
func choose(device string, devices []Device) (string, error) {
	if n, err := strconv.ParseUint(device, 10, 16); err == nil {
		device = fmt.Sprintf("/dev/video%d", n)
	}
	for _, d := range devices {
		if d.Path == device || d.ID != "" && d.ID == device {
			return d.Path, nil
		}
	}
	if strings.HasPrefix(device, "/") {
		return device, nil // opening it says what is wrong, or it is a link
	}
	return "", absent(strconv.Quote(device), devices)
}

// absent says that a camera is not here, and which ones are.
func absent(device string, devices []Device) error {
	if len(devices) == 0 {
		return fmt.Errorf("no camera %s is here, nor any other: plug one in (in a container or virtual machine it must be "+
			"handed through), or try the test pattern with --set 'source={type: testpattern}'", device)
	}
	list := make([]string, len(devices))
	for i, d := range devices {
		list[i] = d.Path
		if d.ID != "" {
			list[i] += " (" + d.ID + ")"
		}
	}
	return fmt.Errorf("no camera %s is here: there are %s", device, strings.Join(list, ", "))
}
