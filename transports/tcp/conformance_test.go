package tcp

import (
	"testing"

	"framewire/pipeline/pipelinetest"
)

func TestConformance(t *testing.T) {
	t.Run("sender listens", func(t *testing.T) {
		pipelinetest.Transport(t, pipelinetest.TransportCase{
			Send: SendSpec(), Receive: ReceiveSpec(),
			Configure: func(t *testing.T, send, receive any) {
				at := freePort(t)
				send.(*SendConfig).Listen, receive.(*ReceiveConfig).Dial = at, at
			},
			Addr: func(send, _ any) string { return send.(*SendConfig).Listen },
		})
	})
	t.Run("receiver listens", func(t *testing.T) {
		pipelinetest.Transport(t, pipelinetest.TransportCase{
			Send: SendSpec(), Receive: ReceiveSpec(),
			Configure: func(t *testing.T, send, receive any) {
				at := freePort(t)
				send.(*SendConfig).Dial, receive.(*ReceiveConfig).Listen = at, at
			},
			Addr:   func(_, receive any) string { return receive.(*ReceiveConfig).Listen },
			Single: true,
		})
	})
}
