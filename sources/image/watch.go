package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/hashicorp/go-hclog"
)

// How often the whole folder is looked through: network file systems tell of nothing, and where events come
// some may be lost. Large folders are looked through less often, so that it takes a twentieth of the time at most.
const (
	rescanEvery = 10 * time.Second
	rescanShare = 20
)

// maxStrangers is how many files that are not sent are remembered, to know them again under another name.
const maxStrangers = 1024

// watcher finds the files that come into a folder. It has no goroutine of its own: events wait in the
// kernel while the chain is busy, and when they are too many for that the folder is looked through.
type watcher struct {
	root   string
	picks  picks
	settle time.Duration
	ledger *ledger
	log    hclog.Logger

	notify *fsnotify.Watcher // nil where the system has none
	events <-chan fsnotify.Event
	errors <-chan error

	own       string    // the journal's name in the folder; empty where it lies elsewhere
	scans     uint64    // looks through the whole folder
	next      time.Time // when the next one is due
	told      map[string]bool
	strangers map[string]os.FileInfo // hidden and temporary files, by path
	moved     os.FileInfo            // of the one that was renamed last; nil for none
}

// openWatcher begins to watch, reads the journal and looks through the folder. notify is fsnotify.NewWatcher.
func openWatcher(cfg Config, l *ledger, log hclog.Logger, notify func() (*fsnotify.Watcher, error)) (*watcher, error) {
	root := filepath.Clean(cfg.Path)
	info, err := os.Stat(root)
	switch {
	case err != nil:
		return nil, explain(root, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a folder, and watch waits for what comes into one: name the folder", root)
	}
	w := &watcher{
		root: root, picks: picks{recursive: cfg.Recursive, all: cfg.Original}, settle: cfg.Settle,
		ledger: l, log: log, told: make(map[string]bool), strangers: make(map[string]os.FileInfo),
	}
	path := cfg.Journal
	if path == "" {
		path = filepath.Join(root, ".framewire-journal")
	}
	if l.journal, err = openJournal(path, root, log); err != nil {
		return nil, err
	}
	w.own = inside(root, path)
	if w.notify, err = notify(); err != nil {
		w.warn("the system tells nothing of new files, so the folder is looked through from time to time", root, err)
	} else {
		w.events, w.errors = w.notify.Events, w.notify.Errors
	}
	if err := w.scan(time.Now()); err != nil {
		return nil, errors.Join(explain(root, err), w.close())
	}
	return w, nil
}

// scan looks through the folder and watches all folders in it. A folder is watched before it is read, so
// that nothing comes unseen between.
func (w *watcher) scan(now time.Time) error {
	w.scans++
	files, left, err := w.picks.collect(w.root, w.follow)
	if w.scans == 1 {
		left.tell(w.log, w.picks)
	}
	for _, f := range files {
		if w.isOwn(f.name) {
			continue
		}
		if info, err := os.Stat(f.path); err == nil {
			w.ledger.see(f, stampOf(info), time.Now(), w.scans, w.settle)
		}
	}
	if err == nil {
		w.ledger.swept(w.scans)
	}
	end := time.Now()
	w.next = end.Add(max(rescanEvery, rescanShare*end.Sub(now)))
	return err
}

// follow has the system tell of what happens in a folder.
func (w *watcher) follow(dir string) {
	if w.notify == nil {
		return
	}
	if err := w.notify.Add(dir); err != nil {
		w.warn("a folder cannot be watched and is looked through from time to time", dir, err)
	}
}

// warn tells of a fault once for each folder, up to a number that a log can hold.
func (w *watcher) warn(what, dir string, err error) {
	if !w.told[dir] && len(w.told) < maxTold {
		w.told[dir] = true
		w.log.Warn(what, "folder", shown(dir), "every", rescanEvery, "cause", err)
	}
}

// look takes in what has happened, and looks through the folder when that is due.
func (w *watcher) look(now time.Time) {
	for range 1000 { // then the photos have their turn
		select {
		case e := <-w.events:
			w.event(e, now)
			continue
		case <-w.errors:
			w.next = now
			continue
		default:
		}
		break
	}
	if now.Before(w.next) {
		return
	}
	if err := w.scan(now); err != nil {
		w.warn("a folder cannot be read and is tried again", w.root, err)
	} else {
		delete(w.told, w.root)
	}
}

// wait waits until something happens, or that time comes unless it is zero.
func (w *watcher) wait(ctx context.Context, due time.Time) {
	if due.IsZero() || w.next.Before(due) {
		due = w.next
	}
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-w.ledger.wake:
	case <-timer.C:
	case e := <-w.events:
		w.event(e, time.Now())
	case <-w.errors: // events were lost
		w.next = time.Time{}
	}
}

// event looks at the file that something happened to.
func (w *watcher) event(e fsnotify.Event, now time.Time) {
	path := filepath.Clean(e.Name)
	info, err := os.Stat(path)
	switch {
	case err == nil:
	case e.Has(fsnotify.Rename), e.Has(fsnotify.Remove):
		w.moved = w.strangers[path]
		delete(w.strangers, path)
		w.ledger.gone(path)
		return
	default:
		return // another event says where it went
	}
	f := found{path: path, name: below(w.root, path)}
	switch {
	case path == w.root, w.isOwn(f.name):
	case info.IsDir():
		if e.Has(fsnotify.Create) && w.picks.enters(info.Name()) {
			w.next = now // it may hold files already
		}
	case !w.picks.takes(info.Name()):
		w.remember(path, info)
	default:
		since := now
		if w.moved != nil && os.SameFile(w.moved, info) { // it was written under another name
			since, w.moved = now.Add(-w.settle), nil
		}
		w.ledger.see(f, stampOf(info), since, w.scans, w.settle)
	}
}

// remember keeps a file in mind that may become a photo by a change of its name.
func (w *watcher) remember(path string, info os.FileInfo) {
	if len(w.strangers) >= maxStrangers {
		clear(w.strangers)
	}
	w.strangers[path] = info
}

// isOwn reports whether a file is the journal, or the one that takes its place: sending it would change it.
func (w *watcher) isOwn(name string) bool {
	return w.own != "" && (name == w.own || name == w.own+journalNew)
}

// inside names a file by its way from a folder, with / between; empty where it lies elsewhere.
func inside(root, path string) string {
	root, errRoot := filepath.Abs(root)
	path, errPath := filepath.Abs(path)
	name, err := filepath.Rel(root, path)
	if errors.Join(errRoot, errPath, err) != nil || !filepath.IsLocal(name) {
		return ""
	}
	return filepath.ToSlash(name)
}

// close ends the watch and writes the journal.
func (w *watcher) close() error {
	var err error
	if w.notify != nil {
		err = w.notify.Close()
	}
	return errors.Join(err, w.ledger.journal.close())
}
