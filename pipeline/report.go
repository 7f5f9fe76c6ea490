package pipeline

import "time"

// StageReport is what one stage did, as the report file and the status line have it.
type StageReport struct {
	Kind          Kind   `json:"kind"`
	Type          string `json:"type"`
	FramesIn      uint64 `json:"frames_in"`
	FramesOut     uint64 `json:"frames_out"`
	Dropped       uint64 `json:"dropped"`
	Errors        uint64 `json:"errors"`
	BytesIn       uint64 `json:"bytes_in"`
	BytesOut      uint64 `json:"bytes_out"`
	Peers         int64  `json:"peers"`
	Reconnects    uint64 `json:"reconnects"`
	Note          string `json:"note,omitempty"` // what the stage says of itself, see Env.Note
	*AdviceReport        // of an output that has advised something
}

// PipelineReport is what one pipeline did.
type PipelineReport struct {
	State   State         `json:"state"`
	Error   string        `json:"error"`
	Stages  []StageReport `json:"stages"`
	Latency LatencyReport `json:"latency_ms"`
	// Progress is how far a source has come that has one, see Progresser.
	Progress *Progress `json:"progress,omitempty"`
}

// Report tells how the pipeline stands or ended. Converters that the chain put in and that never had
// anything to convert are left out.
func (r *Runner) Report() PipelineReport {
	r.mu.Lock()
	rep := PipelineReport{State: r.state, Latency: r.lat.Report()}
	if r.err != nil {
		rep.Error = r.err.Error()
	}
	r.mu.Unlock()
	if p, ok := r.input.source.(Progresser); ok {
		if now, ok := p.Progress(); ok {
			rep.Progress = &now
		}
	}
	for _, s := range r.stages {
		if s.path == "" && (s.kind == KindDecoder || s.kind == KindEncoder) && !s.touched.Load() {
			continue
		}
		rep.Stages = append(rep.Stages, s.report())
		if o := r.outputOf(s); o != nil {
			rep.Stages[len(rep.Stages)-1].AdviceReport = o.adviser.report()
		}
	}
	return rep
}

func (r *Runner) outputOf(s *stage) *output {
	for _, o := range r.outputs {
		if o.stage == s {
			return o
		}
	}
	return nil
}

// Started is when Run was called, zero before.
func (r *Runner) Started() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.started
}

func (s *stage) report() StageReport {
	c := s.counters
	return StageReport{
		Kind: s.kind, Type: s.typ,
		FramesIn: c.FramesIn.Load(), FramesOut: c.FramesOut.Load(),
		Dropped: c.Dropped.Load(), Errors: c.Errors.Load(),
		BytesIn: c.BytesIn.Load(), BytesOut: c.BytesOut.Load(),
		Peers: c.Peers.Load(), Reconnects: c.Reconnects.Load(), Note: s.noted(),
	}
}

// RecentLatency is the median latency of the frames written since the last call, for one caller that asks
// regularly.
func (r *Runner) RecentLatency() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.recent.median(&r.lat)
}
