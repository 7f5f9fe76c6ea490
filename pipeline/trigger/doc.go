// Package trigger is what a user can make a stage act by: a signal, a key, or a request over HTTP. Sources that
// take a picture when asked and sinks that begin a clip then have a Config among their own settings.
//
// Signals and keys come by pipeline.Control, from the program or a window. HTTP is served here, on this machine
// alone: POST /trigger answers 202. What nobody but a program on this machine may do is kept from web
// pages that a browser on it shows: a request must name this machine in its Host header, which defeats DNS
// rebinding, and must not come from another site.
//
// Motion is only named here: the frames themselves say it (pipeline.Meta.Motion), and the stage looks at them.
package trigger
