package tcp

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// A thousand receivers that come and go in an instant are ten lines and a number.
func TestFloodOfReceiversIsToldBriefly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := mode{}.openMemorySender(t)
		const times = 500
		for range times {
			conn := mode{}.joinMemory(t, s)
			conn.Close()
			synctest.Wait()
		}
		if n := strings.Count(log.String(), "receiver connected") + strings.Count(log.String(), "receiver left"); n != s.set.lines {
			t.Errorf("%d lines about receivers that came and went, want %d", n, s.set.lines)
		}
		log.await(t, fmt.Sprintf("more of the kind happened than was told: not_told_before=%d", 2*times-s.set.lines))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
