package tcp

import "framewire/pipeline"

const doc = "One end has `listen`, the other `dial`; which is which does not matter, nor which is started first.\n\n" +
	"A stream that must arrive whole (a file with `pace: fast`, photos) waits for its receivers and for the " +
	"slowest of them. A live one never waits: a receiver that is too slow misses frames, and only it.\n\n" +
	"Photos are confirmed (`delivery`): the receiving end says of each that it is there, durable where it is saved by a " +
	"`snapshot`, and the sending end keeps it until then. What broke off goes on where it was, and what is there " +
	"already is not sent again. Where several receivers have to have them, say how many with `min_peers`.\n\n" +
	"Addresses of this machine alone (127.0.0.0/8, ::1, localhost) work as they are. For any other both ends need " +
	"the same `secret` (`framewire secret` makes one) or certificates (`tls`, alone or beside it), with which " +
	"everything is encrypted by TLS 1.3; or `insecure: true`, with which everybody may watch and send."

// SendSpec describes the sending end.
func SendSpec() pipeline.Spec {
	return pipeline.SinkSpec[SendConfig]{
		Kind:     pipeline.KindSend,
		Name:     "tcp",
		Summary:  "sends frames over TCP to any number of receivers",
		Doc:      doc,
		Defaults: sendDefaults(),
		Confirms: confirms,
		New: func(cfg *SendConfig, env pipeline.Env) (pipeline.Sink, error) {
			return newSender(*cfg, env, standard()), nil
		},
	}.Spec()
}

// ReceiveSpec describes the receiving end.
func ReceiveSpec() pipeline.Spec {
	return pipeline.SourceSpec[ReceiveConfig]{
		Kind:     pipeline.KindReceive,
		Name:     "tcp",
		Summary:  "receives frames over TCP from one sender",
		Doc:      doc,
		Defaults: receiveDefaults(),
		New: func(cfg *ReceiveConfig, env pipeline.Env) (pipeline.Source, error) {
			return newReceiver(*cfg, env, standard()), nil
		},
	}.Spec()
}
