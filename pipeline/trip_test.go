package pipeline

import (
	"sync"
	"testing"
	"time"
)

// TestTripLivesAsLongAsItIsNamed follows a trip whose frame a plugin keeps: it is not used for another picture
// before that frame, and what was made of it, is gone.
func TestTripLivesAsLongAsItIsNamed(t *testing.T) {
	p, trips := NewPool(), &sync.Pool{}
	f := p.Get(4)
	f.goOn(newTrip(7, f, nil, trips))
	trip := f.trip
	trip.finish()
	kept := f.Retain().Share()
	f.Release()
	f.Release()
	derived := kept.Derive(2)
	kept.Release()
	if got := trips.Get(); got != nil {
		t.Fatal("a trip that a frame still names is up for another picture")
	}
	if derived.trip != trip || derived.trip.number != 7 {
		t.Errorf("the derived frame is on %+v", derived.trip)
	}
	derived.Release()
	if n := trip.names.Load(); n != 0 {
		t.Errorf("%d names are left", n)
	}
}

// TestTripStartsEmpty uses a trip again that was over.
func TestTripStartsEmpty(t *testing.T) {
	p, trips := NewPool(), &sync.Pool{}
	f := p.Get(4)
	defer f.Release()
	f.Captured = time.Unix(1, 0)
	settled, recorded := 0, 0
	f.Settled = func(error) { settled++ }
	old := newTrip(1, f, func(time.Duration) { recorded++ }, trips)
	old.note(errDropped)
	old.wrote(time.Unix(2, 0))
	old.finish()
	trips.New = func() any { return old } // a sync.Pool may forget

	again := newTrip(2, f, nil, trips)
	if again.number != 2 || again.settled != nil || again.record != nil || again.fault.Load() != nil || again.written.Load() != 0 {
		t.Errorf("it has something left of the one before: %+v", again)
	}
	again.finish()
	if settled != 1 || recorded != 1 {
		t.Errorf("settled %d times and recorded %d times, want both once, by the first", settled, recorded)
	}
}
