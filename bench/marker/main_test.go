package main

import (
	"bytes"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call runs one command and gives its exit status and what it wrote.
func call(t *testing.T, in []byte, args ...string) (status int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	status = dispatch(streams{bytes.NewReader(in), &o, &e}, args)
	return status, o.String(), e.String()
}

// TestUsage pins what is said to who calls a command wrongly.
func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "usage: marker COMMAND"},
		{[]string{"nothing"}, "usage: marker COMMAND"},
		{[]string{"feed", "x"}, `marker feed: takes no arguments, but got "x"`},
		{[]string{"feed", "-layout", "rgb"}, `marker feed: -layout "rgb" is not one of bgr, gray, i420`},
		{[]string{"feed", "-size", "8x8"}, `"8x8" is smaller than 16x16`},
		{[]string{"feed", "-size", "8"}, `invalid value "8"`},
		{[]string{"read", "-rows", "2000"}, "marker read: -rows 2000 is not between 1 and 1080"},
		{[]string{"read", "-rows", "48", "-like", "x"}, "marker read: -like wants whole pictures: leave -rows out"},
		{[]string{"viewers"}, "marker viewers: wants -n above 0 and either -dial or -listen"},
		{[]string{"viewers", "-n", "0", "-dial", "x"}, "marker viewers: wants -n above 0 and either -dial or -listen"},
		{[]string{"viewers", "-dial", "x", "-protocol", "png"}, `marker viewers: -protocol "png" is not framewire or jpeg`},
		{[]string{"first", "-dial", "x", "-listen", "x"}, "marker first: wants either -dial or -listen"},
		{[]string{"first", "-dial", "x", "-protocol", "jpeg"}, `marker first: -protocol "jpeg" is not framewire or bytes`},
	} {
		if status, out, said := call(t, nil, c.args...); status != 2 || out != "" || !strings.Contains(said, c.want) {
			t.Errorf("%v: status %d, %q, %q; want %q", c.args, status, out, said, c.want)
		}
	}
	if status, _, said := call(t, nil, "read", "-h"); status != 0 || !strings.Contains(said, "-rows") {
		t.Errorf("help: status %d, %q", status, said)
	}
}
