package tcp

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// dialRaw connects as a stranger does.
func dialRaw(t testing.TB, to string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func say(t testing.TB, conn net.Conn, b []byte) {
	t.Helper()
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
}

func hello(role wire.Role, version uint16) []byte {
	b, err := wire.Hello{Version: version, Role: role}.Append(nil)
	if err != nil {
		panic(err)
	}
	return b
}

// Whoever comes to the port with something else is named in the log, told what this port is, and does
// no harm to the stream.
func TestStrangers(t *testing.T) {
	tests := []struct {
		name, says, log string
		refused         wire.Reason // 0: closed without a word
	}{
		{"garbage", "\x01\x02\x03\x04 nothing of ours at all", `this is not framewire: its first bytes are`, wire.ReasonStranger},
		{"half a hello", string(hello(wire.RoleReceiver, wire.Version)[:9]), "read the hello (9 of 16 bytes came): unexpected EOF", 0},
		{"another version", string(hello(wire.RoleReceiver, 1)), "peer speaks version 1, we speak 2: install the same release at both ends", wire.ReasonVersion},
		{"both ends send", string(hello(wire.RoleSender, wire.Version)), "both ends are senders: one of them has to be a receiver", wire.ReasonRole},
		{"a script with pickle", "\x0a\x5d\x2a\x00\x00\x00\x00\x00\x80\x04\x95abc", "this is a script that sends pickled frames, not framewire", wire.ReasonStranger},
		{"a receiver that sends a frame", string(hello(wire.RoleReceiver, wire.Version)) + "\x01\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00", "damaged header", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, log := startSender(t, SendConfig{Listen: loopback}, quick())
			conn := dialRaw(t, addressOf(s.end))
			say(t, conn, []byte(test.says))
			if test.refused == 0 {
				conn.(*net.TCPConn).CloseWrite()
			} else {
				var refusal *wire.Refusal
				if _, err := wire.ReadHello(conn); !errors.As(err, &refusal) || refusal.Reason != test.refused {
					t.Errorf("the stranger got %v, want reason %d", err, test.refused)
				}
				conn.Close()
			}
			log.await(t, test.log)

			r, _ := startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
			keepSending(t, s, 0, 1)
			f, err := r.Read(limited(t))
			if err != nil {
				t.Fatal(err)
			}
			f.Release()
		})
	}
}

func TestHTTPClient(t *testing.T) {
	s, log := startSender(t, SendConfig{Listen: loopback}, quick())
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if resp, err := client.Get("http://" + addressOf(s.end) + "/stream"); err == nil {
		resp.Body.Close()
		t.Error("an HTTP client got an HTTP answer")
	}
	log.await(t, "this is an HTTP client, not framewire")
}

// The end that dials something else says what it found there.
func TestDialledStranger(t *testing.T) {
	l, err := net.Listen("tcp", loopback)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
			conn.Close()
		}
	}()
	_, log := startReceiver(t, ReceiveConfig{Dial: l.Addr().String()}, quick())
	log.await(t, "this is an SSH client or server, not framewire")
	if n := strings.Count(log.String(), "waiting for"); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
}

// A receiver breaks a connection that carries nonsense and serves the next sender.
func TestDamagedStream(t *testing.T) {
	header := func(change func([]byte)) string {
		f := picture(pipeline.NewPool(), 0, true)
		b := complete(wire.AppendFrame(nil, f), f.Data)
		change(b)
		return string(b)
	}
	tests := []struct{ name, says, log string }{
		{"garbage after the hello", strings.Repeat("\xff", 100), "the stream is damaged"},
		{"half a header", header(func([]byte) {})[:10], "the connection broke in the middle of a message: unexpected EOF"},
		{"half a frame", header(func([]byte) {})[:1000], "frame 0 broke off after 928 of 3072 bytes: unexpected EOF"},
		{"length of 2^32-1", header(func(b []byte) { copy(b[4:], "\xff\xff\xff\xff") }), "message with a damaged header"},
		{"damaged data", header(func(b []byte) { b[len(b)-1]++ }), "frame 0 is damaged"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, log := startReceiver(t, ReceiveConfig{Listen: loopback}, quick())
			conn := dialRaw(t, addressOf(r.end))
			say(t, conn, append(hello(wire.RoleSender, wire.Version), test.says...))
			conn.(*net.TCPConn).CloseWrite()
			got := make(chan *pipeline.Frame, 1)
			go func() {
				f, err := r.Read(limited(t))
				if err != nil {
					t.Error(err)
				}
				got <- f
			}()
			log.await(t, test.log)
			conn.Close()

			s, _ := startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
			sendAll(t, s, 0, 1, true)
			if f := <-got; f != nil {
				f.Release()
			}
			if n := r.env.Counters.Reconnects.Load(); n != 1 {
				t.Errorf("%d reconnects, want 1", n)
			}
		})
	}
}

func TestUnknownCodecIsSkipped(t *testing.T) {
	r, _ := startReceiver(t, ReceiveConfig{Listen: loopback}, quick())
	conn := dialRaw(t, addressOf(r.end))
	private := privateFrame([]byte("what only they know"))
	say(t, conn, append(append(hello(wire.RoleSender, wire.Version), private...), wire.AppendEnd(nil)...))
	_, err := r.Read(limited(t))
	if want := "skipped: frame 0 is in codec number 40000, which this version does not know"; !errors.Is(err, pipeline.ErrSkip) || text(err) != want {
		t.Errorf("got %q, want %q", text(err), want)
	}
	if _, err := r.Read(limited(t)); !errors.Is(err, pipeline.ErrEnd) {
		t.Errorf("then %v, want the end", err)
	}
}

func TestSecondSenderIsRefused(t *testing.T) {
	r, log := startReceiver(t, ReceiveConfig{Listen: loopback}, quick())
	first, _ := startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
	sendAll(t, first, 0, 1, true)
	f, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	_, slog := startSender(t, SendConfig{Dial: addressOf(r.end)}, quick())
	const busy = "another sender is connected, and a receiver takes one at a time"
	slog.await(t, `refused (busy): `+busy)
	log.await(t, busy)
}

func TestMaxPeers(t *testing.T) {
	env, _ := testEnv(t)
	s := newSender(SendConfig{Listen: loopback, MaxFrame: 1 << 20, MinPeers: 1, MaxPeers: 1}, env, quick())
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, _ := startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	sendAll(t, s, 0, 1, true)
	f, err := r.Read(limited(t))
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	_, log := startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	log.await(t, "refused (full): max_peers is reached: 1 receiver connected")
}

// privateFrame makes a frame in codec number 40000: one that we can send, with another number in its head
// and the header's checksum made anew.
func privateFrame(data []byte) []byte {
	f := pipeline.NewPool().Get(len(data))
	copy(f.Data, data)
	f.Format = pipeline.JPEG(8, 8)
	b := wire.AppendFrame(nil, f)
	binary.BigEndian.PutUint16(b[wire.HeaderSize+40:], 40000)
	binary.BigEndian.PutUint32(b[8:], wire.Checksum(wire.Checksum(0, b[:8]), b[wire.HeaderSize:]))
	return complete(b, f.Data)
}
