package photo

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"framewire/pipeline"
)

// ledger knows which pictures have arrived, where the other end of the chain confirms them.
type ledger struct {
	env pipeline.Env

	mu        sync.Mutex
	given     int
	confirmed int
	lost      []string // the first maxNamed that were not confirmed, and why
}

// maxNamed is how many pictures the error at the end names.
const maxNamed = 10

// enter counts a picture that is about to be handed on, and has the chain say what becomes of it.
func (l *ledger) enter(f *pipeline.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.given++
	l.note()
	if l.env.Confirmed {
		name := f.Meta.Name
		f.Confirm = true
		f.Settled = func(err error) { l.settle(name, err) }
	}
}

// settle notes what became of a picture. Its memory is gone by then: one that was not delivered stays so. Who refused
// it has told that already.
func (l *ledger) settle(name string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.confirmed++
		l.note()
		return
	}
	l.env.Counters.Errors.Add(1)
	cause := pipeline.Cause(err)
	if errors.Is(err, pipeline.ErrSkip) {
		cause = "refused: " + cause
	}
	if len(l.lost) < maxNamed {
		l.lost = append(l.lost, fmt.Sprintf("%s (%s)", name, cause))
	}
}

// note shows the counts beside the stage.
func (l *ledger) note() {
	text := strconv.Itoa(l.given) + " taken"
	if l.env.Confirmed {
		text += ", " + strconv.Itoa(l.confirmed) + " confirmed"
	}
	l.env.Note(text)
}

// account says which pictures were not confirmed.
func (l *ledger) account() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := l.given - l.confirmed
	if !l.env.Confirmed || open == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %d pictures are not confirmed", open, l.given)
	named := l.lost
	if more := open - len(named); more > 0 && len(named) > 0 {
		named = append(slices.Clone(named), strconv.Itoa(more)+" more")
	}
	if len(named) > 0 {
		text += ": " + strings.Join(named, ", ")
	}
	return errors.New(text)
}
