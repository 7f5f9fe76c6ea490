package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/go-hclog"
)

// The errors by which a stage steers the runner. A stage may wrap them with its own words.
var (
	// ErrEnd is a clean finish: the source has no more frames, or the user closed the window. The
	// pipeline winds down as after the last frame and counts as ended.
	ErrEnd = errors.New("end of stream")
	// ErrLost says that the device or connection is gone and may come back: the runner closes the stage
	// and opens it again, after a growing pause, without limit.
	ErrLost = errors.New("lost")
	// ErrDone says that a sink has all the frames that it wants, and that it has used this one. It is closed and
	// the other outputs go on; when none is left the pipeline ends.
	ErrDone = errors.New("done")
	// ErrSkip says that this call gave nothing: a frame that cannot be used, or one too many. Wrapped
	// with words it is counted as an error and told at most once a second; bare it is silent.
	ErrSkip = errors.New("skipped")
)

// errNoFrame is what a plugin is told that broke the contract.
var errNoFrame = errors.New("gave neither a frame nor an error")

// zeroTime is the time of a frame that has none yet.
var zeroTime time.Time

// Source makes frames. The runner calls, each from one goroutine and never two at once:
//
//   - Open once before the first Read, and again after ErrLost and Close. The first time an error that
//     wraps ErrLost is tried again after a pause and any other stops the pipeline; once the source has
//     been open, every error of Open is tried again.
//   - Read for every frame; it blocks until there is one or ctx is done. It gives the frame away. The
//     runner fills in Stream and Seq, and Captured where it is zero. ErrEnd, ErrLost and ErrSkip steer
//     as they say; any other error stops the pipeline with the stage's name on it.
//   - Close once after each successful Open, after the last Read has returned.
type Source interface {
	Open(ctx context.Context) error
	Read(ctx context.Context) (*Frame, error)
	Close() error
}

// Filter turns one frame into another; encoders and decoders are filters. Apply borrows the frame that it
// gets and gives the one that it returns away; to hand on the same frame it returns f.Retain(). The
// runner makes one Filter a worker and never calls one of them twice at once, and Close once at the end.
// Errors steer as in Source, except that ErrLost has no meaning here.
type Filter interface {
	Apply(ctx context.Context, f *Frame) (*Frame, error)
	Close() error
}

// Sink uses frames. The runner calls Open once before the source opens, Write for each frame, and Close
// once at the end, all from one goroutine. Write borrows the frame: a sink that keeps it retains it. An
// error that wraps ErrLost has the sink closed and opened again after a pause; ErrEnd ends the pipeline
// cleanly, as closing a window does; ErrDone says that this frame was its last one and ends this output alone;
// ErrSkip means that the frame was not needed.
type Sink interface {
	Open(ctx context.Context) error
	Write(ctx context.Context, f *Frame) error
	Close() error
}

// Ender is a Sink for which a finished stream differs from an interrupted one. The runner calls End after
// the last Write and before Close, only when the stream came to its end (the source said ErrEnd, or the
// time asked for is over), and not when it was stopped by a signal or failed.
type Ender interface {
	End(ctx context.Context) error
}

// Demander is a Sink that may have nobody to give frames to. While no output of a chain wants frames, the
// live frames are dropped before they are encoded. Wanted is called for each frame, from any goroutine.
type Demander interface {
	Wanted() bool
}

// MainThread runs functions on the process's first thread, which window systems insist on.
type MainThread interface {
	// Do runs fn on the first thread and waits for it. It returns ctx's error when ctx ends before fn
	// was begun, and then fn never runs.
	Do(ctx context.Context, fn func()) error
}

// Env is what a plugin gets from the engine when it is made.
type Env struct {
	Pipeline string       // the pipeline's name
	Log      hclog.Logger // named after the pipeline and the stage
	Pool     *Pool
	Main     MainThread // nil where the program lent no thread
	Counters *Counters  // this stage's; the runner counts frames, the plugin what only it can see
	// End ends the pipeline cleanly, for a sink that has no Write to return ErrEnd from: a window may be
	// closed while no frame comes. It may be nil and may be called at any time.
	End func()
	// Queue is, for a sink, the setting of the edge in front of it, for sinks that have queues of their own
	// behind it.
	Queue Queue
	// Advise is, for a sink, how it says what would suit its link, from any goroutine and as often as it
	// likes; what it said stands until it says otherwise. It is never nil.
	Advise func(Advice)
	// Advice is, for an encoder, the least of what the outputs behind it advise; only its Quality is the
	// encoder's concern. An encoder asks for each frame. It is never nil.
	Advice func() Advice
	// View is, for a decoder in front of outputs, the size in pixels in which they show its pictures, upright: see
	// Viewer. It may be nil; 0, 0 asks for the whole picture.
	View func() (width, height int)
	// Decode is, for a sink, how it gets the pixels of an encoded frame (Frame.Whole) in the first raw format that it
	// accepts. It borrows the frame and gives a new one away. It may be nil.
	Decode func(ctx context.Context, f *Frame) (*Frame, error)
	// Confirmed says, for a source, that a transport among the outputs confirms what must arrive: the source sets
	// Frame.Confirm, and Frame.Settled then speaks for the other end.
	Confirmed bool
	// Keepers are, for the receiving end of a chain that neither filters nor encodes, the outputs that
	// keep pictures.
	Keepers []Keeper
	// Control is where the user's wishes come from, and where a window puts its keys. It is never nil.
	Control *Control
	// Note has a short text stand beside the stage in the status line and the report; an empty one takes it
	// away. It is never nil.
	Note func(string)
	// Bar says that a source's Progress is shown to the user, so that it need not log each step.
	Bar bool
	// Want is, for a source, the formats that the chain takes, best first; nil takes anything. For an
	// encoder or decoder it holds exactly the pattern to produce.
	Want []Format
}
