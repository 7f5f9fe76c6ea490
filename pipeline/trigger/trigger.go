package trigger

import (
	"context"
	"errors"
	"sync"

	"framewire/pipeline"
)

// The names of who fires, as Fired gives them.
const (
	Signal = "signal"
	Key    = "key"
	HTTP   = "http"
)

// pending is how many triggers may wait; who fires more has asked for them already.
const pending = 16

// Triggers are the triggers of a running stage.
type Triggers struct {
	fired chan string
	stop  chan struct{}
	wg    sync.WaitGroup
	close func() error // of the server; nil without
}

// Start listens for the triggers that cfg names, until Close. ctx bounds the opening alone. The error is
// that the address cannot be listened on.
func Start(ctx context.Context, cfg Config, env pipeline.Env) (*Triggers, error) {
	t := &Triggers{fired: make(chan string, pending), stop: make(chan struct{})}
	if cfg.Signal || cfg.Key {
		commands, unlisten := env.Control.Listen(pipeline.ActionTrigger)
		t.wg.Go(func() {
			defer unlisten()
			t.follow(commands, cfg)
		})
	}
	if cfg.HTTP != "" {
		if err := t.serve(ctx, cfg.HTTP, env.Log); err != nil {
			return nil, errors.Join(err, t.Close())
		}
	}
	return t, nil
}

// Fired gives who fired, each time somebody does. It is never closed.
func (t *Triggers) Fired() <-chan string { return t.fired }

// Close stops listening. A request that is just being answered may still fire, unheard.
func (t *Triggers) Close() error {
	close(t.stop)
	var err error
	if t.close != nil {
		err = t.close()
	}
	t.wg.Wait()
	return err
}

// follow takes the user's commands.
func (t *Triggers) follow(commands <-chan pipeline.Command, cfg Config) {
	for {
		select {
		case c := <-commands:
			if c.From == Signal && cfg.Signal || c.From == Key && cfg.Key {
				t.fire(c.From)
			}
		case <-t.stop:
			return
		}
	}
}

func (t *Triggers) fire(who string) {
	select {
	case t.fired <- who:
	default:
	}
}
