// Package ends is what the ends of all transports have in common beside their configs' addresses: the bounds
// of a setting, the check of a frame before it is sent, what a sending end waits for, and telling which receivers
// missed frames.
package ends
