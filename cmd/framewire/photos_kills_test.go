//go:build unix && !soak

package main

// photoKills is how often an end of a transfer is killed in a test.
const photoKills = 10
