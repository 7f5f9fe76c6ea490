package file

import (
	"testing"
	"time"

	"framewire/pipeline/trigger"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"", func(*Config) {}, "path: is missing (for example path: rec/{name}-{date}-{time}.mkv)"},
		{"a.mov", func(*Config) {}, `path: "a.mov" names no container that can be recorded (the extension is one of .mkv, .avi, .mp4)`},
		{"{nme}.mkv", func(*Config) {}, `path: unknown placeholder "{nme}": known are {name}, {date}, {time}, {seq}`},
		{"a.mp4", func(c *Config) { c.Codec = "copy" }, ""},
		{"a.avi", func(c *Config) { c.Codec = "h264" }, `codec: "h264" cannot be recorded into .avi (known for .avi: mp4v)`},
		{"A.MKV", func(*Config) {}, ""},
		{"a.avi", func(c *Config) { c.Codec = "copy" }, ""},
		{"a.mkv", func(c *Config) { c.Segment = Segment{Every: time.Millisecond, Bytes: 5} }, "segment.every: 1ms is less than 1s\nsegment.bytes: 5 is less than 64KiB"},
		{"a.mkv", func(c *Config) { c.Segment.Every, c.Sync, c.Postrecord = -1, -1, -1 }, "segment.every: -1ns is below zero\nsync: -1ns is below zero\npostrecord: -1ns is below zero"},
		{"a.mkv", func(c *Config) { c.Buffer = 1000 }, "buffer: 1kB is less than 1MiB"},
		{"a.mkv", func(c *Config) { c.Keep.Age = time.Hour }, "segment: is missing, and keep needs it: only finished files are removed (for example segment: {every: 10m})"},
		{"a.mkv", func(c *Config) { c.Keep.Age, c.Trigger.Signal = time.Hour, true }, ""},
		{"a.mkv", func(c *Config) { c.Segment.Bytes, c.Keep.Bytes = 2e6, 1e6 }, "keep.bytes: 1MB holds no file of segment.bytes 2MB"},
		{"a.mkv", func(c *Config) { c.Prerecord = time.Second }, "prerecord: needs a trigger (for example trigger: {motion: true})"},
		{"a.mkv", func(c *Config) { c.Trigger = trigger.Config{HTTP: "0.0.0.0:80"} }, `trigger.http: "0.0.0.0:80" is reached from other machines, and nothing protects it (write HOST:PORT on this machine, such as 127.0.0.1:8099)`},
	} {
		cfg := settings(c.name)
		c.change(&cfg)
		got := ""
		if err := cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", cfg, got, c.want)
		}
	}
}
