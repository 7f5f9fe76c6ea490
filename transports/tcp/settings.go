package tcp

import (
	"context"
	"net"
	"time"

	"framewire/pipeline"
)

// settings are what no user sets and what tests replace.
type settings struct {
	dialLimit  time.Duration // for one attempt to connect
	handshake  time.Duration // until a peer has said its hello and its first ping
	ping       time.Duration // between two pings of a receiver
	dead       time.Duration // without a sign of life, after which a connection is given up
	stall      time.Duration // without progress, after which a live receiver is given up
	tick       time.Duration // between two looks at the progress of a write
	bye        time.Duration // for saying bye when closing
	end        time.Duration // for receivers of a live stream to read its end
	report     time.Duration // between two reports of dropped frames, and between two complaints
	remind     time.Duration // between two reminders that a peer is still waited for
	backoff    pipeline.Backoff
	handshakes int // connections that may be in their handshake at once

	now    func() time.Time // this machine's clock, as the peers are told
	listen func(ctx context.Context, address string) (net.Listener, error)
	dial   func(ctx context.Context, address string) (net.Conn, error)
}

// standard gives the settings that the program runs with.
func standard() settings {
	alive := net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 5}
	listen := net.ListenConfig{KeepAliveConfig: alive}
	dial := net.Dialer{KeepAliveConfig: alive}
	return settings{
		dialLimit:  5 * time.Second,
		handshake:  5 * time.Second,
		ping:       time.Second,
		dead:       5 * time.Second,
		stall:      5 * time.Second,
		tick:       time.Second,
		bye:        500 * time.Millisecond,
		end:        2 * time.Second,
		report:     time.Second,
		remind:     30 * time.Second,
		handshakes: 64,
		now:        time.Now,
		listen: func(ctx context.Context, address string) (net.Listener, error) {
			return listen.Listen(ctx, "tcp", address)
		},
		dial: func(ctx context.Context, address string) (net.Conn, error) {
			return dial.DialContext(ctx, "tcp", address)
		},
	}
}
