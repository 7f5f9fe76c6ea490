package udp

import "framewire/pipeline"

const doc = "For networks that lose packets, such as Wi-Fi: what is lost is made good by parity and by asking again " +
	"within the `latency`, and what misses it is dropped instead of delaying what follows.\n\n" +
	"One end has `listen`, the other `dial`; which is which does not matter, nor which is started first. Or " +
	"both have the same multicast `group`: one send then reaches every receiver of the local network. Nobody " +
	"answers in a group, so parity alone makes losses good there, and a stream that must arrive whole may not.\n\n" +
	"A live stream never waits: a receiver that is too slow misses frames, and only it. With `adapt: auto` the " +
	"quality follows what more than half of the receivers can take. A stream that must " +
	"arrive whole (a file with `pace: fast`, photos) waits for its receivers, and everything is sent again " +
	"until it has arrived.\n\n" +
	"Addresses of this machine alone (127.0.0.0/8, ::1, localhost) work as they are. Any other needs a " +
	"`secret` that both ends know, or `insecure: true`. Where mDNS works, `dial: auto` finds the only end " +
	"that listens, and `dial: auto:NAME` one of several."

// SendSpec describes the sending end.
func SendSpec() pipeline.Spec {
	return pipeline.SinkSpec[SendConfig]{
		Kind:     pipeline.KindSend,
		Name:     "udp",
		Summary:  "sends frames over UDP to any number of receivers, or to a multicast group",
		Doc:      doc,
		Defaults: sendDefaults(),
		New: func(cfg *SendConfig, env pipeline.Env) (pipeline.Sink, error) {
			return newSender(*cfg, env, standard()), nil
		},
	}.Spec()
}

// ReceiveSpec describes the receiving end.
func ReceiveSpec() pipeline.Spec {
	return pipeline.SourceSpec[ReceiveConfig]{
		Kind:     pipeline.KindReceive,
		Name:     "udp",
		Summary:  "receives frames over UDP from one sender, or from a multicast group",
		Doc:      doc,
		Defaults: receiveDefaults(),
		New: func(cfg *ReceiveConfig, env pipeline.Env) (pipeline.Source, error) {
			return newReceiver(*cfg, env, standard()), nil
		},
	}.Spec()
}
