package camera

import "testing"

var someDevices = []Device{
	{Path: "/dev/video0", ID: "usb-Acme_Cam_1-video-index0", Modes: []Mode{
		{Format: "YUYV", Width: 640, Height: 480, Rates: []float64{30, 15}},
		{Format: "YUYV", Width: 1920, Height: 1080, Rates: []float64{5}},
		{Format: "MJPG", Width: 1920, Height: 1080, Rates: []float64{30}},
	}},
	{Path: "/dev/video4", ID: "platform:vivid-000/vivid", Modes: []Mode{{Format: "YUYV", Width: 4096, Height: 2160, Range: true}}},
}

func TestChoose(t *testing.T) {
	for device, want := range map[string]string{
		"0":                           "/dev/video0",
		"4":                           "/dev/video4",
		"7":                           "/dev/video7", // opening it says that it is not there
		"/dev/video4":                 "/dev/video4",
		"/dev/v4l/by-path/x":          "/dev/v4l/by-path/x",
		"usb-Acme_Cam_1-video-index0": "/dev/video0",
		"platform:vivid-000/vivid":    "/dev/video4",
	} {
		if got, err := choose(device, someDevices); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %s", device, got, err, want)
		}
	}
	for want, devices := range map[string][]Device{
		`no camera "webcam" is here: there are /dev/video0 (usb-Acme_Cam_1-video-index0), /dev/video4 (platform:vivid-000/vivid)`:                                                               someDevices,
		`no camera "webcam" is here, nor any other: plug one in (in a container or virtual machine it must be handed through), or try the test pattern with --set 'source={type: testpattern}'`: nil,
	} {
		if _, err := choose("webcam", devices); err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

func TestDeviceHas(t *testing.T) {
	for _, c := range []struct {
		device        int
		format        string
		width, height int
		rate          float64
		want          bool
	}{
		{0, "MJPG", 0, 0, 0, true},
		{0, "YUYV", 640, 480, 29.97, true},
		{0, "YUYV", 1920, 1080, 25, false},
		{0, "YUYV", 1920, 1080, 0, true},
		{0, "YUYV", 800, 600, 0, false},
		{0, "NV12", 0, 0, 0, false},
		{1, "YUYV", 800, 600, 25, true},
		{1, "YUYV", 8000, 600, 25, false},
	} {
		if got := someDevices[c.device].has(c.format, c.width, c.height, c.rate); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
