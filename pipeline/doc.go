// Package pipeline is the contract between stages and the engine that runs them: frames and their memory,
// plugin specs and their registry, bounded edges, the runner, statistics and the main-thread service. No
// plugin and no OpenCV is imported here; reading configs is package config's work.
//
// # The life of a frame
//
//  1. A source takes it from its Pool (one reference) and fills Data, Format, Captured and PTS. Sources
//     whose streams must arrive whole set Lossless, and those that want to know what became of it set Settled
//     and, where Env.Confirmed says that an output answers for it, Confirm.
//  2. The runner gives it the stream's identity and its number. From here on nobody edits it.
//  3. It passes the trunk: a decoder where filters or the encoder need one, the filters, the encoder. A
//     stage that changes something derives a new frame and the old one is released. A frame that already
//     is what the stage would make passes untouched, without a queue or a worker between.
//     Before the trunk a live frame is dropped that no output takes: nobody is there, or the outputs advise
//     to leave some out (Advice).
//  4. At the fan-out it gets a reference for each output. An output that needs another format has its
//     converter (decoder or encoder) in front, shared with the outputs that need the same.
//  5. Each output has an edge, a bounded queue with its own goroutine behind it. A full edge blocks or
//     drops, as configured or, by default, as the frame's Lossless flag says.
//  6. The sink's Write borrows it. After the last output has released it, its memory goes back to the pool
//     and its latency, from capture to the end of the last Write, is recorded.
//  7. When all outputs have done with the picture, and each sink that went on with it has given its Hold back,
//     the source is told once what became of it (Frame.Settled), see below.
//
// # What a picture comes to
//
// Outputs that keep (Keeper) or confirm pictures (SinkSpec.Confirms) decide, where there are any, else all
// outputs; so does every stage on the way to one that decides. The first fault that one of them has is what the
// source is told:
//
//   - no fault: the picture is delivered. A stage that did not need it (a bare ErrSkip) has none, nor has the
//     sink that said ErrDone with it.
//   - an error that wraps ErrSkip with words: refused for good, as by a sink that is done while others go on.
//   - any other error, a drop, a stop or a failure: not delivered, to be tried again.
//
// A filter that makes its frame of an earlier one hands on the picture that it was given last; what it
// derives has no Settled of its own.
//
// # The ownership rule
//
// Who returns a frame gives its reference away; who is passed a frame borrows it for the call; who keeps
// one longer retains it. A chain that has ended leaves Pool.Outstanding at zero.
//
// # The life of a stage
//
//  1. Plan matches the formats along the chain. No device is touched.
//  2. Run makes every plugin; constructors do no I/O.
//  3. Sinks open first, in order, then the source.
//  4. The runner calls Read, Apply and Write, each plugin from one goroutine. Panics become errors that
//     name the stage.
//  5. A source or sink that says ErrLost is closed and opened again after a pause that grows to a second.
//  6. The end: the source says ErrEnd, or Stop is called, or a stage fails. The source closes first; what
//     is in flight is written; each stage closes when the stage before it has finished.
//  7. Stop allows about a second for that. Then the context is cancelled with a cause, and what still does not
//     return is named in the log and left behind.
//  8. Last of all, an Accounter says whether all was delivered.
package pipeline
