// Package tcp carries frames over TCP connections, in the format of package wire. It holds both ends;
// either may listen or dial, and start order does not matter.
//
// The life of a connection:
//
//  1. The endpoint listens or dials, without limit and with growing pauses, until it is closed.
//  2. With a secret or certificates both ends prove themselves inside TLS (package secure), in which all that
//     follows is said. Who does not belong here is told why, or that he does not.
//  3. The end that dialled says hello; the other answers with its own hello or with a refusal. Strangers
//     are told what this port is, and the log is told what they are.
//  4. The receiver sends a ping at once and then every second; the sender begins with the answer. From
//     these the receiver learns the difference of the clocks, and either end that the other is alive.
//  5. The sender has one queue and one goroutine for writing a receiver. Frames of a live stream replace
//     older ones that still wait; those of a lossless stream wait until every receiver has room.
//  6. Photos are offered, asked for, sent in chunks and confirmed (offer.go and photo.go at the sending end,
//     intake.go and arrivals.go at the receiving one). The sender keeps each until its receivers have said
//     that it is there, and a connection that breaks goes on where it was.
//  7. A stream that ended is closed with an end message: the receiver has everything and ends too. A
//     sender that merely stops says bye, and the receiver waits for it, as it does when the connection
//     breaks.
package tcp
