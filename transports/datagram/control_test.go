package datagram

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type appender interface{ Append([]byte) []byte }

// nack makes a nack's asks a message like the others.
type nack []Ask

func (n nack) Append(dst []byte) []byte { return AppendNack(dst, n) }

// parse reads any control message and gives it back.
func parse(b []byte) (m appender, err error) {
	kind, _ := TypeOf(b)
	switch kind {
	case TypePing:
		m, err = ParsePing(b)
	case TypePong:
		m, err = ParsePong(b)
	case TypeReport:
		m, err = ParseReport(b)
	case TypeNack:
		var asks []Ask
		asks, err = ParseNack(b, nil)
		m = nack(asks)
	case TypeEnd:
		m, err = ParseEnd(b)
	case TypeEndAck:
		m, err = ParseEndAck(b)
	case TypeBye:
		m, err = ParseBye(b)
	default:
		return nil, nil
	}
	return m, err
}

var controls = []struct {
	name string
	hex  string
	err  string
}{
	{"ping", "02 1797cfe33e2c6800", ""},
	{"pong", "03 1797cfe33e2c6800 0000000000000001 ffffffffffffffff", ""},
	{"report", "04 0000000000000010 000000000000000f 0000000000005000 000004d2 00000001 00000002 fffffffe 8000000000000001 00034000", ""},
	{"nack", "05 02 00000007 0001 8000000000000001 0000000000000000 0000000000000000 0000000000000002" +
		"ffffffff 0000 ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff", ""},
	{"nack of nothing", "05 00", ""},
	{"end", "06 ffffffff", ""},
	{"answer to an end", "07", ""},
	{"bye", "08 6261636b20736f6f6e", ""},
	{"bye without a word", "08", ""},
	{"short ping", "02 00000000000000", "message of type 2 with 7 bytes, wants 8"},
	{"short pong", "03 00", "message of type 3 with 1 bytes, wants 24"},
	{"short report", "04" + strings.Repeat("00", 51), "message of type 4 with 51 bytes, wants 52"},
	{"nack without a count", "05", "message of type 5 with 0 bytes, wants 1"},
	{"nack with fewer than it claims", "05 02" + strings.Repeat("00", 75), "nack of 2 entries with 75 bytes, wants 76"},
	{"short end", "06 000000", "message of type 6 with 3 bytes, wants 4"},
	{"bye that is no text", "08 ff", "bye with a damaged text"},
	{"long bye", "08" + strings.Repeat("61", 1025), "bye with a text of 1025 bytes, the limit is 1024"},
}

// What is parsed and written again is the same.
func TestControl(t *testing.T) {
	for _, test := range controls {
		t.Run(test.name, func(t *testing.T) {
			b := unhex(t, test.hex)
			m, err := parse(b)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.err {
				t.Fatalf("got %q, want %q", got, test.err)
			}
			if again := m.Append([]byte("before")); err == nil && string(again) != "before"+string(b) {
				t.Errorf("read %x, wrote %x", b, again)
			}
		})
	}
}

func TestControlFields(t *testing.T) {
	report, err := ParseReport(unhex(t, controls[2].hex))
	if want := (Report{16, 15, 20480, 1234 * time.Microsecond, 1, 2, 1<<32 - 2, 1<<63 | 1, 212992}); err != nil || report != want {
		t.Errorf("got %+v, %v", report, err)
	}
	asks, err := ParseNack(unhex(t, controls[3].hex), make([]Ask, 1))
	if err != nil || len(asks) != 3 || asks[1].Frame != 7 || asks[1].Block != 1 || asks[1].Count() != 3 || asks[2].Count() != 256 {
		t.Fatalf("got %+v, %v", asks, err)
	}
	var list []int
	asks[1].Each(func(i int) { list = append(list, i) })
	if len(list) != 3 || list[0] != 0 || list[1] != 63 || list[2] != 193 {
		t.Errorf("the shards are %d", list)
	}
	pong, err := ParsePong(unhex(t, controls[1].hex))
	if err != nil || pong.PingSent.UnixNano() != 0x1797cfe33e2c6800 || pong.Received.UnixNano() != 1 || pong.Sent.UnixNano() != -1 {
		t.Errorf("got %+v, %v", pong, err)
	}
	if got, err := ParseBye(Bye{Text: strings.Repeat("é", 600)}.Append(nil)); err != nil || len(got.Text) != 1024 {
		t.Errorf("a long text has %d bytes, %v", len(got.Text), err)
	}
	if got, err := ParseBye(Bye{Text: "good \xff bye"}.Append(nil)); err != nil || got.Text != "good \ufffd bye" {
		t.Errorf("a damaged text is %q, %v", got.Text, err)
	}
	for age, want := range map[time.Duration]time.Duration{-time.Second: 0, 100 * time.Hour: (1<<32 - 1) * time.Microsecond} {
		if got, err := ParseReport(Report{Age: age}.Append(nil)); err != nil || got.Age != want {
			t.Errorf("an age of %s came as %s, %v", age, got.Age, err)
		}
	}
	if _, err := ParsePing([]byte{byte(TypeEnd), 0, 0, 0, 0, 0, 0, 0, 0}); err == nil || err.Error() != "datagram is no message of type 2" {
		t.Errorf("an end as a ping: %v", err)
	}
}

func TestNackFits(t *testing.T) {
	for bytes, want := range map[int]int{0: 0, 1: 0, 39: 0, 40: 1, 1339: 35, 1 << 20: 255} {
		got := MaxAsks(bytes)
		if got != want || got > 0 && len(AppendNack(nil, make([]Ask, got))) > bytes {
			t.Errorf("%d bytes hold %d asks, want %d", bytes, got, want)
		}
	}
	if asks, err := ParseNack(AppendNack(nil, make([]Ask, 300)), nil); err != nil || len(asks) != 255 {
		t.Errorf("of 300 asks came %d, %v", len(asks), err)
	}
}

func FuzzControl(f *testing.F) {
	for _, test := range controls {
		f.Add(unhex(f, test.hex))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parse(b)
		if m == nil || err != nil {
			return
		}
		again := m.Append(nil)
		if !bytes.HasPrefix(b, again) { // what follows is for later versions
			t.Fatalf("read %x, wrote %x", b, again)
		}
		if _, err := parse(again); err != nil {
			t.Errorf("what was written is refused: %v", err)
		}
	})
}
