//go:build !opencv

package main

const buildTags = ""

const native = false
