package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
)

// unlimited lets anything pass.
var unlimited = figures{math.MaxInt64 / 200, math.MaxInt64 / 200}

// tolerance is by how many percent a figure may grow. Below ten, allocations may not grow at all.
const tolerance = 10

// figures are those of one operation.
type figures struct {
	Instructions int64 `json:"instructions"`
	Allocations  int64 `json:"allocations"`
}

// within reports whether f is no more than the limit allows, and allocations by chance.
func (f figures) within(limit figures, chance int64) bool {
	return f.Instructions <= limit.Instructions+limit.Instructions*tolerance/100 &&
		f.Allocations <= limit.Allocations+limit.Allocations*tolerance/100+chance
}

// least takes the smaller of each.
func (f figures) least(g figures) figures {
	return figures{min(f.Instructions, g.Instructions), min(f.Allocations, g.Allocations)}
}

// recorded is the file of figures.
type recorded struct {
	Tools string             `json:"tools"`
	Cases map[string]figures `json:"cases"`
}

// load reads the recorded figures; where there are none yet it gives none.
func load(file string) (r recorded, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return recorded{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return recorded{}, fmt.Errorf("recorded figures: %w", err)
	}
	return r, nil
}

func (r recorded) save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

var heading = fmt.Sprintf("%-36s %14s %14s %8s  %s", "instructions an operation", "recorded", "now", "change", "allocations")

// row is a case's line of the table.
func row(c benchCase, before figures, known bool, now figures) string {
	was, change, allocations := "-", "-", fmt.Sprint(now.Allocations)
	if known {
		was = fmt.Sprint(before.Instructions)
		change = fmt.Sprintf("%+.1f%%", 100*float64(now.Instructions-before.Instructions)/float64(max(before.Instructions, 1)))
		if before.Allocations != now.Allocations {
			allocations = fmt.Sprintf("%d, were %d", now.Allocations, before.Allocations)
		}
	}
	verdict := ""
	if known && !now.within(before, c.chance) {
		verdict = "  GROWN"
	}
	return fmt.Sprintf("%-36s %14s %14d %8s  %s%s", c.name, was, now.Instructions, change, allocations, verdict)
}
