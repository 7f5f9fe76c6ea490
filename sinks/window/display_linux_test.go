//go:build opencv

package window

import (
	"encoding/binary"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestNoDisplay(t *testing.T) {
	refusing, anew := refusingX(t, 0), refusingX(t, 2)
	for _, c := range []struct{ name, display, wayland, platform, want string }{
		{"nothing set", "", "", "", "no display: DISPLAY is not set; run it on the desktop, or use a file or snapshot sink"},
		{"nobody there", ":59000", "", "", `no display: DISPLAY is ":59000", where no X server answers`},
		{"not a display", "desktop", "", "", `no display: DISPLAY is "desktop", which is no display (like :0)`},
		{"refused", refusing, "", "", "No protocol specified"},
		{"begins anew, then refuses", anew, "", "", "No protocol specified"},
		{"only wayland", "", "wayland-0", "", "no display: DISPLAY is not set; start Xwayland"},
		{"no compositor", "", "wayland-77", "wayland", "no display: no Wayland compositor answers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("DISPLAY", c.display)
			t.Setenv("WAYLAND_DISPLAY", c.wayland)
			t.Setenv("QT_QPA_PLATFORM", c.platform)
			t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
			t.Setenv("XAUTHORITY", filepath.Join(t.TempDir(), "none"))
			env := pipelinetest.Env(t, pipeline.NewPool())
			env.Main = loop
			s, err := Spec().NewSink(&Config{Snapshots: "."}, env)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Open gives %v, wants %q in it", err, c.want)
			}
		})
	}
}

// refusingX listens as an X server that lets nobody in, and first hangs up a few times without a word.
func refusingX(t *testing.T, hangUps int) (display string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if hangUps--; hangUps >= 0 {
				conn.Close()
				continue
			}
			_, _ = conn.Read(make([]byte, 100))
			reason := padded([]byte("No protocol specified\n"))
			answer := []byte{0, 22, 11, 0, 0, 0}
			answer = binary.LittleEndian.AppendUint16(answer, uint16(len(reason)/4))
			_, _ = conn.Write(append(answer, reason...))
			conn.Close()
		}
	}()
	port := l.Addr().(*net.TCPAddr).Port
	if port < 6000 {
		t.Skip("the port is below those of X servers")
	}
	return "127.0.0.1:" + strconv.Itoa(port-6000)
}

func authority(entries ...[4]string) []byte {
	var b []byte
	for _, e := range entries {
		b = append(b, 1, 0)
		for _, s := range e {
			b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
			b = append(b, s...)
		}
	}
	return b
}

func TestParseAuthority(t *testing.T) {
	file := authority([4]string{"host", "1", "M", "wrong"}, [4]string{"host", "0", "M", "right"}, [4]string{"host", "", "M", "any"})
	var got []string
	for _, c := range parseAuthority(file, "0") {
		got = append(got, string(c.data))
	}
	if !slices.Equal(got, []string{"right", "any"}) {
		t.Errorf("cookies are %q, wants those of display 0 and of any", got)
	}
}

func FuzzParseAuthority(f *testing.F) {
	f.Add(authority([4]string{"host", "0", "MIT-MAGIC-COOKIE-1", "0123456789abcdef"}))
	f.Add([]byte{1, 0, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(parseAuthority(data, "0")); n > mostCookies {
			t.Errorf("%d cookies", n)
		}
	})
}

func FuzzFirstScreen(f *testing.F) {
	f.Add(make([]byte, 100))
	f.Add([]byte{31: 255})
	f.Fuzz(func(t *testing.T, body []byte) { _, _ = firstScreen(body) })
}
