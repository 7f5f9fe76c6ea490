package pipelinetest

import (
	"crypto/sha256"
	"testing"

	"framewire/pipeline"
)

// KeeperCase is a sink that keeps pictures and what its suite needs to know of it.
type KeeperCase struct {
	Spec pipeline.Spec
	// Configure fills in what has no default. It runs before each rule, with a config of its own and a
	// place that is empty. The keeper must take JPEG photos by their names with it.
	Configure func(t *testing.T, cfg any)
	// Limit changes such a config so that so many photos have room and no more; 0 takes the limit away.
	// Where it is nil the keeper has no limits.
	Limit func(cfg any, photos int)
	// Parts says that the keeper keeps parts.
	Parts bool
}

// Keeper checks a sink against the rules of pipeline.Keeper. What it must do as a sink is in the suite Sink.
func Keeper(t *testing.T, c KeeperCase) {
	t.Helper()
	runRules(t, keeperRules(c))
}

func keeperRules(c KeeperCase) []rule {
	if c.Spec.Missing != "" {
		return nil
	}
	rules := []rule{
		{"what was written is there, also for the next process", c.isThere},
		{"what was written twice is there", c.twice},
		{"other content under the same name is not there, and both can be kept", c.sameName},
		{"any name is taken or refused", c.names},
		{"a keeper that is closed knows nothing and refuses nothing", c.closed},
		{"Have and Part beside Write", c.beside},
		{"a done context does not hold Have up", c.doneHave},
	}
	if c.Limit != nil {
		rules = append(rules, rule{"without room a picture is refused in words", c.refuses})
	}
	if c.Parts {
		rules = append(rules,
			rule{"a part is there again, also for the next process", c.partStays},
			rule{"a part that was discarded is gone", c.partGoes},
			rule{"a part is open once", c.partIsOpenOnce},
			rule{"a part is not the picture", c.partIsNoPicture},
			rule{"a part of a picture that is there goes when Have says so", c.partOfWhatIsThere},
		)
	}
	return rules
}

// keeperTrial calls a keeper as the runner and the chain's input do.
type keeperTrial struct {
	*sinkTrial
	keeper pipeline.Keeper
}

// make gives an open keeper with a config of its own.
func (c KeeperCase) make(tr *trial) *keeperTrial {
	tr.Helper()
	k := c.with(tr, tr.config(c.Spec, c.Configure))
	k.open()
	return k
}

// with gives a keeper with that config; two with the same are one process after the other.
func (c KeeperCase) with(tr *trial, cfg any) *keeperTrial {
	tr.Helper()
	s := newSinkTrial(tr, c.Spec, cfg, Env(tr, tr.pool))
	keeper, ok := s.sink.(pipeline.Keeper)
	if !ok {
		tr.Fatalf("the sink is no pipeline.Keeper")
	}
	return &keeperTrial{s, keeper}
}

// photo makes the JPEG photo of that number and name, as a receiver gives it, and has it released at the
// end of the rule.
func photo(tr *trial, seq uint64, name string) *pipeline.Frame {
	f := Frame(tr.pool, pipeline.JPEG(64, 48), seq)
	f.Meta.Name, f.Lossless, f.Confirm = name, true, true
	tr.releaseLater([]*pipeline.Frame{f})
	return f
}

// offerOf describes a frame before it is sent.
func offerOf(f *pipeline.Frame) pipeline.Offer {
	return pipeline.Offer{Meta: f.Meta, Format: f.Format, Size: int64(len(f.Data)), Sum: sha256.Sum256(f.Data)}
}

// keep writes a photo, which must go well.
func (k *keeperTrial) keep(f *pipeline.Frame) {
	k.tr.Helper()
	if err := k.write(k.tr.ctx, f); err != nil {
		k.tr.Fatalf("Write of %q: %v", f.Meta.Name, err)
	}
}

// have wants that answer for a photo.
func (k *keeperTrial) have(f *pipeline.Frame, want bool) {
	k.tr.Helper()
	got, err := k.ask(offerOf(f))
	if err != nil {
		k.tr.Fatalf("Have of %q: %v", f.Meta.Name, err)
	}
	if got != want {
		k.tr.Errorf("Have of %q gives %t, wants %t", f.Meta.Name, got, want)
	}
}

func (k *keeperTrial) ask(o pipeline.Offer) (have bool, err error) {
	k.tr.Helper()
	k.tr.call("Have", func() { have, err = k.keeper.Have(k.tr.ctx, o) })
	return have, err
}

func (k *keeperTrial) part(o pipeline.Offer) (p pipeline.Part, err error) {
	k.tr.Helper()
	k.tr.call("Part", func() { p, err = k.keeper.Part(o) })
	return p, err
}
