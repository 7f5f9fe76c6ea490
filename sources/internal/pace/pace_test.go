package pace

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestUnmarshal(t *testing.T) {
	for _, want := range []Pace{Realtime, Fast} {
		var p Pace
		if err := p.UnmarshalText([]byte(want)); err != nil || p != want {
			t.Errorf("%s: %s, %v", want, p, err)
		}
	}
	p := Fast
	if err := p.UnmarshalText([]byte("slow")); err == nil || err.Error() != `"slow" is none of realtime, fast` || p != Fast {
		t.Errorf("%s, %v", p, err)
	}
}
