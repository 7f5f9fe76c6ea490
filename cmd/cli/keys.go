package cli

import (
	"os"
	"slices"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/keys"
)

// keyEvery is how often the terminal is asked for keys.
const keyEvery = 50 * time.Millisecond

const keyHelp = "   space        pause, and go on\n" +
	"   .            one picture further\n" +
	"   + and -      twice as fast, half as fast\n" +
	"   right, left  10 seconds forward, back\n" +
	"   q            quit\n"

// keyboard hands the keys that are typed on the terminal to the pipelines that listen for what they mean. While
// nobody listens the terminal stays as it is, except where something is played, which can always be quit.
type keyboard struct {
	play bool
	quit chan struct{}
	done chan struct{}
	once sync.Once
}

// watchKeys begins to watch the terminal on standard input, where there is one.
func watchKeys(group *pipeline.Group, play bool) *keyboard {
	k := &keyboard{play: play, quit: make(chan struct{}), done: make(chan struct{})}
	t := newTerminal(os.Stdin)
	if t == nil {
		close(k.done)
		return k
	}
	go k.watch(t, group)
	return k
}

// stop gives the terminal back as it was.
func (k *keyboard) stop() {
	k.once.Do(func() { close(k.quit) })
	<-k.done
}

func (k *keyboard) watch(t *terminal, group *pipeline.Group) {
	defer close(k.done)
	defer t.restore()
	tick := time.NewTicker(keyEvery)
	defer tick.Stop()
	stops := t.notify()
	defer t.forget()
	var buf [64]byte
	for {
		select {
		case <-k.quit:
			return
		case s := <-stops:
			t.restore()
			t.obey(s)
		case <-tick.C:
			playing, triggers := k.play || hears(group, pipeline.ActionPause), hears(group, pipeline.ActionTrigger)
			if !playing && !triggers {
				t.restore()
				continue
			}
			for _, cmd := range pressed(t.read(buf[:])) {
				if cmd.Action != actionQuit {
					group.Control(cmd)
				} else if playing {
					group.End()
				}
			}
		}
	}
}

// hears reports whether any pipeline listens for the action.
func hears(group *pipeline.Group, action pipeline.Action) bool {
	return slices.ContainsFunc(group.Runners(), func(r *pipeline.Runner) bool { return r.Control().Hears(action) })
}

// actionQuit is what no stage is asked.
const actionQuit pipeline.Action = "quit"

// pressed says what the keys mean that a terminal sent.
func pressed(typed []byte) (all []pipeline.Command) {
	for len(typed) > 0 {
		key, n := nextKey(typed)
		typed = typed[n:]
		cmd, ok := keys.Command(key)
		switch key {
		case '\r', '\n', 't', 'T':
			cmd.Action, ok = pipeline.ActionTrigger, true
		case 'q', 'Q':
			cmd.Action, ok = actionQuit, true
		}
		if ok {
			all = append(all, cmd)
		}
	}
	return all
}

// nextKey takes the first key off what a terminal sent: a byte, or a sequence as ECMA-48, section 5.4, has it,
// which arrow keys send (with O for [ in a terminal's application mode).
func nextKey(typed []byte) (key int, n int) {
	const esc = 0x1B
	if typed[0] != esc || len(typed) == 1 || typed[1] != '[' && typed[1] != 'O' {
		return int(typed[0]), 1
	}
	for n = 2; n < len(typed); n++ {
		if typed[n] >= 0x40 && typed[n] <= 0x7E { // the final byte
			n++
			break
		}
	}
	switch {
	case n == 3 && typed[2] == 'C':
		return keys.Right, n
	case n == 3 && typed[2] == 'D':
		return keys.Left, n
	}
	return keys.Other, n
}
