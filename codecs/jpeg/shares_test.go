package jpeg

import (
	"slices"
	"testing"
)

func TestShares(t *testing.T) {
	late := func(row int) int { // the picture's lower half takes three times as long
		if row < 32 {
			return 1
		}
		return 3
	}
	for name, c := range map[string]struct {
		rows, workers, smallest int
		cost                    func(int) int
		want                    []int
	}{
		"alone":    {68, 1, fine, alike, []int{68}},
		"two":      {64, 2, fine, alike, []int{16, 28, 37, 43, 48, 52, 56, 60, 64}},
		"few rows": {3, 8, fine, alike, []int{1, 2, 3}},
		"one row":  {1, 8, fine, alike, []int{1}},
		"overlap":  {68, 4, coarse, alike, []int{17, 34, 51, 68}},
		"uneven":   {64, 2, coarse, late, []int{43, 64}},
		"no rows":  {0, 2, fine, alike, nil},
	} {
		if got := shares(make([]int, 0, 64), c.rows, c.workers, c.smallest, c.cost); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
