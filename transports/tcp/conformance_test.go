package tcp

import (
	"testing"

	"framewire/pipeline/pipelinetest"
)

func TestConformance(t *testing.T) { both(t, testConformance) }

func testConformance(t *testing.T, m mode) {
	t.Run("sender listens", func(t *testing.T) {
		pipelinetest.Transport(t, pipelinetest.TransportCase{
			Send: SendSpec(), Receive: ReceiveSpec(),
			Configure: func(t *testing.T, send, receive any) {
				s, r, at := send.(*SendConfig), receive.(*ReceiveConfig), freePort(t)
				s.Listen, r.Dial, s.Secret, r.Secret = at, at, m.secret, m.secret
			},
			Addr: func(send, _ any) string { return send.(*SendConfig).Listen },
		})
	})
	t.Run("receiver listens", func(t *testing.T) {
		pipelinetest.Transport(t, pipelinetest.TransportCase{
			Send: SendSpec(), Receive: ReceiveSpec(),
			Configure: func(t *testing.T, send, receive any) {
				s, r, at := send.(*SendConfig), receive.(*ReceiveConfig), freePort(t)
				s.Dial, r.Listen, s.Secret, r.Secret = at, at, m.secret, m.secret
			},
			Addr:   func(_, receive any) string { return receive.(*ReceiveConfig).Listen },
			Single: true,
		})
	})
}
