package pipeline

import "context"

// Offer describes a picture before it is sent, so that who would get it can say that it is there already.
type Offer struct {
	Meta   Meta
	Format Format
	Size   int64    // of its data, in bytes
	Sum    [32]byte // SHA-256 of its data (FIPS 180-4)
}

// Keeper is a Sink for pictures that must not be lost: its Write returns nil only when the picture is
// durable (a loss of power does not take it away), and it knows what it has. A Write that cannot take the
// picture, now or ever, says so with an error that wraps ErrSkip and has words for the one who sent it; then nothing
// of it stays.
//
// Where outputs keep pictures, they alone decide whether one counts as delivered. Have and Part are called
// by the chain's input, from one goroutine, between the sink's Open and Close and while Write may run;
// while the sink is closed they give an error that does not wrap ErrSkip.
type Keeper interface {
	Sink
	// Have reports whether Write of that picture would find it there already, with the same content; then a
	// part of it that was left behind is removed. An error that wraps ErrSkip refuses the picture before it
	// is sent: there is no room, or the name cannot be used.
	Have(ctx context.Context, o Offer) (bool, error)
	// Part opens what came of that picture so far, for one who gets it in pieces. It may give nil where no
	// parts are kept.
	Part(o Offer) (Part, error)
}

// Part is the beginning of a picture that has not come whole yet. It outlives the process.
type Part interface {
	Size() int64 // bytes that are there
	ReadAt(p []byte, off int64) (int, error)
	Write(p []byte) (int, error) // appends
	Discard() error              // removes it and closes: the picture is there, or its bytes were wrong
	Close() error                // keeps it for later
}
