package pipeline

import (
	"slices"
	"sync"
)

// Action is what a user asks of a running pipeline.
type Action string

// The actions.
const (
	ActionTrigger Action = "trigger" // take a picture, begin a clip
	ActionPause   Action = "pause"   // stop and go on
	ActionStep    Action = "step"    // one frame further, and pause
	ActionSpeed   Action = "speed"   // Command.Value times as fast as now
	ActionSeek    Action = "seek"    // Command.Value seconds forward, or back where it is below zero
)

// Command is one wish of the user.
type Command struct {
	Action Action
	Value  float64
	From   string // where it came from, for the log: "signal", "key", "http"
}

// Control hands the wishes of the user (keys, signals) to the stages of a pipeline that can fulfil them. Whoever is
// asked and does not listen misses it. It is safe for concurrent use.
type Control struct {
	mu   sync.Mutex
	subs []*listener
}

type listener struct {
	commands chan Command
	actions  []Action
}

// NewControl gives a control that nobody listens to.
func NewControl() *Control { return new(Control) }

// Send hands a command to all who listen for its action, and reports whether there is anybody. It never
// waits: who has not taken the sixteen commands before misses this one.
func (c *Control) Send(cmd Command) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard := false
	for _, l := range c.subs {
		if !slices.Contains(l.actions, cmd.Action) {
			continue
		}
		heard = true
		select {
		case l.commands <- cmd:
		default:
		}
	}
	return heard
}

// Hears reports whether anybody listens for the action.
func (c *Control) Hears(action Action) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.subs, func(l *listener) bool { return slices.Contains(l.actions, action) })
}

// Listen gives a channel of the commands with those actions, until stop is called. The channel is never
// closed.
func (c *Control) Listen(actions ...Action) (commands <-chan Command, stop func()) {
	l := &listener{commands: make(chan Command, 16), actions: actions}
	c.mu.Lock()
	c.subs = append(c.subs, l)
	c.mu.Unlock()
	return l.commands, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.subs = slices.DeleteFunc(c.subs, func(other *listener) bool { return other == l })
	}
}
