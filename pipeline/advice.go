package pipeline

import "sync/atomic"

// Advice is what an output asks of the stages before it so that its frames fit through a narrow link. The
// zero value asks for nothing.
//
// Quality is shared: an encoder that serves several outputs follows the least that one of them advises.
// Every is the output's own: it gets fewer frames and the others get theirs, and a frame that no output
// takes is not encoded. Frames of lossless streams are never thinned out.
type Advice struct {
	Quality int // percent of what the encoder is set to, 1 to 100; anything else counts as 100
	Every   int // one of so many frames is taken; anything below 1 counts as 1
}

// normal gives the advice with what is left open or out of range filled in.
func (a Advice) normal() Advice {
	if a.Quality < 1 || a.Quality > 100 {
		a.Quality = 100
	}
	return Advice{Quality: a.Quality, Every: max(a.Every, 1)}
}

// adviser holds an output's advice. The output's goroutines write it, encoders and the input read it.
type adviser struct {
	now     atomic.Pointer[Advice] // nil until something was advised
	lowest  atomic.Int32           // quality; 0 until something was advised
	skipped atomic.Uint64          // live frames left out because of Every
}

// advise takes advice over.
func (a *adviser) advise(advice Advice) {
	advice = advice.normal()
	if old := a.now.Load(); old != nil && *old == advice || old == nil && advice == (Advice{}).normal() {
		return
	}
	fresh := advice // allocated only when something changes
	a.now.Store(&fresh)
	for quality := int32(advice.Quality); ; {
		old := a.lowest.Load()
		if old != 0 && old <= quality || a.lowest.CompareAndSwap(old, quality) {
			return
		}
	}
}

// advice is what stands now.
func (a *adviser) advice() Advice {
	if now := a.now.Load(); now != nil {
		return *now
	}
	return Advice{}.normal()
}

// takes reports whether the output is to get this frame. Outputs that skip alike take the same frames, so
// that none is encoded for one of them alone.
func (a *adviser) takes(f *Frame) bool {
	now := a.now.Load()
	return now == nil || f.Lossless || f.trip == nil || f.trip.number%uint64(now.Every) == 0
}

// AdviceReport is what an output advised, in a StageReport. Outputs that never did have none.
type AdviceReport struct {
	Quality       int    `json:"quality"`        // percent of what the encoder is set to, now
	QualityLowest int    `json:"quality_lowest"` // the least that it came down to
	Every         int    `json:"every"`          // one of so many live frames is taken, now
	Skipped       uint64 `json:"skipped"`        // live frames left out because of that
}

func (a *adviser) report() *AdviceReport {
	now := a.now.Load()
	if now == nil {
		return nil
	}
	return &AdviceReport{
		Quality: now.Quality, QualityLowest: int(a.lowest.Load()), Every: now.Every, Skipped: a.skipped.Load(),
	}
}

// advice is the least of what the outputs behind advise, those that are over left out.
func (fan *fanOut) advice() Advice {
	least := Advice{}.normal()
	for _, o := range fan.outs {
		if !o.closed.Load() {
			least.Quality = min(least.Quality, o.adviser.advice().Quality)
		}
	}
	for _, s := range fan.steps {
		least.Quality = min(least.Quality, s.behind.advice().Quality)
	}
	return least
}

// wants reports whether an output takes this frame and has somebody to give it to.
func (fan *fanOut) wants(f *Frame) bool {
	for _, o := range fan.outs {
		if o.adviser.takes(f) && o.wanted() {
			return true
		}
	}
	for _, s := range fan.steps {
		if s.behind.wants(f) {
			return true
		}
	}
	return false
}
