package udp

import (
	"testing"

	"framewire/pipeline/pipelinetest"
	"framewire/transports/secret"
)

func TestConformance(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		name, key := " clear", secret.Secret{}
		if sealed {
			name, key = " sealed", secret.New(secret.Generate())
		}
		t.Run("sender listens"+name, func(t *testing.T) {
			pipelinetest.Transport(t, pipelinetest.TransportCase{
				Send: SendSpec(), Receive: ReceiveSpec(),
				Configure: func(t *testing.T, send, receive any) {
					at := freePort(t)
					send.(*SendConfig).Listen, receive.(*ReceiveConfig).Dial = at, at
					send.(*SendConfig).Secret, receive.(*ReceiveConfig).Secret = key, key
				},
				Addr:    func(send, _ any) string { return send.(*SendConfig).Listen },
				Network: "udp",
			})
		})
		t.Run("receiver listens"+name, func(t *testing.T) {
			pipelinetest.Transport(t, pipelinetest.TransportCase{
				Send: SendSpec(), Receive: ReceiveSpec(),
				Configure: func(t *testing.T, send, receive any) {
					at := freePort(t)
					send.(*SendConfig).Dial, receive.(*ReceiveConfig).Listen = at, at
					send.(*SendConfig).Secret, receive.(*ReceiveConfig).Secret = key, key
				},
				Addr:    func(_, receive any) string { return receive.(*ReceiveConfig).Listen },
				Network: "udp",
				Single:  true,
			})
		})
	}
}
