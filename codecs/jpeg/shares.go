package jpeg

// The smallest parts into which shares divides what one worker does of a picture.
const (
	fine   = 8 // where a part costs little more than its rows
	coarse = 1 // where parts overlap
)

// shares divides a picture's rows, or groups of them, among workers that take one part after the other. It gives where
// each part ends, in ends' memory. The parts get smaller, so that all workers end at about the same time although some
// begin late and some rows take longer than others (guided self-scheduling: Polychronopoulos and Kuck, 1987), down to
// the smallest-th part of a worker's share. cost is what a row is expected to take, in any unit.
func shares(ends []int, rows, workers, smallest int, cost func(row int) int) []int {
	ends = ends[:0]
	if workers < 2 {
		return append(ends, rows)
	}
	left := 0
	for i := range rows {
		left += cost(i)
	}
	least, taken := left/(smallest*workers), 0
	for i := range rows {
		taken += cost(i)
		if i == rows-1 || taken >= max(left/(2*workers), least) {
			ends = append(ends, i+1)
			left, taken = left-taken, 0
		}
	}
	return ends
}
