package pipeline

import (
	"sync"
	"testing"
)

func TestCommandsReachThoseWhoListen(t *testing.T) {
	c := NewControl()
	if c.Send(Command{Action: ActionPause}) || c.Hears(ActionPause) {
		t.Error("somebody listens to a new control")
	}
	player, stopPlayer := c.Listen(ActionPause, ActionSeek)
	defer stopPlayer()
	camera, stopCamera := c.Listen(ActionTrigger)
	other, stopOther := c.Listen(ActionPause)
	for action, want := range map[Action]bool{
		ActionPause: true, ActionSeek: true, ActionTrigger: true, ActionSpeed: false, ActionStep: false,
	} {
		if got := c.Hears(action); got != want {
			t.Errorf("%s is heard: %t", action, got)
		}
		if got := c.Send(Command{Action: action, Value: -10, From: "key"}); got != want {
			t.Errorf("%s is taken: %t", action, got)
		}
	}
	if len(player) != 2 || len(camera) != 1 || len(other) != 1 {
		t.Errorf("%d, %d and %d commands arrived, want 2, 1 and 1", len(player), len(camera), len(other))
	}
	if got, want := <-camera, (Command{ActionTrigger, -10, "key"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	stopOther()
	stopCamera()
	stopCamera() // once more does no harm
	if !c.Send(Command{Action: ActionPause}) || c.Send(Command{Action: ActionTrigger}) || len(other) != 1 || len(camera) != 0 {
		t.Error("who has stopped listening still gets commands")
	}
}

func TestWhoDoesNotTakeCommandsMissesThem(t *testing.T) {
	c := NewControl()
	slow, stop := c.Listen(ActionStep)
	defer stop()
	for i := range 20 { // and Send does not wait
		if !c.Send(Command{Action: ActionStep, Value: float64(i)}) {
			t.Error("a listener that is slow counts as none")
		}
	}
	if len(slow) != 16 {
		t.Errorf("%d commands wait, want 16", len(slow))
	}
	for i := range 16 {
		if got := <-slow; got.Value != float64(i) {
			t.Errorf("command %g comes at place %d", got.Value, i)
		}
	}
}

// The race detector looks on.
func TestControlFromEverywhere(t *testing.T) {
	c := NewControl()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				commands, stop := c.Listen(ActionSpeed)
				c.Send(Command{Action: ActionSpeed})
				<-commands
				stop()
			}
		})
	}
	wg.Wait()
	if c.Hears(ActionSpeed) {
		t.Error("somebody still listens")
	}
}

func TestGroupControlReachesEveryPipeline(t *testing.T) {
	a, b := newRig(t), newRig(t)
	a.sink(Queue{})
	b.sink(Queue{})
	group := NewGroup(a.runner(), b.runner())
	if group.Control(Command{Action: ActionTrigger}) {
		t.Error("somebody listens")
	}
	first, stop := a.src.env.Control.Listen(ActionTrigger)
	defer stop()
	second, stop := b.src.env.Control.Listen(ActionTrigger)
	defer stop()
	if !group.Control(Command{Action: ActionTrigger, From: "signal"}) {
		t.Error("nobody listens")
	}
	for _, commands := range []<-chan Command{first, second} {
		if len(commands) != 1 {
			t.Fatal("a pipeline missed the command")
		}
		if got := <-commands; got.From != "signal" {
			t.Errorf("got %+v", got)
		}
	}
	if run := group.Runners()[0]; run.Control() != a.src.env.Control {
		t.Error("the runner and its stages have different controls")
	}
}
