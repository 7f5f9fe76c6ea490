package image

import (
	"container/heap"
	"errors"
	"sync"
	"time"

	"framewire/pipeline"
)

// How often a photo is tried, and the pauses between, which double each time. With watch nothing is ever
// given up; else a photo that failed that often, or was refused, is left to the account at the end.
const (
	maxTries   = 4
	pauseAgain = time.Second
	mostAgain  = time.Minute
	pauseAsk   = time.Minute // until one that was refused, or could not be used, has another chance
	mostAsk    = time.Hour
)

// ledger knows of each photo how it stands. It is safe for concurrent use: what becomes of a photo is told
// from any goroutine.
type ledger struct {
	wake    chan struct{} // has room for one; something was settled
	watch   bool          // photos leave it when they are delivered, and nothing is given up
	journal *journal      // nil where there is none

	mu         sync.Mutex
	photos     map[string]*photo // by path
	agenda     agenda
	count      [states]int // of the photos in it, and of all that were delivered
	total      int
	totalBytes int64
	doneBytes  int64
	last       uint64 // order of the photo that came last
	told       int    // photos whose refusal was told
}

func newLedger(watch bool) *ledger {
	return &ledger{wake: make(chan struct{}, 1), watch: watch, photos: make(map[string]*photo)}
}

// add puts a photo on the agenda behind the others of this round: a new one, or one of the round before.
func (l *ledger) add(f found, is stamp, due time.Time, round uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.photos[f.path]
	if !ok {
		p = l.insert(f.path, f.name, is)
	}
	l.last++
	p.order, p.scan = l.last, round
	if p.state == delivered {
		l.put(p, waiting)
	}
	p.tries = 0
	l.schedule(p, due)
}

func (l *ledger) insert(path, name string, is stamp) *photo {
	l.last++
	p := &photo{path: path, name: name, stamp: is, order: l.last, place: -1}
	l.photos[path] = p
	l.count[waiting]++
	l.total++
	l.totalBytes += is.size
	return p
}

func (l *ledger) put(p *photo, s state) {
	l.count[p.state]--
	l.count[s]++
	p.state = s
}

func (l *ledger) schedule(p *photo, due time.Time) {
	p.due = due
	if p.place >= 0 {
		heap.Fix(&l.agenda, p.place)
	} else {
		heap.Push(&l.agenda, p)
	}
}

// forget takes a photo out whose file is gone. What the other end has of it, it has.
func (l *ledger) forget(p *photo) {
	if p.place >= 0 {
		heap.Remove(&l.agenda, p.place)
	}
	delete(l.photos, p.path)
	l.count[p.state]--
	l.total--
	l.totalBytes -= p.stamp.size
}

// next takes the first photo off the agenda that is due. Without one it gives the time when one will be,
// zero for none, and whether some are underway.
func (l *ledger) next(now time.Time) (p *photo, due time.Time, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.agenda) > 0 {
		if due = l.agenda[0].due; !due.After(now) {
			return heap.Pop(&l.agenda).(*photo), due, true
		}
	}
	return nil, due, len(l.agenda) > 0 || l.count[underway] > 0
}

// back puts a photo on the agenda again.
func (l *ledger) back(p *photo, due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.schedule(p, due)
}

// give notes that a photo was handed on. Where nobody will say what became of it, it counts as delivered.
func (l *ledger) give(p *photo, asks bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if asks {
		l.put(p, underway)
	} else {
		l.done(p, p.stamp.size)
	}
}

func (l *ledger) done(p *photo, size int64) {
	l.put(p, delivered)
	if !p.once {
		l.doneBytes += size
	}
	p.once, p.why, p.tries = true, "", 0
}

// fail notes that a photo cannot be used, for this reason.
func (l *ledger) fail(p *photo, now time.Time, why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retry(p, unusable, now, pipeline.Cause(why), pauseAsk, mostAsk)
}

// again has a photo tried once more after a pause, and reports false when it was tried often enough.
func (l *ledger) again(p *photo, now time.Time, why error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.retry(p, waiting, now, why.Error(), pauseAgain, mostAgain)
}

// retry notes that a photo was not delivered, and with watch or while it may be luck has it tried once more.
func (l *ledger) retry(p *photo, s state, now time.Time, why string, pause, most time.Duration) bool {
	l.put(p, s)
	p.why = why
	p.tries++
	if !l.watch && (p.tries >= maxTries || s != waiting) {
		return false
	}
	l.schedule(p, now.Add(min(pause<<min(p.tries-1, 16), most)))
	return true
}

// verdict is what the settling of a photo came to, for the log.
type verdict struct {
	state state
	why   string
	tell  bool // it was not told yet
	done  int  // photos delivered so far
	total int
}

// settle notes what became of a photo that was underway. is and sum are those of the bytes that were given away.
func (l *ledger) settle(p *photo, is stamp, sum [32]byte, now time.Time, err error) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := verdict{state: delivered, tell: !p.once}
	switch {
	case err == nil:
		l.done(p, is.size)
		if l.journal != nil {
			l.journal.add(p.name, is, sum)
		}
		if l.watch {
			delete(l.photos, p.path)
		}
	case errors.Is(err, pipeline.ErrSkip):
		v.state, v.why = refused, pipeline.Cause(err)
		v.tell = !p.told && l.told < maxTold
		if !p.told {
			p.told = true
			l.told++
		}
		l.retry(p, refused, now, v.why, pauseAsk, mostAsk)
	default:
		v.state, v.why = waiting, pipeline.Cause(err)
		l.retry(p, waiting, now, v.why, pauseAgain, mostAgain)
	}
	v.done, v.total = l.count[delivered], l.total
	if p.stale {
		p.stale = false
		if err == nil {
			p = l.insert(p.path, p.name, p.stamp)
			p.since = now
		}
		p.tries = 0
		l.schedule(p, now)
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return v
}
