// Package udp carries frames in datagrams, in the formats of packages session and datagram, so that a
// network that loses packets costs a little bandwidth and not time. It holds both ends; either may listen
// or dial, and start order does not matter. A third way has neither: one sender reaches every receiver of a
// multicast group.
//
// The life of a session:
//
//  1. The end that dials sends initiations, with growing pauses, until a response comes. Each carries its
//     hello, the response that of the other end or a refusal. An end that listens answers nobody who does
//     not know the secret, and takes no place for a session before a datagram of it has come: whoever sent
//     that has the response and so is where the initiation came from.
//  2. The end that dialled pings until something comes. Then both ends count each other as connected.
//  3. The sender has one queue and one goroutine for each receiver. A frame becomes a message of shards with
//     parity, made once for all receivers that want it alike. Those of a live stream leave spread over most of the
//     time until the next frame is due at first, and faster and faster while nothing is lost or delayed (haste).
//  4. The receiver puts frames together, asks for shards that parity cannot replace while there is time,
//     and gives up what misses the latency budget. It reports what arrived twenty times a second, which steers
//     parity, pace and quality at the sender.
//  5. Frames of a lossless stream have no deadline: they are kept, three at a time or more of small ones, until the
//     receiver has handed them on.
//  6. A stream that ended is closed with an end, which is repeated until it is answered. An end that merely
//     stops says bye, and the other waits for it, as it does after five seconds without a sign of life.
//  7. An end that dialled and hears nothing for a second and a half asks for a new session beside the old one,
//     in case the other end was started again. It takes over what the old one has not delivered.
//  8. A sealed session follows its other end to a new address. A clear one does not: anybody could take it.
package udp
