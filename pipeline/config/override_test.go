package config

import (
	"fmt"
	"strings"
	"testing"
)

const oneText = "source: {type: file, path: a.mp4}\nsinks:\n  - {type: file, path: a.mkv}\n  - type: null\n"

const twoText = "pipelines:\n" +
	"  cam: {source: {type: camera}, send: {type: tcp, dial: 'a:1'}}\n" +
	"  cam.x: {receive: {type: tcp, dial: 'a:1'}, sinks: [{type: file}]}\n"

// overrideCases: want is a fault's exact text, or what show makes of the first chain.
var overrideCases = []struct {
	name, text string
	set        []string
	want       string
}{
	{"replace", oneText, []string{"source.path=b.mp4"}, "source file &{b.mp4 realtime 0s}"},
	{"add", oneText, []string{"source.skip=5s"}, "source file &{a.mp4 realtime 5s}"},
	{"in order", oneText, []string{"source.path=b", "source.path=c"}, "source file &{c realtime 0s}"},
	{"text that is no YAML", oneText, []string{"source.path=*: a #1 = 2"}, "source file &{*: a #1 = 2 realtime 0s}"},
	{"IPv6 address", oneText, []string{"source.path=[fd00::2%eth0]:5000"}, "source file &{[fd00::2%eth0]:5000 realtime 0s}"},
	{"quoted", oneText, []string{`source.path="a\tb"`}, "source file &{a\tb realtime 0s}"},
	{"variable", oneText, []string{"source.path=${CLIP:-b}.mp4"}, "source file &{b.mp4 realtime 0s}"},
	{"by the pipeline's name", oneText, []string{"pipelines.c.source.path=b"}, "source file &{b realtime 0s}"},
	{"by the pipeline's number", oneText, []string{"pipelines.0.source.path=b"}, "source file &{b realtime 0s}"},
	{"another type", oneText, []string{"source={type: camera, size: 64x48}"}, "source camera &{0 64x48 30 auto false}"},
	{"list item", oneText, []string{"sinks.0.path=b.mkv"}, "sinks.0 file &{b.mkv {0s 0}}"},
	{"nested", oneText, []string{"sinks.0.keep.age=1h"}, "sinks.0 file &{a.mkv {1h0m0s 0}}"},
	{"append", oneText, []string{"sinks.2.type=file", "sinks.2.path=c"}, "sinks.2 file &{c {0s 0}}"},
	{"make a list", "source: {type: camera}\nfilters:\n" + sinks, []string{"filters.0.type=everything", "filters.0.marks.a=5"}, "map[a:5]"},
	{"make an encoder", oneText, []string{"encoder.type=jpeg", "encoder.quality=50"}, "encoder jpeg &{50 420 0}"},
	{"whole list", oneText, []string{"sinks=[{type: file, path: x}]"}, "sinks.0 file &{x {0s 0}}"},
	{"queue", oneText, []string{"sinks.0.queue.size=7"}, "queue 7"},
	{"rename", oneText, []string{"name=${NAME:-other}"}, "pipeline other"},
	{"of several", twoText, []string{"pipelines.cam.source.size=64x48"}, "source camera &{0 64x48 30 auto false}"},
	{"of several, a dot in the name", twoText, []string{"pipelines.cam.x.sinks.0.path=x"}, "sinks.0 file &{x {0s 0}}"},

	{"no equals sign", oneText, []string{"source.path"}, `--set source.path: is no override
    write PATH=VALUE, such as source.path=clip.mp4`},
	{"empty part", oneText, []string{"source..path=x"}, `--set source..path=x: is no override
    write PATH=VALUE, such as source.path=clip.mp4`},
	{"too deep", oneText, []string{strings.Repeat("a.", 80) + "b=1"}, "--set " + strings.Repeat("a.", 80) + `b=1: the path is more than 64 deep`},
	{"unknown field", oneText, []string{"source.pat=x"}, `--set source.pat=x: source file: unknown field "pat"
    did you mean "path"?`},
	{"wrong value", oneText, []string{"source.skip=5"}, `--set source.skip=5: source file: skip: "5" has no unit
    write 5s`},
	{"index too far", oneText, []string{"sinks.5.path=x"}, `--set sinks.5.path=x: sinks has 2 items, and no number 5
    the next free one is sinks.2`},
	{"no index", oneText, []string{"sinks.path=x"}, `--set sinks.path=x: sinks is a list, and "path" is no number in it
    write sinks.0 for its first item`},
	{"into a value", oneText, []string{"source.path.x=1"}, `--set source.path.x=1: source.path is one value, and holds no "x"`},
	{"not YAML", oneText, []string{"source={type: camera"}, `--set source={type: camera: not valid YAML: the bracket that begins here is never closed`},
	{"no such pipeline", twoText, []string{"pipelines.cma.source.size=1x1"}, `--set pipelines.cma.source.size=1x1: no pipeline is named "cma"
    did you mean "cam"?`},
	{"no field", twoText, []string{"pipelines.cam=1"}, `--set pipelines.cam=1: names no field of a pipeline
    write pipelines.NAME.source.path=VALUE, with NAME one of cam, cam.x`},
	{"which pipeline", twoText, []string{"source.size=1x1"}, `--set source.size=1x1: there are 2 pipelines
    write pipelines.NAME.source.size with NAME one of cam, cam.x`},
	{"a pipeline's name alone", twoText, []string{"cam.source.size=1x1"}, `--set cam.source.size=1x1: "cam" is a pipeline, and no part of one
    write pipelines.cam.source.size`},
	{"a pipeline's name with a dot alone", twoText, []string{"cam.x.sinks.0.path=x"}, `--set cam.x.sinks.0.path=x: "cam.x" is a pipeline, and no part of one
    write pipelines.cam.x.sinks.0.path`},
	{"after the file's faults", "source: {type: camera, fbs: 3}\nsinks: [{type: file}]\n", []string{"source.size=big", "source.fps=many"},
		`c.yaml:1:24: source camera: unknown field "fbs"
    did you mean "fps"?
--set source.size=big: source camera: size: "big" is not a size
    write WIDTHxHEIGHT, such as 1280x720
--set source.fps=many: source camera: fps: "many" is not a number
    write a number such as 29.97`},
}

func TestOverride(t *testing.T) {
	for _, c := range overrideCases {
		chains, err := loadOne(t, c.text, c.set...)
		if err != nil {
			if got := err.Error(); got != c.want {
				t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
			}
			continue
		}
		var all strings.Builder
		for _, chain := range chains {
			fmt.Fprintf(&all, "pipeline %s\n", chain.Name)
			nodes := append(append(chain.Filters, chain.Input), chain.Outputs...)
			if chain.Encoder != nil {
				nodes = append(nodes, *chain.Encoder)
			}
			for _, n := range nodes {
				fmt.Fprintf(&all, "%s %s %v queue %d\n", n.Path, n.Spec.Name, n.Config, n.Queue.Size)
			}
		}
		if !strings.Contains(all.String(), c.want) {
			t.Errorf("%s: %q is not in\n%s", c.name, c.want, all.String())
		}
	}
}

func TestOverrideOfAFileThatCannotBeRead(t *testing.T) {
	_, err := Load(fakes(t, ""), Options{Set: []string{"source.path=x", "pipelines.a.source.path=x"}}, "/does/not/exist.yaml")
	want := "/does/not/exist.yaml: cannot be read: no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
