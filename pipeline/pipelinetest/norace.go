//go:build !race

package pipelinetest

// raceEnabled says that the race detector is on, which allocates on its own.
const raceEnabled = false
