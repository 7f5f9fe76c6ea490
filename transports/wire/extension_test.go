package wire

import (
	"bytes"
	"testing"
)

func TestFirstFrame(t *testing.T) {
	for _, test := range []struct {
		extensions []Extension
		want       uint32
		ok         bool
	}{
		{nil, 0, false},
		{[]Extension{MaxFrame(7)}, 0, false},
		{[]Extension{MaxFrame(7), FirstFrame(0)}, 0, true},
		{[]Extension{FirstFrame(1<<32 - 1)}, 1<<32 - 1, true},
		{[]Extension{{Type: ExtFirstFrame, Value: []byte{1, 2, 3}}}, 0, false},
	} {
		b, err := Hello{Version: Version, Role: RoleSender, Extensions: test.extensions}.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		h, err := ReadHello(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := h.FirstFrame(); got != test.want || ok != test.ok {
			t.Errorf("%v: frame %d, %v; want %d, %v", test.extensions, got, ok, test.want, test.ok)
		}
	}
}

func TestInstance(t *testing.T) {
	for _, test := range []struct {
		extensions []Extension
		want       uint64
	}{
		{nil, 0},
		{[]Extension{FirstFrame(7)}, 0},
		{[]Extension{FirstFrame(7), Instance(1<<64 - 1)}, 1<<64 - 1},
		{[]Extension{{Type: ExtInstance, Value: []byte{1, 2, 3, 4}}}, 0},
	} {
		if got := (Hello{Extensions: test.extensions}).Instance(); got != test.want {
			t.Errorf("%v: %d, want %d", test.extensions, got, test.want)
		}
	}
}
