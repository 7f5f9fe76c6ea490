package tcp

import (
	"slices"

	"framewire/pipeline"
)

const (
	maxPhotos     = 8        // that are not settled yet
	maxPhotoBytes = 64 << 20 // of their data, unless one alone has more
)

// photo is a picture whose delivery is to be confirmed. It is kept until it is settled: every receiver that
// it was offered to and that is still there has answered, and at least as many as min_peers.
type photo struct {
	number   uint64
	frame    *pipeline.Frame // with a reference
	sum      [32]byte
	settle   func(error)
	refusal  error
	pending  int      // receivers that have not answered yet
	left     int      // receivers that broke off before they answered, and whose place nobody has taken
	answered []uint64 // the runs of the receivers that have answered; 0 where one did not say
}

// answeredBy reports whether that run of a receiver has answered.
func (ph *photo) answeredBy(instance uint64) bool {
	return instance != 0 && slices.Contains(ph.answered, instance)
}

// window holds the photos that are not settled, oldest first. The sender's lock guards it.
type window struct {
	photos []*photo
	bytes  int
	last   uint64 // number given out
	asked  bool   // a photo was to be sent
	begun  bool   // the photos have their receivers
}

func (w *window) full(size int) bool {
	return len(w.photos) >= maxPhotos || len(w.photos) > 0 && w.bytes+size > maxPhotoBytes
}

func (w *window) add(ph *photo) {
	w.last++
	ph.number = w.last
	w.photos = append(w.photos, ph)
	w.bytes += len(ph.frame.Data)
}

// settled takes the photos out that are, with which the sender then calls conclude.
func (w *window) settled(least int) (done []*photo) {
	w.photos = slices.DeleteFunc(w.photos, func(ph *photo) bool {
		if ph.pending > 0 || len(ph.answered) < least {
			return false
		}
		w.bytes -= len(ph.frame.Data)
		done = append(done, ph)
		return true
	})
	return done
}
