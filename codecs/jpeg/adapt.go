package jpeg

// leastQuality is as far as advice brings the quality down: below it blocks are all that is left of a
// picture, and fewer frames are the better saving.
const leastQuality = 10

// adapted is the quality for what the outputs advise, in percent of the quality that the user set.
func adapted(set, percent int) int {
	return max(set*percent/100, min(set, leastQuality))
}
