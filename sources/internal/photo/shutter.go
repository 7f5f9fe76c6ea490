package photo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/trigger"
)

// Shutter decides which pictures of a source are taken. A source calls it from the goroutine of Open, Read and
// Close, in this order:
//
//  1. Open starts listening for triggers.
//  2. A source that always has a picture at hand asks Wants for each; one that makes them waits in Wait.
//  3. Take makes the picture one that must arrive.
//  4. Close stops listening. What was asked for and not taken by then is taken after the next Open.
//  5. The source's Account is Accounts.
type Shutter struct {
	cfg    Config
	env    pipeline.Env
	name   string        // in front of each picture's own
	settle time.Duration // after the first picture since Open until one is good enough
	ledger ledger

	triggers *trigger.Triggers
	asked    []request // at most maxAsked
	ready    time.Time // no picture before that is taken; zero before the first one since Open
	due      time.Time // of the next one by the clock
	number   uint64    // of the last picture
	told     limiter
	missed   limiter
}

// request is a picture that somebody asked for.
type request struct {
	by string
	at time.Time
}

// maxAsked is how many pictures wait; who asks more often has asked already.
const maxAsked = 16

// New gives a shutter whose pictures are named after name. settle is how long the source's pictures take to
// become good after it was opened. It does no I/O.
func New(cfg Config, env pipeline.Env, name string, settle time.Duration) *Shutter {
	return &Shutter{
		cfg: cfg, env: env, name: name, settle: settle, ledger: ledger{env: env},
		told: limiter{interval: time.Second, most: 3}, missed: limiter{interval: 10 * time.Second, most: 1},
	}
}

// Open starts listening for triggers. The error is that their address cannot be listened on.
func (s *Shutter) Open(ctx context.Context) (err error) {
	s.ready = time.Time{}
	s.triggers, err = trigger.Start(ctx, s.cfg.Trigger, s.env)
	return err
}

// Close stops listening.
func (s *Shutter) Close() error { return s.triggers.Close() }

// Accounts fails for the pictures that were not confirmed.
func (s *Shutter) Accounts() error { return s.ledger.account() }

// Wants reports whether the picture captured at that time is to be taken. What was asked for since it was
// captured has to wait for the next one.
func (s *Shutter) Wants(at time.Time) bool {
	s.listen()
	return s.wants(at)
}

// Wait waits until a picture is to be taken.
func (s *Shutter) Wait(ctx context.Context) error {
	for {
		s.listen()
		now := time.Now()
		if s.wants(now) {
			return ctx.Err()
		}
		if err := s.pause(ctx, now); err != nil {
			return err
		}
	}
}

// pause waits for a trigger or for the time of the next picture.
func (s *Shutter) pause(ctx context.Context, now time.Time) error {
	var clock <-chan time.Time // nil: never
	if s.cfg.Every > 0 || len(s.asked) > 0 {
		next := s.due
		if len(s.asked) > 0 || next.Before(s.ready) {
			next = s.ready
		}
		timer := time.NewTimer(next.Sub(now))
		defer timer.Stop()
		clock = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case who := <-s.triggers.Fired():
		s.ask(who)
	case <-clock:
	}
	return nil
}

func (s *Shutter) wants(at time.Time) bool {
	if s.ready.IsZero() {
		s.ready = at.Add(s.settle)
	}
	if s.due.IsZero() {
		s.due = s.ready
	}
	return !at.Before(s.ready) && (s.isDue(at) || s.isAsked(at))
}

func (s *Shutter) isDue(at time.Time) bool { return s.cfg.Every > 0 && !at.Before(s.due) }

func (s *Shutter) isAsked(at time.Time) bool { return len(s.asked) > 0 && !at.Before(s.asked[0].at) }

// listen notes the triggers that have fired.
func (s *Shutter) listen() {
	for {
		select {
		case who := <-s.triggers.Fired():
			s.ask(who)
		default:
			return
		}
	}
}

func (s *Shutter) ask(who string) {
	if len(s.asked) < maxAsked {
		s.asked = append(s.asked, request{who, time.Now()})
	}
}

// Take makes a picture that Wants or Wait has named, and whose Captured is set, one that must arrive.
func (s *Shutter) Take(f *pipeline.Frame) {
	s.number++
	f.Meta.Name = fmt.Sprintf("%s-%s-%06d.jpg", s.name, f.Captured.Local().Format("2006-01-02-15-04-05"), s.number)
	f.Key, f.Lossless = true, true
	s.ledger.enter(f)
	if s.isDue(f.Captured) {
		s.advance(f.Captured)
		return
	}
	by := s.asked[0].by
	s.asked = slices.Delete(s.asked, 0, 1)
	if n, ok := s.told.tell(f.Captured); ok {
		s.env.Log.Info("picture taken", "name", f.Meta.Name, "asked_by", by, "untold_before", n)
	}
}

// advance finds the time of the next picture. Those whose time is over already, because the chain was held up, are
// left out instead of being taken all at once.
func (s *Shutter) advance(at time.Time) {
	s.due = s.due.Add(s.cfg.Every)
	if s.due.After(at) {
		return
	}
	missed := at.Sub(s.due)/s.cfg.Every + 1
	s.due = s.due.Add(missed * s.cfg.Every)
	s.env.Counters.Dropped.Add(uint64(missed))
	if _, ok := s.missed.tell(at); ok {
		s.env.Log.Warn("pictures were not taken in their time: the chain was held up, or the source was away", "missed", int64(missed))
	}
}
