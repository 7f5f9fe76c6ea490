package address

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
