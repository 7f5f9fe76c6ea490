//go:build unix && !opencv

package main

const buildTags = ""

const native = false
