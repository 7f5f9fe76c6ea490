package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/urfave/cli/v2"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// sameSignal is how long the signal that came first counts once: timeout(1) sends it to the process and
// again to its group.
const sameSignal = 200 * time.Millisecond

func (a *app) runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "run the pipelines of one or several config files",
		ArgsUsage: "CONFIG...",
		Description: "Runs until every stream has ended, or until Ctrl-C, SIGTERM or --for ends it cleanly;\n" +
			"a second signal ends it at once. Exit status: 0 clean end, 1 a pipeline failed,\n" +
			"2 usage or configuration error.\n" + roleHelp() + "\n" +
			"An end that listens for other machines prints what to type there; on a terminal it makes a\n" +
			"secret for this run where the config has none.",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "set", Usage: "override one config value, `PATH=VALUE`, as in source.path=clip.mp4; may be repeated"},
			&cli.StringSliceFlag{Name: "only", Usage: "run only the pipeline with this `NAME`; may be repeated"},
		}, runFlags()...),
		Action: a.runAction,
	}
}

// runFlags are those of all commands that run pipelines.
func runFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.DurationFlag{Name: "for", Usage: "end cleanly after this `DURATION`, as in 10s"},
		&cli.StringFlag{Name: flagReport, Usage: "write what each stage did to `FILE` as JSON, also after a failure"},
		&cli.BoolFlag{Name: "no-status", Usage: "no live status line on a terminal"},
	}, append(profileFlags(), logFlags()...)...)
}

func (a *app) runAction(ctx *cli.Context) error {
	files := ctx.Args().Slice()
	if len(files) == 0 {
		return usagef("framewire run: which config? for example: framewire run configs/sender.yaml%s", swallowed(ctx))
	}
	return a.launch(ctx, func(opts config.Options) ([]pipeline.Chain, error) {
		opts.Set, opts.ReadFile = ctx.StringSlice("set"), readConfig
		chains, err := config.Load(a.reg, opts, files...)
		if err != nil {
			return nil, err
		}
		return only(chains, ctx.StringSlice("only"))
	})
}

// launch runs pipelines to their end, as the flags of the command say. load gives them, before anything is opened.
func (a *app) launch(ctx *cli.Context, load func(config.Options) ([]pipeline.Chain, error)) error {
	if ctx.IsSet("for") && ctx.Duration("for") <= 0 {
		return usagef("framewire %s: --for %s is not above zero", ctx.Command.Name, ctx.Duration("for"))
	}
	if err := checkOutputs(ctx); err != nil {
		return err
	}
	out := newStatusWriter(a.stderr)
	log, err := newLogger(ctx, out)
	if err != nil {
		return err
	}
	pair := a.newPairing()
	chains, err := load(config.Options{Prepare: pair.prepare})
	if err != nil {
		return usageError{err}
	}
	status := isTerminal(a.stderr) && !ctx.Bool("no-status")
	group, err := a.prepare(chains, pipeline.Options{Log: log, Bar: status})
	if err != nil {
		return err
	}

	profiles, err := startProfiles(ctx)
	if err != nil {
		return err
	}
	pair.tell(chains, log, out)
	started := time.Now()
	stopStatus := func() {}
	if status {
		stopStatus = out.show(group)
	}
	keys := watchKeys(group, ctx.Command.Name == "play")
	err = a.runGroup(group, ctx.Duration("for"), log, out, keys)
	keys.stop()
	stopStatus()
	summarize(group, log)
	failure := profiles.end()
	if file := ctx.String(flagReport); file != "" {
		failure = errors.Join(failure, writeReport(file, group, started))
	}
	if failure != nil {
		return failure
	}
	if err != nil {
		return errFailed
	}
	return nil
}

// swallowed says which flag may have taken the config for its value.
func swallowed(ctx *cli.Context) string {
	values := append(ctx.StringSlice("set"), ctx.StringSlice("only")...)
	for _, flag := range outputFlags() {
		values = append(values, ctx.String(flag))
	}
	for _, value := range values {
		if ext := filepath.Ext(value); (ext == ".yaml" || ext == ".yml") && !strings.Contains(value, "=") {
			return fmt.Sprintf("\n    a flag has taken %q for its value", value)
		}
	}
	return ""
}

// only keeps the pipelines with those names, or all when there are none.
func only(chains []pipeline.Chain, names []string) ([]pipeline.Chain, error) {
	if len(names) == 0 {
		return chains, nil
	}
	var have []string
	for _, chain := range chains {
		have = append(have, chain.Name)
	}
	for _, name := range names {
		if !slices.Contains(have, name) {
			return nil, usagef("framewire run: --only %q: there is no such pipeline, only %s", name, strings.Join(have, ", "))
		}
	}
	return slices.DeleteFunc(chains, func(c pipeline.Chain) bool { return !slices.Contains(names, c.Name) }), nil
}

// prepare plans all chains and makes their plugins. Nothing is opened.
func (a *app) prepare(chains []pipeline.Chain, opts pipeline.Options) (*pipeline.Group, error) {
	opts.Main = a.main
	var runners []*pipeline.Runner
	for _, chain := range chains {
		plan, err := pipeline.NewPlan(chain, a.reg)
		if err != nil {
			return nil, usageError{err}
		}
		r, err := pipeline.NewRunner(plan, opts)
		if err != nil {
			return nil, usageError{err}
		}
		runners = append(runners, r)
	}
	return pipeline.NewGroup(runners...), nil
}

// runGroup runs the pipelines, and winds them down on a signal or when the time is over.
func (a *app) runGroup(group *pipeline.Group, limit time.Duration, log hclog.Logger, out *statusWriter, keys *keyboard) error {
	signals := make(chan os.Signal, 2)
	// They are caught until the process ends: one that comes late must not take the report with it.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	asked := make(chan os.Signal, 16)    // apart, so that those that end it always find room
	if all := triggers(); len(all) > 0 { // none would mean all
		signal.Notify(asked, all...)
	}
	if limit > 0 {
		timer := time.AfterFunc(limit, func() {
			log.Debug("the time is over", "for", limit)
			group.End()
		})
		defer timer.Stop()
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		var first os.Signal
		var came time.Time
		for {
			select {
			case s := <-asked:
				if !group.Control(pipeline.Command{Action: pipeline.ActionTrigger, From: "signal"}) {
					log.Warn("the signal triggers nothing: no pipeline has `trigger: {signal: true}`", "signal", s)
				}
			case s := <-signals:
				if first == nil {
					first, came = s, time.Now()
					log.Info("stopping; a second signal ends at once", "signal", s)
					group.Stop()
					continue
				}
				if s == first && time.Since(came) < sameSignal {
					continue
				}
				keys.stop()
				out.set("") // the status line goes first
				fmt.Fprintln(out, "framewire: ended at once, recordings may lack their last frames")
				os.Exit(exitFailed)
			case <-done:
				return
			}
		}
	}()
	return group.Run(context.Background())
}

// summarize logs one line for each pipeline.
func summarize(group *pipeline.Group, log hclog.Logger) {
	for _, r := range group.Runners() {
		rep := r.Report()
		in := rep.Stages[0].FramesOut
		var dropped, errors uint64
		for _, s := range rep.Stages {
			dropped += s.Dropped
			errors += s.Errors
		}
		log.Named(r.Name()).Info(string(rep.State), "frames", in, "dropped", dropped, "errors", errors,
			"latency_p50_ms", rep.Latency.P50, "latency_p99_ms", rep.Latency.P99)
	}
}
