package pipeline

import "sync/atomic"

// Counters is what one stage did. The runner counts frames and bytes that go into and come out of a
// plugin, and its errors. The plugin adds what only it can see: a transport its peers, reconnects and
// wire bytes, and the sending end also FramesOut, BytesOut (over all peers) and Dropped.
type Counters struct {
	FramesIn, FramesOut atomic.Uint64
	Dropped             atomic.Uint64 // frames not handed on because somebody was too slow, or nobody was there
	Errors              atomic.Uint64
	BytesIn, BytesOut   atomic.Uint64
	Reconnects          atomic.Uint64 // connections or devices that came back
	Peers               atomic.Int64  // connected now
}
