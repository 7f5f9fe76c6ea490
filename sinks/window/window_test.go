package window

import (
	"testing"

	"framewire/pipeline/config"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{*Spec().Config().(*Config), ""},
		{Config{Snapshots: "."}, ""},
		{Config{}, "snapshots: is missing (for example snapshots: . for the current folder)"},
		{Config{Snapshots: ".", Size: config.Size{Width: 20000, Height: 10}}, "size: 20000x10 is not between 1x1 and 16384x16384"},
	} {
		got := ""
		if err := c.cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.cfg, got, c.want)
		}
	}
}
