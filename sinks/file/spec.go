package file

import "framewire/pipeline"

const doc = "An existing recording is never overwritten: where the name is taken a number is added, and " +
	"`{seq}` stands for the first number that is free. A new file begins when the picture's size changes.\n\n" +
	"- `.mkv` keeps JPEG frames byte for byte and each frame's own time. Every frame is in the file as soon as it " +
	"was written: a recording that is cut off by a crash plays to the last frame.\n" +
	"- `.mp4` does the same, in fragments of one frame each. No browser plays JPEG frames in Matroska or MP4; " +
	"`codec: h264` makes files that they play.\n" +
	"- `.avi` keeps JPEG frames byte for byte on a constant rate, found from the first second; places where no frame " +
	"came are marked. It holds 2 GB, then the next file begins. It does not say how a picture is to be turned.\n" +
	"- With `codec: h264` or `mp4v` frames are encoded again, on a constant rate, repeating or leaving out frames to keep " +
	"real time. Such a file needs its end: cut off by a crash it cannot be played or repaired. An odd width or height " +
	"loses its last column or row.\n\n" +
	"With `segment` or `trigger` a file is called `NAME.part` until it is finished; then it is synced, gets its name and a line in " +
	"`index.jsonl` in its folder: file, began (RFC 3339), seconds, frames, bytes, format, width, height. What a crash has left " +
	"is repaired at the next start, as far as it is a recording that copied its frames.\n\n" +
	"A disk that is slow, full or gone stops nothing but the recording: frames wait in `buffer`, then live ones are dropped " +
	"and counted, and others wait. The recording goes on in a new file within seconds of the disk's return.\n\n" +
	"```yaml\n" +
	"source: {type: camera}\n" +
	"encoder: {type: jpeg}\n" +
	"sinks:\n" +
	"  - type: file\n" +
	"    path: recordings/{date}/{time}.mkv\n" +
	"    segment: {every: 10m}\n" +
	"    keep: {age: 30d, free: 5GB}\n" +
	"```\n"

// Spec describes the file sink.
func Spec() pipeline.Spec {
	return pipeline.SinkSpec[Config]{
		Name:     "file",
		Summary:  "records into a Matroska, MP4 or AVI file",
		Doc:      doc,
		Defaults: defaults(),
		Accepts: func(cfg *Config) []pipeline.Format {
			if cfg.encoder() != "" {
				return []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
			}
			return []pipeline.Format{pipeline.AnyJPEG}
		},
		Queue: func(*Config) pipeline.Queue { return pipeline.Queue{Size: 64} },
		Follows: func(cfg *Config) (filter, field string) {
			if cfg.Trigger.Motion {
				return "motion", "trigger.motion"
			}
			return "", ""
		},
		New: func(cfg *Config, env pipeline.Env) (pipeline.Sink, error) {
			if err := cfg.Validate(); err != nil {
				return nil, err
			}
			return newSink(*cfg, env), nil
		},
	}.Spec()
}
