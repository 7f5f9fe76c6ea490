//go:build unix && opencv

package main

// buildTags are the tags that this test was built with, so that the binary under test is the same build.
const buildTags = "opencv,gocv_specific_modules,gocv_highgui,gocv_videoio"

const native = true
