//go:build unix && soak

package main

const photoKills = 100
