package pipelinetest

import (
	"context"
	"fmt"
	"strings"

	"framewire/pipeline"
)

func (c KeeperCase) isThere(tr *trial) {
	cfg := tr.config(c.Spec, c.Configure)
	k := c.with(tr, cfg)
	k.open()
	f := photo(tr, 1, "a.jpg")
	k.have(f, false)
	k.keep(f)
	k.have(f, true)
	k.close()
	k = c.with(tr, cfg)
	k.open()
	k.have(f, true)
	damaged := offerOf(f)
	damaged.Sum[31]++
	if have, err := k.ask(damaged); have || err != nil {
		tr.Errorf("with another sum Have gives %t, %v", have, err)
	}
	k.close()
}

func (c KeeperCase) twice(tr *trial) {
	k := c.make(tr)
	f := photo(tr, 1, "a.jpg")
	k.keep(f)
	k.keep(f)
	k.have(f, true)
	k.close()
}

func (c KeeperCase) sameName(tr *trial) {
	cfg := tr.config(c.Spec, c.Configure)
	k := c.with(tr, cfg)
	k.open()
	var photos []*pipeline.Frame
	for seq := range uint64(12) {
		f := photo(tr, seq, "folder/same.jpg")
		k.have(f, false)
		k.keep(f)
		photos = append(photos, f)
	}
	k.close()
	k = c.with(tr, cfg)
	k.open()
	for _, f := range photos {
		k.have(f, true)
	}
	k.close()
}

// names has photos called what strangers may call them. What is not refused must be kept.
func (c KeeperCase) names(tr *trial) {
	k := c.make(tr)
	for i, name := range []string{
		"", ".", "..", "/", "a/", "../../escape.jpg", "/etc/passwd", `C:\windows\x.jpg`, `..\..\x`, "a\x00b.jpg",
		"line\nbreak.jpg", "\xFF\xFE.jpg", "NUL", "-rf", ".hidden/.x.jpg", strings.Repeat("x", 300) + ".jpg",
		strings.Repeat("d/", 400) + "x.jpg", strings.Repeat("é", 512), "a.jpg", "a.jpg/b.jpg",
	} {
		f := photo(tr, uint64(i), name)
		if _, err := k.ask(offerOf(f)); err != nil && !steers(err, pipeline.ErrSkip) {
			tr.Errorf("Have of %q: %v does not wrap ErrSkip", name, err)
		}
		switch err := k.write(tr.ctx, f); {
		case err == pipeline.ErrSkip:
			tr.Errorf("Write of %q gives a bare ErrSkip, which tells the sender nothing", name)
		case err != nil && !steers(err, pipeline.ErrSkip):
			tr.Errorf("Write of %q: %v does not wrap ErrSkip", name, err)
		case err != nil:
			if have, _ := k.ask(offerOf(f)); have {
				tr.Errorf("%q was refused and is there", name)
			}
		}
	}
	k.close()
}

func (c KeeperCase) closed(tr *trial) {
	k := c.with(tr, tr.config(c.Spec, c.Configure))
	f := photo(tr, 1, "a.jpg")
	silent := func(when string) {
		tr.Helper()
		if have, err := k.ask(offerOf(f)); have || err == nil || steers(err, pipeline.ErrSkip) {
			tr.Errorf("%s Have gives %t, %v", when, have, err)
		}
		if p, err := k.part(offerOf(f)); p != nil || err == nil || steers(err, pipeline.ErrSkip) {
			tr.Errorf("%s Part gives %v, %v", when, p, err)
		}
	}
	silent("before Open")
	k.open()
	k.keep(f)
	k.close()
	silent("after Close")
}

// beside asks while photos are written, as a receiver does. The race detector looks on.
func (c KeeperCase) beside(tr *trial) {
	k := c.make(tr)
	var photos []*pipeline.Frame
	for seq := range uint64(8) {
		photos = append(photos, photo(tr, seq, fmt.Sprintf("%d.jpg", seq%4)))
	}
	written := make(chan error, 1)
	go func() {
		for _, f := range photos {
			if err := k.sink.Write(tr.ctx, f); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for _, f := range photos {
		if _, err := k.ask(offerOf(f)); err != nil {
			tr.Errorf("Have: %v", err)
		}
		p, err := k.part(offerOf(f))
		switch {
		case err != nil:
			tr.Errorf("Part: %v", err)
		case p != nil:
			if _, err := p.Write(f.Data[:10]); err != nil {
				tr.Errorf("Write of a part: %v", err)
			}
			if err := p.Discard(); err != nil {
				tr.Errorf("Discard: %v", err)
			}
		}
	}
	tr.call("Write", func() {
		if err := <-written; err != nil {
			tr.Errorf("Write: %v", err)
		}
	})
	for _, f := range photos {
		k.have(f, true)
	}
	k.close()
}

func (c KeeperCase) doneHave(tr *trial) {
	k := c.make(tr)
	f := photo(tr, 1, "a.jpg")
	k.keep(f)
	ctx, cancel := context.WithCancel(tr.ctx)
	cancel()
	tr.call("Have", func() { _, _ = k.keeper.Have(ctx, offerOf(f)) }) // either way
	k.close()
}

func (c KeeperCase) refuses(tr *trial) {
	cfg := tr.config(c.Spec, c.Configure)
	c.Limit(cfg, 1)
	k := c.with(tr, cfg)
	k.open()
	first, second := photo(tr, 1, "a.jpg"), photo(tr, 2, "new/b.jpg")
	k.keep(first)
	if have, err := k.ask(offerOf(second)); have || err == pipeline.ErrSkip || !steers(err, pipeline.ErrSkip) {
		tr.Errorf("Have gives %t, %v and not an error with words that wraps ErrSkip", have, err)
	}
	if err := k.write(tr.ctx, second); err == pipeline.ErrSkip || !steers(err, pipeline.ErrSkip) {
		tr.Errorf("Write gives %v and not an error with words that wraps ErrSkip", err)
	}
	k.have(first, true)
	k.keep(first)
	k.close()
	c.Limit(cfg, 0)
	k = c.with(tr, cfg)
	k.open()
	k.have(second, false)
	k.close()
}
