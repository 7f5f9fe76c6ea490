package wire

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// hellos are openings that a peer may send, with the error that they give; "" is a hello.
var hellos = []struct {
	name, bytes, err string
}{
	{"sender", magic + "\x00\x02\x01\x01\x00\x00\x00\x00", ""},
	{"receiver with max_frame", magic + "\x00\x02\x01\x02\x00\x00\x00\x08\x00\x01\x00\x04\x04\x00\x00\x00", ""},
	{"unknown flags", magic + "\x00\x02\x01\x02\xff\xff\x00\x00", ""},
	{"unknown extension", magic + "\x00\x02\x01\x02\x00\x00\x00\x06\x12\x34\x00\x02ab", ""},
	{"refusal", magic + "\x00\x02\x02\x04\x00\x00\x00\x04busy", "refused (busy): busy"},
	{"refusal with control characters", magic + "\x00\x02\x02\x05\x00\x00\x00\x03a\x1bb", `refused (full): "a\x1bb"`},
	{"refusal of unknown reason", magic + "\x00\x02\x02\x63\x00\x00\x00\x02no", "refused (reason 99): no"},
	{"refusal by another version", magic + "\x00\x01\x02\x02\x00\x00\x00\x03old", "refused: peer speaks version 1, we speak 2: install the same release at both ends"},
	{"refusal that is no text", magic + "\x00\x02\x02\x01\x00\x00\x00\x01\xff", "refusal whose text is not UTF-8"},
	{"another version", magic + "\x00\x01\x01\x01\x00\x00\x00\x00", "peer speaks version 1, we speak 2: install the same release at both ends"},
	{"unknown kind", magic + "\x00\x02\x07\x01\x00\x00\x00\x00", "hello of unknown kind 7"},
	{"unknown role", magic + "\x00\x02\x01\x09\x00\x00\x00\x00", "hello with unknown role 9"},
	{"too many extensions", magic + "\x00\x02\x01\x01\x00\x00\xff\xff", "hello with 65535 bytes of extensions, the limit is 4096"},
	{"extension beyond the end", magic + "\x00\x02\x01\x01\x00\x00\x00\x05\x00\x01\x00\x04a", "hello's extension claims 4 bytes, 1 are left"},
	{"half an extension", magic + "\x00\x02\x01\x01\x00\x00\x00\x02\x00\x01", "hello's extensions end in the middle of an entry"},
	{"extensions missing", magic + "\x00\x02\x01\x01\x00\x00\x00\x02", "read the hello's extensions (2 bytes): EOF"},
	{"half a hello", magic + "\x00\x02", "read the hello (10 of 16 bytes came): unexpected EOF"},
	{"nothing", "", "read the hello (0 of 16 bytes came): EOF"},
	{"HTTP client", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "this is an HTTP client, not framewire"},
	{"HTTP/2 client", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "this is an HTTP client, not framewire"},
	{"HTTP server", "HTTP/1.1 400 Bad Request\r\n", "this is an HTTP server, not framewire"},
	{"TLS client", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "this is a TLS client (https), not framewire"},
	{"TLS server", "\x15\x03\x01\x00\x02\x02\x46", "this is a TLS server, not framewire"},
	{"TLS server hello", "\x16\x03\x03\x00\x7a\x02\x00\x00\x76", "this is a TLS server, not framewire"},
	{"SSH", "SSH-2.0-OpenSSH_9.2p1\r\n", "this is an SSH client or server, not framewire"},
	{"RTSP client", "OPTIONS rtsp://127.0.0.1:5000/ RTSP/1.0\r\n", "this is an RTSP client, not framewire"},
	{"RTSP server", "RTSP/1.0 200 OK\r\n", "this is an RTSP server, not framewire"},
	{"pickle after an 8-byte length", "\xc4\x5d\x2a\x00\x00\x00\x00\x00\x80\x04\x95", "this is a script that sends pickled frames, not framewire"},
	{"pickle after a big-endian length", "\x00\x00\x00\x00\x00\x2a\x5d\xc4\x80\x03c", "this is a script that sends pickled frames, not framewire"},
	{"pickle after a 4-byte length", "\x00\x2a\x5d\xc4\x80\x04\x95", "this is a script that sends pickled frames, not framewire"},
	{"bare pickle", "\x80\x04\x95\x00", "this is a script that sends pickles, not framewire"},
	{"JPEG stream", "\xff\xd8\xff\xe0\x00\x10JFIF", "this is a sender of bare JPEG images, not framewire"},
	{"mail server", "220 mx.example.org ESMTP\r\n", "this is a mail or FTP server, not framewire"},
	{"VNC", "RFB 003.008\n", "this is a VNC server, not framewire"},
	{"garbage", "\x00\x01\x02garbage\x1b[31m", `this is not framewire: its first bytes are "\x00\x01\x02garbage\x1b[31m"`},
	{"long garbage", strings.Repeat("z", 100), `this is not framewire: its first bytes are "` + strings.Repeat("z", 24) + `"`},
	{"line ends translated", "\x89FWIRE\n\n\x00\x01", `this is not framewire: its first bytes are "\x89FWIRE\n\n\x00\x01"`},
}

func TestReadHello(t *testing.T) {
	for _, test := range hellos {
		t.Run(test.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"at once":      strings.NewReader(test.bytes),
				"byte by byte": iotest.OneByteReader(strings.NewReader(test.bytes)),
			} {
				_, err := ReadHello(r)
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != test.err {
					t.Errorf("%s: error %q, want %q", how, got, test.err)
				}
			}
		})
	}
}

// What comes after the hello is not read: it is the first message.
func TestReadHelloLeavesTheRest(t *testing.T) {
	r := strings.NewReader(hellos[1].bytes + "rest")
	h, err := ReadHello(r)
	if err != nil {
		t.Fatal(err)
	}
	if rest, _ := io.ReadAll(r); string(rest) != "rest" {
		t.Errorf("left %q", rest)
	}
	if h.Role != RoleReceiver || h.MaxFrame() != 64<<20 {
		t.Errorf("got %+v with max_frame %d", h, h.MaxFrame())
	}
}

func TestAccept(t *testing.T) {
	critical := Extension{Type: Critical | 7}
	tests := []struct {
		name   string
		hello  Hello
		ours   Role
		reason Reason
		text   string
	}{
		{"fits", Hello{Role: RoleSender}, RoleReceiver, 0, ""},
		{"both send", Hello{Role: RoleSender}, RoleSender, ReasonRole, "both ends are senders: one of them has to be a receiver"},
		{"both receive", Hello{Role: RoleReceiver}, RoleReceiver, ReasonRole, "both ends are receivers: one of them has to be a sender"},
		{"ignorable extension", Hello{Role: RoleSender, Extensions: []Extension{{Type: 7}}}, RoleReceiver, 0, ""},
		{"critical extension", Hello{Role: RoleSender, Extensions: []Extension{critical}}, RoleReceiver, ReasonExtension, "extension 7 is required and not known here"},
	}
	for _, test := range tests {
		refusal := test.hello.Accept(test.ours)
		if refusal == nil {
			refusal = &Refusal{}
		}
		if refusal.Reason != test.reason || refusal.Text != test.text {
			t.Errorf("%s: refused with %d %q, want %d %q", test.name, refusal.Reason, refusal.Text, test.reason, test.text)
		}
	}
}

func TestAnswer(t *testing.T) {
	tests := []struct {
		err    error
		reason Reason
	}{
		{&VersionError{Peer: 1}, ReasonVersion},
		{&StrangerError{What: "an HTTP client"}, ReasonStranger},
	}
	for _, test := range tests {
		if got := Answer(test.err); got == nil || got.Reason != test.reason || got.Version != Version {
			t.Errorf("answer to %q is %+v, want reason %d", test.err, got, test.reason)
		}
	}
	if got := Answer(io.EOF); got != nil {
		t.Errorf("answer to a closed connection is %+v, want none", got)
	}
}

func TestHelloLimits(t *testing.T) {
	if _, err := (Hello{Extensions: []Extension{{Value: make([]byte, 4097)}}}).Append(nil); err == nil {
		t.Error("an extension of 4097 bytes was written")
	}
	two := []Extension{{Value: make([]byte, 2048)}, {Value: make([]byte, 2048)}}
	if _, err := (Hello{Extensions: two}).Append(nil); err == nil {
		t.Error("4104 bytes of extensions were written")
	}
	b, err := Refuse(ReasonFull, strings.Repeat("ü", 3000)).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	var refusal *Refusal
	if _, err := ReadHello(bytes.NewReader(b)); !errors.As(err, &refusal) || len(refusal.Text) != 4096 {
		t.Errorf("a long refusal came as %v", err)
	}
}

func FuzzHandshake(f *testing.F) {
	for _, test := range hellos {
		f.Add([]byte(test.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ReadHello(bytes.NewReader(b))
		var again []byte
		var refusal *Refusal
		switch {
		case err == nil:
			if again, err = h.Append(nil); err != nil {
				t.Fatalf("a hello that was read cannot be written: %v", err)
			}
		case errors.As(err, &refusal):
			again, _ = refusal.Append(nil)
			again = slices.Replace(again, 12, 14, b[12:14]...) // a refusal's flags are not kept
		default:
			if len(err.Error()) > 1000 {
				t.Fatalf("error of %d bytes", len(err.Error()))
			}
			return
		}
		if !bytes.HasPrefix(b, again) {
			t.Errorf("read %q, wrote %q", b, again)
		}
	})
}
