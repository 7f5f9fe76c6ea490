package tcp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// interrupted decides about an error of the connection. It gives what Read returns, or nil to go on with
// the next connection.
func (r *receiver) interrupted(ctx context.Context, m wire.Message, err error) error {
	var codec *wire.CodecError
	over := r.now.givenUp()
	switch {
	case errors.As(err, &codec):
		if m.Type == wire.TypeOffer {
			if err := r.now.photos.decline(m.Offer.Transfer, err); err != nil {
				r.lost(err)
			}
		}
		return fmt.Errorf("%w: %w", pipeline.ErrSkip, err)
	case ctx.Err() != nil:
		if !r.now.between {
			r.drop(stopped) // what follows would be the rest of a frame
		}
		return ctx.Err()
	case over != nil:
		r.end.news.Say(r.env.Log.Warn, "interrupted the sender, which will offer again", "sender", r.now.name, "cause", over)
		r.drop(over.Error())
	default:
		r.lost(plain(err))
	}
	return nil
}

// lost gives a broken connection up.
func (r *receiver) lost(cause error) {
	r.end.news.Say(r.env.Log.Warn, "connection lost, waiting for the sender", "sender", r.now.name, "cause", cause)
	r.drop("lost: " + cause.Error())
}

func (r *receiver) drop(why string) {
	r.mu.Lock()
	r.reading = nil
	r.mu.Unlock()
	r.now.drop(why)
	r.now = nil
}

// watch interrupts a waiting Read when its context ends. Contexts that come again cost nothing.
func (r *receiver) watch(ctx context.Context) {
	if ctx == r.watched {
		return
	}
	if r.unwatch != nil {
		r.unwatch()
	}
	r.watched = ctx
	r.unwatch = context.AfterFunc(ctx, r.interrupt)
}

// interrupt wakes a Read that waits for the sender, after its context has ended.
func (r *receiver) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reading != nil {
		_ = r.reading.SetReadDeadline(time.Unix(1, 0))
	}
}
