package image

import (
	"errors"
	"fmt"
	"time"

	"framewire/pipeline"
)

// errNotLooked is the account of one that came to its end before it was opened: nobody knows how many photos there are.
var errNotLooked = errors.New("no photo is confirmed, as none was looked for yet; start it again to send them")

// settled is told what became of a photo. It is called from any goroutine.
func (s *source) settled(l *ledger, p *photo, got loaded, err error) {
	v := l.settle(p, got.stamp, got.sum, time.Now(), err)
	switch {
	case v.state == refused && v.tell:
		s.log.Warn("a photo is refused", "photo", shown(p.name), "cause", cut(v.why))
	case v.state == delivered && v.tell && s.confirmed && !s.bar:
		s.log.Info("photo is confirmed", "photo", shown(p.name), "bytes", got.stamp.size, "done", fmt.Sprintf("%d of %d", v.done, v.total))
	}
}

// Account fails when not every photo that was seen is confirmed. What became of photos after Close is
// written into the journal here.
func (s *source) Account() error {
	l := s.ledger.Load()
	if l.journal != nil {
		l.journal.finish()
	}
	switch {
	case !s.confirmed:
		return nil
	case !s.looked:
		return errNotLooked
	}
	if err := l.account(); err != nil {
		return err
	}
	if p := l.progress(); p.Done > 0 {
		s.log.Info("all photos are confirmed", "photos", p.Done, "bytes", p.Bytes)
	}
	return nil
}

// Progress is how far it has come through the folder; a loop comes nowhere.
func (s *source) Progress() (pipeline.Progress, bool) {
	p := s.ledger.Load().progress()
	return p, !s.cfg.Loop && p.Total > 0
}
