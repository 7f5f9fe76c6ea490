package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"framewire/pipeline"

	"github.com/fsnotify/fsnotify"
	"github.com/hashicorp/go-hclog"
)

// maxTold is how many files that cannot be used the log names; further ones are only counted.
const maxTold = 100

type source struct {
	cfg       Config
	log       hclog.Logger
	counters  *pipeline.Counters
	confirmed bool // an output says what became of each photo
	bar       bool // the user sees the progress
	load      *loader
	told      map[string]bool // files that the log has named as not usable

	ledger atomic.Pointer[ledger]
	looked bool     // Open was called
	watch  *watcher // nil without
	notify func() (*fsnotify.Watcher, error)

	listed []found // files of this round
	good   int     // pictures given since
	rounds uint64  // through the list; what was warned of in the first is known

	given uint64 // pictures since Open
	start time.Time
	pts   time.Duration // of the last picture
	due   time.Time     // of the next picture; zero before the first
}

var (
	_ pipeline.Source     = (*source)(nil)
	_ pipeline.Accounter  = (*source)(nil)
	_ pipeline.Progresser = (*source)(nil)
)

func newSource(cfg Config, env pipeline.Env) *source {
	s := &source{
		cfg: cfg, log: env.Log, counters: env.Counters, confirmed: env.Confirmed, bar: env.Bar,
		load: newLoader(&cfg, env), notify: fsnotify.NewWatcher,
	}
	s.ledger.Store(newLedger(cfg.Watch))
	return s
}

// Open finds the files, and with watch begins to look for new ones. It reads no picture.
func (s *source) Open(ctx context.Context) (err error) {
	s.looked = true
	s.rounds, s.given, s.pts, s.start, s.due = 0, 0, 0, time.Now(), time.Time{}
	s.ledger.Store(newLedger(s.cfg.Watch))
	if s.cfg.Watch {
		s.watch, err = openWatcher(s.cfg, s.ledger.Load(), s.log, s.notify)
	} else {
		err = s.round()
	}
	if err == nil && ctx.Err() != nil {
		_ = s.Close()
		return ctx.Err()
	}
	return err
}

// round puts all files that are there on the agenda.
func (s *source) round() error {
	k := picks{recursive: s.cfg.Recursive, all: s.cfg.Original}
	files, left, err := k.list(s.cfg.Path)
	if err != nil {
		return err
	}
	s.listed, s.good = files, 0
	if s.rounds++; s.rounds == 1 {
		left.tell(s.log, k)
	}
	l, now := s.ledger.Load(), time.Now()
	for _, f := range files {
		var is stamp
		if !s.cfg.Loop { // there is no end to come nearer to
			if info, err := os.Stat(f.path); err == nil {
				is = stampOf(info)
			}
		}
		l.add(f, is, now, s.rounds)
	}
	l.swept(s.rounds)
	return nil
}

// Read gives the next picture when it is due. The file is read then, not earlier.
func (s *source) Read(ctx context.Context) (*pipeline.Frame, error) {
	for {
		p, err := s.next(ctx)
		if err != nil {
			return nil, err
		}
		if err := wait(ctx, s.due); err != nil {
			s.ledger.Load().back(p, p.due)
			return nil, err
		}
		if s.watch != nil && !s.watch.complete(p, time.Now()) {
			continue
		}
		f, got, err := s.load.file(p.path)
		switch {
		case errors.Is(err, errChanging) && s.ledger.Load().again(p, time.Now(), err):
			continue
		case s.watch != nil && !s.watch.whole(p, got, err, time.Now()):
			if err == nil {
				f.Release()
			}
			continue
		case err != nil:
			return nil, s.skip(p, err)
		}
		s.give(f, p, got)
		return f, nil
	}
}

// next waits for a photo that is to be read.
func (s *source) next(ctx context.Context) (*photo, error) {
	l := s.ledger.Load()
	for ctx.Err() == nil {
		if s.watch != nil {
			s.watch.look(time.Now())
		}
		p, due, more := l.next(time.Now())
		switch {
		case p != nil:
			return p, nil
		case s.watch != nil:
			s.watch.wait(ctx, due)
		case more:
			pause(ctx, due, l.wake)
		default:
			if err := s.turn(); err != nil {
				return nil, err
			}
		}
	}
	return nil, ctx.Err()
}

// turn begins the list again, or says why not.
func (s *source) turn() error {
	switch {
	case s.good == 0 && len(s.listed) == 1:
		return fmt.Errorf("%s cannot be used as a picture: the log says why", s.listed[0].path)
	case s.good == 0:
		return fmt.Errorf("none of the %d files of %s can be used as a picture: the log says why", len(s.listed), s.cfg.Path)
	case !s.cfg.Loop:
		return pipeline.ErrEnd
	}
	return s.round()
}

// give fills in what a frame says of itself, and has the source told what becomes of it.
func (s *source) give(f *pipeline.Frame, p *photo, got loaded) {
	if got.warning != nil && s.rounds < 2 {
		s.log.Warn("a picture is not whole and is handed on as it is", "file", shown(p.path), "fault", got.warning)
	}
	now := time.Now()
	if s.cfg.Interval > 0 {
		s.pts = time.Duration(s.given) * s.cfg.Interval
		if s.due = s.due.Add(s.cfg.Interval); s.due.Before(now) { // the first, or after a stall
			s.due = now.Add(s.cfg.Interval)
		}
	} else if s.given > 0 {
		s.pts = max(s.pts, now.Sub(s.start))
	}
	s.given++
	s.good++
	f.Captured, f.PTS, f.Key, f.Lossless = now, s.pts, true, true
	f.Meta.Name = p.name
	asks := s.confirmed || s.watch != nil
	if asks {
		l := s.ledger.Load()
		f.Confirm = s.confirmed
		f.Settled = func(err error) { s.settled(l, p, got, err) }
	}
	s.ledger.Load().give(p, asks)
}

// skip names a file that cannot be used, once however often the list is gone through. The runner tells one
// wrapped ErrSkip a second, and a folder has many files in that time: so the words are told here.
func (s *source) skip(p *photo, cause error) error {
	s.counters.Errors.Add(1)
	s.ledger.Load().fail(p, time.Now(), cause)
	if s.told[p.path] || len(s.told) > maxTold {
		return pipeline.ErrSkip
	}
	if s.told == nil {
		s.told = make(map[string]bool)
	}
	s.told[p.path] = true
	if len(s.told) > maxTold {
		s.log.Warn("more files cannot be used, from here on they are only counted as errors", "named", maxTold)
	} else {
		s.log.Warn("a file cannot be used and is skipped", "file", shown(p.path), "cause", pipeline.Cause(cause))
	}
	return pipeline.ErrSkip
}

// Close gives back what decoding and watching need.
func (s *source) Close() error {
	err := s.load.close()
	if s.watch != nil {
		err = errors.Join(err, s.watch.close())
		s.watch = nil
	}
	return err
}

// wait returns at that time, at once when it is over.
func wait(ctx context.Context, due time.Time) error {
	if time.Until(due) > 0 {
		pause(ctx, due, nil)
	}
	return ctx.Err()
}

// pause waits for ctx, for wake, and for that time unless it is zero.
func pause(ctx context.Context, due time.Time, wake <-chan struct{}) {
	var after <-chan time.Time
	if !due.IsZero() {
		timer := time.NewTimer(time.Until(due))
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-ctx.Done():
	case <-wake:
	case <-after:
	}
}
