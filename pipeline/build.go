package pipeline

import "slices"

// build makes the stages of a plan, from the outputs back to the input, and joins them.
func (r *Runner) build() error {
	plan := r.plan
	chain := plan.Chain
	r.left = len(chain.Outputs)

	var tail []*stage // the stages behind the fan-out, in the order of the report
	fan := &fanOut{r: r}
	for _, branch := range plan.branches {
		group := &fanOut{r: r, branch: true}
		for _, i := range branch.outputs {
			o, err := r.newOutput(chain.Outputs[i])
			if err != nil {
				return err
			}
			group.outs = append(group.outs, o)
			tail = append(tail, o.stage)
		}
		if branch.convert == nil {
			fan.outs = append(fan.outs, group.outs...)
			continue
		}
		s, err := r.newStep(*branch.convert, plan.branchQueue(branch), group, group.push, group.close)
		if err != nil {
			return err
		}
		fan.steps = append(fan.steps, s)
		tail = slices.Insert(tail, len(tail)-len(group.outs), s.stage)
	}

	push, after := fan.push, fan.close
	var middle []*stage
	for _, planned := range slices.Backward(plan.trunk) {
		s, err := r.newStep(planned, plan.trunkQueue(), fan, push, after)
		if err != nil {
			return err
		}
		push, after = func(f *Frame) { s.push(r.hard, f) }, s.in.close
		middle = append(middle, s.stage)
	}
	slices.Reverse(middle)

	st := newStage(chain.Input.Spec.Kind, chain.Input.Spec.Name, chain.Input.Path, r.log)
	r.decide()
	st.decides = true
	env := r.env(st, plan.want)
	for _, o := range r.outputs {
		env.Confirmed = env.Confirmed || o.confirms
		if k, ok := o.sink.(Keeper); ok && chain.Encoder == nil && len(chain.Filters) == 0 {
			env.Keepers = append(env.Keepers, k)
		}
	}
	source, err := chain.Input.Spec.NewSource(chain.Input.Config, env)
	if err != nil {
		return st.wrap(err)
	}
	r.input = &input{stage: st, r: r, source: source, after: after, next: push}
	if len(plan.trunk) > 0 {
		r.input.next = func(f *Frame) {
			if !f.Lossless && !fan.wants(f) { // nobody takes it: do not even encode
				st.fault(f, errDropped)
				fan.refuse(f)
				return
			}
			push(f)
		}
	}
	r.stages = append(append([]*stage{st}, middle...), tail...)
	return nil
}

func (r *Runner) env(st *stage, want []Format) Env {
	return Env{
		Pipeline: r.plan.Chain.Name, Log: st.log, Pool: r.opts.Pool, Main: r.opts.Main,
		Counters: st.counters, Want: want, End: r.End,
		Advise: func(Advice) {}, Advice: func() Advice { return Advice{}.normal() },
		Control: r.control, Note: st.setNote, Bar: r.opts.Bar,
	}
}

func (r *Runner) newOutput(node Node) (*output, error) {
	st := newStage(node.Spec.Kind, node.Spec.Name, node.Path, r.log)
	q := queueOf(node)
	o := &output{stage: st, r: r, opened: make(chan struct{}), confirms: node.Spec.Confirms(node.Config)}
	env := r.env(st, nil)
	env.Queue, env.Advise = q, o.adviser.advise
	env.Decode = r.decode(env, node.Spec.Accepts(node.Config))
	sink, err := node.Spec.NewSink(node.Config, env)
	if err != nil {
		return nil, st.wrap(err)
	}
	o.sink = sink
	o.in = r.newEdge(q, st, r.giveUp)
	r.outputs = append(r.outputs, o)
	return o, nil
}

func (r *Runner) newStep(planned planStep, q Queue, behind *fanOut, emit func(*Frame), after func()) (*step, error) {
	path := ""
	if planned.node != nil {
		path = planned.node.Path
	}
	st := newStage(planned.kind, planned.typ, path, r.log)
	s := &step{
		stage: st, makes: planned.makes, behind: behind, emit: emit, after: after, abandon: r.giveUp, fail: r.fail,
	}
	s.in = r.newEdge(q, st, func(f *Frame) {
		s.inflight.Add(-1)
		r.giveUp(f)
	})
	env := r.env(st, []Format{planned.gives})
	env.Advice = behind.advice
	if behind.branch {
		env.View = behind.view
	}
	for range planned.workerCount() {
		worker := Filter(&decodeAny{reg: r.plan.reg, env: env})
		if planned.kind != KindDecoder {
			var err error
			if worker, err = planned.spec.NewFilter(planned.cfg, env); err != nil {
				return nil, st.wrap(err)
			}
		}
		s.workers = append(s.workers, worker)
	}
	r.steps = append(r.steps, s)
	return s, nil
}

func (r *Runner) newEdge(q Queue, st *stage, discard func(*Frame)) *edge {
	e := newEdge(q, st, discard)
	r.edges = append(r.edges, e)
	return e
}

// fanOut gives each frame to several takers.
type fanOut struct {
	r      *Runner
	branch bool // the outputs of one branch, with nothing between a converter and them
	outs   []*output
	steps  []*step
}

func (fan *fanOut) push(f *Frame) {
	n := len(fan.outs) + len(fan.steps)
	f.trip.split(n - 1)
	for range n - 1 {
		f.Retain()
	}
	for _, s := range fan.steps {
		if !f.Lossless && !s.behind.wants(f) {
			s.fault(f, errDropped)
			s.behind.refuse(f)
			continue
		}
		s.push(fan.r.hard, f)
	}
	for _, o := range fan.outs {
		o.push(fan.r.hard, f)
	}
}

// close says to all takers that no frame will come any more.
func (fan *fanOut) close() {
	for _, s := range fan.steps {
		s.in.close()
	}
	for _, o := range fan.outs {
		o.in.close()
	}
}

// refuse drops a live frame that no output wants, and counts it at each of them.
func (fan *fanOut) refuse(f *Frame) {
	fan.missed(f)
	fan.r.giveUp(f)
}

// missed counts a frame that the outputs did not get, except where one has all it wants.
func (fan *fanOut) missed(f *Frame) {
	for _, o := range fan.outs {
		if !o.closed.Load() {
			o.missed(f)
		}
	}
	for _, s := range fan.steps {
		s.behind.missed(f)
	}
}
