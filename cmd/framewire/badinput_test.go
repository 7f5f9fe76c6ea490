//go:build unix

package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// Mistakes that a config check finds: exit status 2, nothing opened, and words that help.
func TestConfigMistakes(t *testing.T) {
	tests := []struct {
		name, config string
		want         []string
	}{
		{"unknown key", "source: {type: testpattern, widht: 3}\nsinks: [{type: \"null\"}]\n",
			[]string{`bad.yaml:1:29: source testpattern: unknown field "widht"`}},
		{"source and receive", "source: {type: testpattern}\nreceive: {type: tcp, dial: \"127.0.0.1:1\"}\nsinks: [{type: \"null\"}]\n",
			[]string{"bad.yaml:", "source", "receive"}},
		{"no output", "source: {type: testpattern}\n", []string{"bad.yaml:1:1", "send", "sinks"}},
		{"port 70000", "source: {type: testpattern}\nsend: {type: tcp, listen: \"127.0.0.1:70000\"}\n",
			[]string{"bad.yaml:2:27: send tcp: listen:", "70000", "65535"}},
		{"open to all", "source: {type: testpattern}\nsend: {type: tcp, listen: \"0.0.0.0:5000\"}\n",
			[]string{"bad.yaml:2:27: send tcp:", "insecure: true"}},
		{"unknown plugin", "source: {type: testpatern}\nsinks: [{type: \"null\"}]\n",
			[]string{`"testpatern"`, `did you mean "testpattern"?`}},
		{"not YAML", "source: [\n", []string{"bad.yaml:"}},
		{"empty", "", []string{"bad.yaml"}},
		{"all at once", "source: {type: testpattern, fps: fast}\nencoder: {type: jpeg, quality: 200}\nsinks: [{type: nul}]\n",
			[]string{"bad.yaml:1:", `"fast"`, "bad.yaml:2:", "200", "bad.yaml:3:", `"nul"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			config(t, dir, "bad.yaml", tt.config)
			for _, command := range []string{"run", "check"} {
				p := run(t, dir, 2, command, "bad.yaml")
				for _, want := range tt.want {
					if !strings.Contains(p.log(), want) {
						t.Errorf("%s does not say %q:\n%s", command, want, p.log())
					}
				}
			}
		})
	}
}

func TestCommandLineMistakes(t *testing.T) {
	dir := t.TempDir()
	good := config(t, dir, "good.yaml", "source: {type: testpattern, frames: 3}\nsinks: [{type: \"null\"}]\n")
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"rum"}, `there is no command "rum"`},
		{[]string{good}, "to run that config: framewire run"},
		{[]string{"run"}, "which config?"},
		{[]string{"check"}, "which config?"},
		{[]string{"run", "missing.yaml"}, "missing.yaml"},
		{[]string{"run", "--for", "10", good}, `--for "10" is not a duration: write 10s`},
		{[]string{"run", "--for", "-1s", good}, "not above zero"},
		{[]string{"run", "--frobnicate", good}, "frobnicate"},
		{[]string{"run", "--report", "no/where.json", good}, "there is no folder no"},
		{[]string{"run", "--report", ".", good}, "it is a folder"},
		{[]string{"run", "--log-level", "loud", good}, `"loud" is none of trace, debug`},
		{[]string{"run", "--log-format", "xml", good}, `"xml" is neither text nor json`},
		{[]string{"run", "--only", "x", good}, `"x": there is no such pipeline, only good`},
		{[]string{"run", "--set", "source.fsp=5", good}, `"fsp"`},
		{[]string{"run", "--set", "nonsense", good}, "nonsense"},
		{[]string{"list", "source", "camra"}, "camera"},
		{[]string{"list", "nothing"}, "source"},
		{[]string{"docs", "x"}, `there is no "x"`},
		{[]string{"rnu"}, `did you mean "run"?`},
		{[]string{"help", "nosuch"}, "nosuch"},
		{[]string{"version", "x"}, `takes no arguments, but got "x"`},
		{[]string{"devices", "x"}, `takes no arguments, but got "x"`},
		{[]string{"docs", "plugins", "x"}, `takes no arguments, but got "x"`},
		{[]string{"run", "--report", good, good}, "would overwrite the config"},
		{[]string{"run", "--report", good}, "a flag has taken"},
		{[]string{"run", "--cpuprofile", good}, "a flag has taken"},
		{[]string{"run", "--cpuprofile", good, good}, "--cpuprofile " + good + " would overwrite the config"},
		{[]string{"run", "--memprofile", "no/where", good}, "--memprofile no/where: there is no folder no"},
		{[]string{"run", "--trace", ".", good}, "--trace .: it is a folder"},
		{[]string{"run", "--trace", "x", "--cpuprofile", "x", good}, "--trace x is the file of --cpuprofile"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			p := run(t, dir, 2, tt.args...)
			if !strings.Contains(p.log(), tt.want) {
				t.Errorf("does not say %q:\n%s", tt.want, p.log())
			}
		})
	}
}

// Mistakes that only running finds: exit status 1, and the stage is named.
func TestRunningMistakes(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	tests := []struct {
		name, config string
		native       bool // only where OpenCV is linked in
		want         []string
	}{
		{"missing file", "source: {type: file, path: nosuch.mkv}\nsinks: [{type: \"null\"}]\n", false, []string{"source file", "nosuch.mkv"}},
		{"text as video", "source: {type: file, path: notes.mp4}\nsinks: [{type: \"null\"}]\n", false, []string{"source file", "notes.mp4"}},
		{"folder as video", "source: {type: file, path: empty}\nsinks: [{type: \"null\"}]\n", false, []string{"source file", "empty"}},
		{"missing photo", "source: {type: image, path: nosuch.jpg}\nsinks: [{type: \"null\"}]\n", false, []string{"source image", "nosuch.jpg"}},
		{"empty folder", "source: {type: image, path: empty}\nsinks: [{type: \"null\"}]\n", false, []string{"source image", "empty"}},
		{"no camera", "source: {type: camera, device: 77}\nsinks: [{type: \"null\"}]\n", true, []string{"source camera", "77"}},
		{"busy port", "source: {type: testpattern}\nsend: {type: tcp, listen: \"" + busy.Addr().String() + "\"}\n", false,
			[]string{"send tcp", busy.Addr().String(), "in use"}},
		{"no display", "source: {type: testpattern}\nsinks: [{type: window}]\n", true, []string{"sinks.0 window", "DISPLAY"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.native && !native {
				t.Skip("this build has no OpenCV; the other one runs this")
			}
			dir := t.TempDir()
			config(t, dir, "bad.yaml", tt.config)
			config(t, dir, "notes.mp4", "milk, bread, eggs\n")
			if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
				t.Fatal(err)
			}
			p := startEnv(t, dir, []string{"DISPLAY=", "WAYLAND_DISPLAY="}, "run", "--report", "r.json", "bad.yaml")
			p.ends(1)
			for _, want := range tt.want {
				if !strings.Contains(p.log(), want) {
					t.Errorf("does not say %q:\n%s", want, p.log())
				}
			}
			rep := readReport(t, filepath.Join(dir, "r.json"))
			if rep.State != "failed" || rep.Error == "" {
				t.Errorf("report: state %q, error %q", rep.State, rep.Error)
			}
		})
	}
}

// Strangers on the port are told off in the log, and the real stream goes on.
func TestStrangersOnThePort(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	sender := liveSender(t, dir, addr)
	photographer(t, dir, addr, "shots")
	moreShots(t, filepath.Join(dir, "shots"))

	hello := append(greeting(t, wire.RoleReceiver), wire.Ping{Sent: time.Now()}.Append(nil)...)
	strangers := []struct {
		name  string
		bytes []byte
		says  string // what the sender's log tells about it; later ones come too soon to be told
	}{
		{"HTTP", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP client"},
		{"garbage", []byte(strings.Repeat("\x00\xde\xad\xbe\xef", 1000)), ""},
		{"half a greeting", hello[:len(hello)/4], ""},
		{"a false length", append(bytes.Clone(hello), bytes.Repeat([]byte{0xff}, 64)...), ""},
	}
	for _, s := range strangers {
		t.Run(s.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			_ = conn.SetDeadline(time.Now().Add(patience))
			_, _ = conn.Write(s.bytes)
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn) // until the sender hangs up
			if s.says != "" {
				sender.says(0, s.says)
			}
			moreShots(t, filepath.Join(dir, "shots"))
		})
	}
}

// A false sender that claims a payload of 2^32-1 bytes gets nowhere, and the receiver goes on with a true
// one.
func TestReceiverRefusesAFalseLength(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	receiver := photographer(t, dir, addr, "shots")
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := wire.ReadHello(conn); err != nil {
		t.Fatal(err)
	}
	f := pipeline.NewPool().Get(16)
	f.Format = pipeline.JPEG(64, 48)
	message := wire.AppendFrame(greeting(t, wire.RoleSender), f)
	header := message[len(greeting(t, wire.RoleSender)):]
	binary.BigEndian.PutUint32(header[4:], math.MaxUint32)
	// The header's own checksum is right, so that the length itself is what is refused.
	binary.BigEndian.PutUint32(header[8:], wire.Checksum(wire.Checksum(0, header[:8]), header[wire.HeaderSize:]))
	_, _ = conn.Write(message)
	_, _ = io.Copy(io.Discard, conn) // until the receiver hangs up
	_ = conn.Close()
	_ = l.Close()
	receiver.says(0, "4294967295")
	liveSender(t, dir, addr)
	moreShots(t, filepath.Join(dir, "shots"))
}

// greeting is the hello of a peer with that role.
func greeting(t *testing.T, role wire.Role) []byte {
	t.Helper()
	hello, err := wire.Hello{Version: wire.Version, Role: role}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return hello
}

// A JPEG header that claims 65535x65535 and one that is cut off: the decoder refuses them from the header,
// counts them, and goes on with the good ones.
func TestBadPicturesAreSkipped(t *testing.T) {
	dir := t.TempDir()
	photos := filepath.Join(dir, "photos")
	good := writePhotos(t, photos, 2)
	bomb := append([]byte{}, good["Urlaub 1 – Strand.jpg"]...)
	sof := strings.Index(string(bomb), "\xff\xc0")
	if sof < 0 {
		t.Fatal("no frame header in the test's JPEG")
	}
	binary.BigEndian.PutUint16(bomb[sof+5:], 65535)
	binary.BigEndian.PutUint16(bomb[sof+7:], 65535)
	cut := good["Urlaub 0 – Strand.jpg"]
	cut = cut[:len(cut)/2]
	for name, content := range map[string][]byte{"bomb.jpg": bomb, "cut.jpg": cut, "text.jpg": []byte("hello"), "zero.jpg": nil} {
		if err := os.WriteFile(filepath.Join(photos, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, 0, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: image, path: photos}
sinks: [{type: "null", decode: true}]
`))
	rep := readReport(t, filepath.Join(dir, "r.json"))
	if got := stageOf(t, rep, "sink", "null").FramesIn; got != 3 { // two photographs and the drawing
		t.Errorf("%d pictures were shown, want 3", got)
	}
	var faults uint64
	for _, s := range rep.Stages {
		faults += s.Errors
	}
	if faults != 4 {
		t.Errorf("%d faults counted, want 4: %+v", faults, rep.Stages)
	}
}
