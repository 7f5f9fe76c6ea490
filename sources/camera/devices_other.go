//go:build !linux

package camera

import "errors"

// Devices lists the cameras of this machine.
func Devices() ([]Device, error) {
	return nil, errors.New("listing cameras is not available here, only on Linux: try device: 0, 1 and so on")
}

// find leaves the device to OpenCV, which takes an index.
func find(device string) (string, error) { return device, nil }

// prepare has nothing to try: MJPG is asked for where it is not refused.
func prepare(r request) (request, error) {
	r.mjpg = r.cfg.Format != Raw
	return r, nil
}
