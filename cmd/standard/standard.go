// Package standard is the only list of the plugins that the framewire binary ships. What it imports is
// what gets linked.
package standard

import (
	"framewire/cmd/cli"
	codecfile "framewire/codecs/file"
	"framewire/codecs/jpeg"
	"framewire/codecs/raw"
	"framewire/filters/crop"
	"framewire/filters/flip"
	"framewire/filters/fps"
	"framewire/filters/mask"
	"framewire/filters/motion"
	"framewire/filters/resize"
	"framewire/filters/rotate"
	"framewire/filters/timestamp"
	"framewire/filters/unchanged"
	"framewire/pipeline"
	sinkfile "framewire/sinks/file"
	"framewire/sinks/null"
	"framewire/sinks/snapshot"
	"framewire/sinks/window"
	"framewire/sources/camera"
	sourcefile "framewire/sources/file"
	"framewire/sources/image"
	"framewire/sources/testpattern"
	"framewire/transports/tcp"
	"framewire/transports/udp"
)

// Plugins lists the specs of everything that is shipped.
func Plugins() []pipeline.Spec {
	return []pipeline.Spec{
		camera.Spec(), sourcefile.Spec(), image.Spec(), testpattern.Spec(),
		tcp.ReceiveSpec(), udp.ReceiveSpec(),
		crop.Spec(), flip.Spec(), fps.Spec(), mask.Spec(), motion.Spec(), resize.Spec(), rotate.Spec(), timestamp.Spec(), unchanged.Spec(),
		jpeg.EncoderSpec(), jpeg.DecoderSpec(), raw.EncoderSpec(), raw.DecoderSpec(), codecfile.DecoderSpec(),
		tcp.SendSpec(), udp.SendSpec(),
		window.Spec(), sinkfile.Spec(), snapshot.Spec(), null.Spec(),
	}
}

// Program is the framewire binary.
func Program() cli.Program {
	return cli.Program{Plugins: Plugins(), Devices: printDevices, Network: printNetwork, Native: builtWith()}
}
