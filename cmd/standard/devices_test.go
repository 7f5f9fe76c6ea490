package standard

import (
	"strings"
	"testing"

	"framewire/sources/camera"
)

func TestWriteDevices(t *testing.T) {
	tests := []struct {
		name    string
		devices []camera.Device
		want    string
	}{
		{"none", nil, "no camera was found on this machine\n" +
			"plug one in; in a container or virtual machine it must be handed through (--device /dev/video0)\n"},
		{"two", []camera.Device{
			{Path: "/dev/video0", ID: "usb-C920", Name: "C920", Driver: "uvcvideo", Modes: []camera.Mode{
				{Format: "MJPG", Width: 1920, Height: 1080, Rates: []float64{15, 30, 29.97003}},
				{Format: "YUYV", Width: 640, Height: 480, Range: true},
			}},
			{Path: "/dev/video1", Name: "other", Driver: "x", Problem: "permission denied: join the group"},
		}, `/dev/video0  C920 (uvcvideo)
  device: usb-C920
  MJPG  1920x1080  at 30, 29.97, 15 frames/s
  YUYV  up to 640x480

/dev/video1  other (x)
  problem: permission denied: join the group
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if err := writeDevices(&out, tt.devices); err != nil || out.String() != tt.want {
				t.Errorf("error %v, printed\n%s\nwant\n%s", err, out.String(), tt.want)
			}
		})
	}
}
