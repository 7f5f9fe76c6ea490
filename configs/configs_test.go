package configs

import (
	"os"
	"slices"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRead(t *testing.T) {
	for _, name := range Roles() {
		want, err := os.ReadFile(name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, asked := range []string{name, name + ".yaml"} {
			if got, ok := Read(asked); !ok || string(got) != string(want) {
				t.Errorf("%q gives %d bytes, %v", asked, len(got), ok)
			}
		}
	}
	for _, name := range []string{"", "nobody", "configs", "../configs/sender", "./sender", `.\sender`, "sender.yml"} {
		if _, ok := Read(name); ok {
			t.Errorf("%q gives a config", name)
		}
	}
	if !slices.Contains(Roles(), "receiver") {
		t.Errorf("roles %v", Roles())
	}
}
