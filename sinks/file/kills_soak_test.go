//go:build soak

package file

// kills is how often TestKilledAgainAndAgain kills.
const kills = 100
