//go:build opencv

package camera

// find gives the path of the device that a user means.
func find(device string) (string, error) {
	devices, err := Devices()
	if err != nil {
		return "", err
	}
	return choose(device, devices)
}
