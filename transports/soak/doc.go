// Package soak holds the trials of both transports that take too long for continuous integration: an hour of
// stream over a bad network, a thousand receivers that come and go, a network that is cut and joined again,
// and a link that is too thin. They are tests behind the build tag soak, for Linux, and `make soak` runs
// them. There is nothing here to import; the short forms of these trials stand beside the transports.
package soak
