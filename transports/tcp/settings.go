package tcp

import (
	"context"
	"net"
	"time"

	"framewire/pipeline"
	"framewire/transports/discovery"
)

// settings are what no user sets and what tests replace.
type settings struct {
	dialLimit  time.Duration // for one attempt to connect
	handshake  time.Duration // until a peer has said its hello and its first ping
	ping       time.Duration // between two pings of a receiver
	dead       time.Duration // without a sign of life, after which a connection is given up
	stall      time.Duration // for one live frame to be taken, after which its receiver is given up
	pong       time.Duration // between two answers to pings, at least
	tick       time.Duration // between two looks at the progress of a write
	answers    time.Duration // for receivers to answer for photos when closing
	bye        time.Duration // for saying bye when closing
	end        time.Duration // for receivers of a live stream to read its end
	parting    time.Duration // for a receiver to close after all of a stream and its end reached its machine
	report     time.Duration // between two reports of dropped frames, and between two complaints
	lines      int           // about peers that come and go, in that time
	remind     time.Duration // between two reminders that a peer is still waited for
	backoff    pipeline.Backoff
	handshakes int           // connections that may be in their handshake at once
	perAddress int           // of these, how many may come from one address
	grace      time.Duration // that each of them may stay before another takes its place
	crowded    time.Duration // between two tries to let a connection in when there is no place

	now    func() time.Time   // this machine's clock, as the peers are told
	unread func(net.Conn) int // bytes that the peer's machine has not confirmed; 0 where nobody knows
	listen func(ctx context.Context, address string) (net.Listener, error)
	dial   func(ctx context.Context, address string) (net.Conn, error)

	announce func(context.Context, discovery.Service) (stop func())
	find     func(context.Context, discovery.Query) (address string, err error)
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
		pong:       50 * time.Millisecond,
		tick:       time.Second,
		answers:    300 * time.Millisecond,
		bye:        500 * time.Millisecond,
		end:        2 * time.Second,
		parting:    time.Minute,
		report:     time.Second,
		lines:      10,
		remind:     30 * time.Second,
		handshakes: 64,
		perAddress: 16,
		grace:      200 * time.Millisecond,
		crowded:    20 * time.Millisecond,
		now:        time.Now,
		unread:     unacknowledged,
		listen: func(ctx context.Context, address string) (net.Listener, error) {
			return listen.Listen(ctx, "tcp", address)
		},
		dial: func(ctx context.Context, address string) (net.Conn, error) {
			return dial.DialContext(ctx, "tcp", address)
		},
		announce: discovery.Announce,
		find:     discovery.Find,
	}
}
