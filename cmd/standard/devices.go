package standard

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"framewire/sources/camera"
)

// printDevices writes the cameras of this machine for people.
func printDevices(w io.Writer) error {
	devices, err := camera.Devices()
	if err != nil {
		return err
	}
	return writeDevices(w, devices)
}

func writeDevices(w io.Writer, devices []camera.Device) error {
	var b strings.Builder
	if len(devices) == 0 {
		b.WriteString("no camera was found on this machine\n" +
			"plug one in; in a container or virtual machine it must be handed through (--device /dev/video0)\n")
	}
	for i, d := range devices {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s (%s)\n", d.Path, d.Name, d.Driver)
		if d.ID != "" {
			fmt.Fprintf(&b, "  device: %s\n", d.ID)
		}
		if d.Problem != "" {
			fmt.Fprintf(&b, "  problem: %s\n", d.Problem)
		}
		for _, m := range d.Modes {
			upTo := ""
			if m.Range {
				upTo = "up to "
			}
			fmt.Fprintf(&b, "  %-5s %s%dx%d%s\n", m.Format, upTo, m.Width, m.Height, rates(m.Rates))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rates puts frame rates into words, the highest first.
func rates(list []float64) string {
	if len(list) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(list))
	slices.Reverse(sorted)
	words := make([]string, len(sorted))
	for i, r := range sorted {
		words[i] = strconv.FormatFloat(r, 'f', -1, 64)
		if dot := strings.IndexByte(words[i], '.'); dot >= 0 && len(words[i]) > dot+3 {
			words[i] = words[i][:dot+3]
		}
	}
	return "  at " + strings.Join(words, ", ") + " frames/s"
}
