package udp

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"framewire/transports/batch"
	"framewire/transports/internal/impair"
)

// narrow is a socket of a system that refuses datagrams above a size.
type narrow struct {
	*impair.End
	most int // bytes
}

func (n narrow) WriteTo(packets []byte, segment int, to netip.AddrPort) error {
	if min(segment, len(packets)) > n.most {
		return &batch.TooLargeError{Size: segment, To: to}
	}
	return n.End.WriteTo(packets, segment, to)
}

type listenFunc = func(ctx context.Context, address string, shared bool) (batch.PacketConn, error)

func narrowed(listen listenFunc, most int) listenFunc {
	return func(ctx context.Context, address string, shared bool) (batch.PacketConn, error) {
		conn, err := listen(ctx, address, shared)
		if err != nil {
			return nil, err
		}
		return narrow{conn.(*impair.End), most}, nil
	}
}

// A stream whose packets the way does not take begins anew with smaller ones, and says so.
func TestWayTooNarrow(t *testing.T) {
	got, w := stream(t, setting{
		conditions: impair.Conditions{Delay: 5 * time.Millisecond}, narrow: 1300 - 28,
		send: func(c *SendConfig) { c.MTU = 9000 },
	}, 60, always(40_000))
	if len(got.seqs) < 30 {
		t.Errorf("%d of 60 frames arrived", len(got.seqs))
	}
	if log := w.slog.String(); !strings.Contains(log, "takes no packets of this size") || !strings.Contains(log, "now=1300") {
		t.Errorf("the sender said:\n%s", log)
	}
}
