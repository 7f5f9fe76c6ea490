//go:build opencv

package window

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/keys"
	"framewire/sinks/internal/pattern"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/store"
)

// pump handles the window's events until it is closed.
func (s *sink) pump(ctx context.Context) {
	tick := time.NewTicker(pumpEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case key := <-s.keys:
			s.dispatch(ctx, key)
			continue
		case <-tick.C:
		}
		s.mu.Lock()
		g := s.gui
		s.mu.Unlock()
		if g == nil {
			return
		}
		key, visible, area := keyNone, true, image.Point{}
		if s.env.Main.Do(ctx, func() {
			if key, visible = g.poll(), g.visible(); visible {
				area, _ = g.area()
			}
		}) != nil {
			return
		}
		if !visible {
			s.end()
			return
		}
		s.mu.Lock()
		if s.gui != nil && s.last != nil {
			s.measured(area)
			s.sharpen(ctx)
		}
		s.mu.Unlock()
		if key != keyNone {
			s.dispatch(ctx, key)
		}
	}
}

// dispatch gives a key to the window that it is meant for.
func (s *sink) dispatch(ctx context.Context, key int) {
	if to := s.hub.target(); to != nil {
		to.press(ctx, key)
	}
}

// end notes that the user closed the window and has the pipeline end, also when no frame comes.
func (s *sink) end() {
	s.mu.Lock()
	open := s.gui != nil // else Close has closed it
	s.ended = open
	s.mu.Unlock()
	if open && s.env.End != nil {
		s.env.End()
	}
}

// press does what a key stands for.
func (s *sink) press(ctx context.Context, key int) {
	switch key {
	case 'q', 'Q', keyEsc:
		s.end()
		return
	}
	if cmd, ok := keys.Command(key); ok && s.env.Control.Hears(cmd.Action) {
		s.env.Control.Send(cmd)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gui == nil {
		return
	}
	var err error
	switch key {
	case ' ':
		s.paused = !s.paused
	case 'i', 'I':
		s.overlay = !s.overlay
		err = s.draw(ctx)
	case 'f', 'F':
		s.fullscreen = !s.fullscreen
		g, on := s.gui, s.fullscreen
		var set error
		if err = s.env.Main.Do(ctx, func() { set = g.fullscreen(on) }); err == nil {
			err = set
		}
	case 's', 'S':
		s.save()
	}
	if err != nil && ctx.Err() == nil {
		s.env.Log.Warn("the window does not do what the key asks for", "key", string(rune(key)), "error", err)
	}
}

// save begins to save the picture on show. s.mu is held.
func (s *sink) save() {
	if s.last == nil || s.saving {
		return
	}
	s.saving = true
	f := s.last.Retain()
	s.pumped.Go(func() {
		path, err := s.savePNG(f)
		f.Release()
		if err != nil {
			s.env.Log.Error("the picture is not saved", "error", err)
		} else {
			s.env.Log.Info("saved the picture", "path", path)
		}
		s.mu.Lock()
		s.saving = false
		s.mu.Unlock()
	})
}

// savePNG writes all of a frame's picture, however it is shown, into the folder, under a name that is free, and gives
// the path.
func (s *sink) savePNG(f *pipeline.Frame) (string, error) {
	dir, name := s.cfg.Snapshots, s.env.Pipeline
	if whole := f.Whole(); whole != nil {
		full, err := s.env.Decode(context.Background(), whole)
		if err != nil {
			return "", err
		}
		defer full.Release()
		f = full
	}
	var png picture.PNG
	data, err := png.Encode(f)
	if err != nil {
		return "", err
	}
	st, err := store.Open(dir)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", dir, err)
	}
	defer st.Close()
	file := pattern.Expand("{name}-{date}-{time}-{seq}.png", pattern.Values{Name: name, Time: f.Captured, Seq: f.Seq})
	return st.Put(filepath.Base(file), data)
}
