package camera

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Devices lists the cameras of this machine in the order of their numbers. A camera that cannot be used
// is listed with its problem.
func Devices() ([]Device, error) {
	paths, err := filepath.Glob("/dev/video*")
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(nodeNumber(a), nodeNumber(b)) })
	links := stableLinks("/dev/v4l/by-id")
	var list []Device
	for _, path := range paths {
		if nodeNumber(path) < 0 {
			continue
		}
		if d, ok := describe(path); ok {
			if id := links[path]; id != "" {
				d.ID = id
			}
			list = append(list, d)
		}
	}
	return list, nil
}

// nodeNumber gives 3 for /dev/video3, and -1 for what is no camera's path.
func nodeNumber(path string) int {
	n, err := strconv.ParseUint(strings.TrimPrefix(path, "/dev/video"), 10, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

// stableLinks gives the names that udev made for devices, by path.
func stableLinks(folder string) map[string]string {
	links := make(map[string]string)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return links // no udev here
	}
	for _, e := range entries {
		if path, err := filepath.EvalSymlinks(filepath.Join(folder, e.Name())); err == nil {
			links[path] = e.Name()
		}
	}
	return links
}

// describe asks one device what it is. It reports false for a device that takes no pictures, such as a
// camera's second node for metadata.
func describe(path string) (Device, bool) {
	d := Device{Path: path, Name: nameFromSysfs(path)}
	node, err := openNode(path)
	if err != nil {
		d.Problem = explain(path, err).Error()
		return d, !errors.Is(err, fs.ErrNotExist)
	}
	defer node.close()
	caps, err := node.capability()
	if err != nil || !caps.takesPictures() {
		return d, false
	}
	d.Name, d.Driver = text(caps.card[:]), text(caps.driver[:])
	d.ID = stableID(text(caps.bus[:]), d.Name)
	d.Modes = node.modes()
	return d, true
}

// nameFromSysfs gives the name of a device that may not be opened.
func nameFromSysfs(path string) string {
	name, err := os.ReadFile(filepath.Join("/sys/class/video4linux", filepath.Base(path), "name"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// stableID names a camera by where it is plugged in and what it is, for machines without udev's links.
func stableID(bus, card string) string {
	if bus == "" {
		return ""
	}
	return bus + "/" + strings.ReplaceAll(card, " ", "_")
}

// prepare tries the device before OpenCV does, and chooses what to ask it for.
func prepare(r request) (request, error) {
	node, err := openNode(r.path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			devices, _ := Devices() // an error leaves the list empty
			return r, absent(r.path, devices)
		}
		return r, explain(r.path, err)
	}
	defer node.close()
	caps, err := node.capability()
	if err != nil || !caps.takesPictures() {
		return r, fmt.Errorf("%s is no camera: it gives no pictures, or, as a loopback device, nothing feeds it (`framewire devices` lists the cameras)", r.path)
	}
	if err := node.tryBuffers(); err != nil {
		return r, explain(r.path, err)
	}
	return chooseFormat(r, Device{Path: r.path, Modes: node.modes()})
}

// chooseFormat decides between MJPG and raw.
func chooseFormat(r request, d Device) (request, error) {
	offers := d.has("MJPG", 0, 0, 0) || d.has("JPEG", 0, 0, 0)
	switch r.cfg.Format {
	case MJPG:
		if !offers {
			return r, fmt.Errorf("%s has no MJPG, it offers %s: use format: auto", r.path, d.formats())
		}
		r.mjpg = true
	case Auto:
		size := r.cfg.Size
		rate := r.cfg.FPS
		if rate == 0 {
			rate = 25
		}
		slow := !d.has("YUYV", size.Width, size.Height, rate)
		r.mjpg = offers && (r.packets || slow)
	}
	r.packets = r.packets && r.mjpg
	return r, nil
}

// explain says what to do about a device that cannot be used.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: permission denied: add your user to the video group: sudo usermod -aG video $USER (and log in again)", path)
	case errors.Is(err, unix.EBUSY):
		who := "another program"
		if list := holders(path); len(list) > 0 {
			who = strings.Join(list, " and ")
		}
		return fmt.Errorf("%s is in use by %s: close it, or choose another camera", path, who)
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%s: the camera was unplugged", path)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// holders names the processes that have the device open, as far as /proc tells this user.
func holders(path string) []string {
	var list []string
	fds, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return nil
	}
	for _, fd := range fds {
		to, err := os.Readlink(fd)
		if err != nil || to != path {
			continue
		}
		pid := strings.Split(fd, "/")[2]
		if pid == strconv.Itoa(os.Getpid()) {
			continue
		}
		name, err := os.ReadFile("/proc/" + pid + "/comm")
		if err != nil {
			continue
		}
		who := fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), pid)
		if !slices.Contains(list, who) {
			list = append(list, who)
		}
	}
	return list
}
