package ends

import "testing"

func TestReceiversInWords(t *testing.T) {
	for n, want := range map[int]string{0: "0 receivers", 1: "1 receiver", 2: "2 receivers"} {
		if got := Receivers(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
