package image

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// see notes how a file of a watched folder was found. since is from when on it has been as it is.
func (l *ledger) see(f found, is stamp, since time.Time, scan uint64, settle time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, known := l.photos[f.path]
	switch {
	case !known && l.journal.has(f.name, is):
		return
	case !known:
		p = l.insert(f.path, f.name, is)
		l.sight(p, is, since, settle)
	case p.stamp != is:
		l.sight(p, is, since, settle)
	}
	p.scan = scan
}

func (l *ledger) sight(p *photo, is stamp, since time.Time, settle time.Duration) {
	l.totalBytes += is.size - p.stamp.size
	p.stamp, p.since = is, since
	if p.state == underway {
		p.stale = true
		return
	}
	l.put(p, waiting)
	p.tries, p.why, p.told = 0, "", false
	l.schedule(p, since.Add(settle))
}

// swept takes out the photos that the latest look through the folder did not find any more. In a loop those
// that were never delivered stay, to be named at the end.
func (l *ledger) swept(scan uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.photos {
		if p.scan != scan && p.state != underway && (l.watch || p.once) {
			l.forget(p)
		}
	}
}

// gone takes a photo out whose file went away.
func (l *ledger) gone(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p, ok := l.photos[path]; ok && p.state != underway {
		l.forget(p)
	}
}

// complete reports whether a photo that is due may be read; else it is put off, or taken out where it is
// gone.
func (w *watcher) complete(p *photo, now time.Time) bool {
	l := w.ledger
	info, err := os.Stat(p.path)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.forget(p)
		return false
	case err != nil:
		return true // for the reader to complain about
	case stampOf(info) != p.stamp:
		l.sight(p, stampOf(info), now, w.settle)
		return false
	case now.Before(p.since.Add(w.settle)):
		l.schedule(p, p.since.Add(w.settle))
		return false
	}
	return true
}

// whole reports whether what was read of a photo is to be used: it is the file that was looked at, all of
// it, and not what was delivered before under this name. err is what reading it gave.
func (w *watcher) whole(p *photo, got loaded, err error, now time.Time) bool {
	l := w.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	longer := p.since.Add(3 * w.settle)
	switch {
	case (err != nil || got.warning != nil) && now.Before(longer):
		l.schedule(p, longer)
		return false
	case err != nil:
		return true
	case got.stamp != p.stamp:
		l.sight(p, got.stamp, now, w.settle)
		return false
	case l.journal.same(p.name, got.sum):
		l.journal.add(p.name, got.stamp, got.sum)
		l.forget(p)
		return false
	}
	return true
}
