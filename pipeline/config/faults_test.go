package config

import (
	"strings"
	"testing"
)

// sinks ends most configs of this file.
const sinks = "sinks: [{type: 'null'}]\n"

// faultCases pins the exact text of what a user reads. They seed FuzzLoad too.
var faultCases = []struct{ name, text, want string }{
	// The shape of a file.
	{"empty", "", `
c.yaml: holds nothing
    begin with source: or receive:`},
	{"only a comment", "# nothing yet\n", `
c.yaml: holds nothing
    begin with source: or receive:`},
	{"no space after colon", "source:camera\n", `
c.yaml:1:1: wants a map, not one value
    put a space after each colon`},
	{"a list", "- source\n", `
c.yaml:1:1: wants a map, not a list
    begin with source: or receive:`},
	{"two documents", "---\nsource: {type: camera}\n" + sinks + "---\nsource: {type: camera}\n", `
c.yaml:5:1: a second document begins here
    put several pipelines under pipelines:`},
	{"not text", "\x7fELF\x00", `
c.yaml: is not a text file
    save it as UTF-8`},
	{"not UTF-8", "source: \xff\n", `
c.yaml: is not a text file
    save it as UTF-8`},
	{"tab", "source:\n\ttype: camera\n", `
c.yaml:2:1: not valid YAML: a tab cannot indent a line
    indent with spaces`},
	{"open bracket", "source: {type: camera\n" + sinks, `
c.yaml:2:1: not valid YAML: a comma or a closing } is missing before this
    within brackets, text that holds { } [ ] or , needs quotes`},
	{"open quote", "source:\n  type: \"camera\n", `
c.yaml:2:9: not valid YAML: the quote that begins here is never closed`},
	{"bad indentation", "source:\n  type: camera\n   fps: 3\n", `
c.yaml:2:9: not valid YAML: unexpected "key: value"
    check the indentation; text that holds ": " needs quotes`},
	{"colon in text", "source:\n  type: file\n  path: a: b\n", `
c.yaml:3:9: not valid YAML: unexpected "key: value"
    check the indentation; text that holds ": " needs quotes`},
	{"IPv6 address", "receive:\n  type: tcp\n  dial: [::1]:5000\n", `
c.yaml:3:14: not valid YAML: value is not allowed in this context
    text that begins with [ needs quotes: "[::1]:5000"`},
	{"variable in braces", "source: {type: camera, fps: ${FPS:-5}}\n", `
c.yaml:1:30: not valid YAML: a comma or a closing } is missing before this
    within brackets, text that holds { } [ ] or , needs quotes`},
	{"reserved sign", "source:\n  type: file\n  path: @home\n", `
c.yaml:3:9: not valid YAML: '@' is a reserved character
    put the text in quotes`},
	{"escape", "source:\n  type: file\n  path: \"C:\\qlips\"\n", `
c.yaml:3:13: not valid YAML: found unknown escape character 'q'
    use single quotes where a backslash is meant`},
	{"glob", "source:\n  type: file\n  path: *.jpg\n" + sinks, `
c.yaml:3:9: there is no anchor ".jpg" above
    text that begins with * needs quotes: "*.jpg"`},
	{"tag", "source:\n  type: file\n  path: !!binary abcd\n" + sinks, `
c.yaml:3:9: the tag "!!binary" has no meaning here
    leave the tag out`},
	{"key of lists", "? [a]\n: b\n", `
c.yaml:2:1: not valid YAML: found an invalid key for this map`},
	{"merge of text", "source:\n  <<: a\n  type: camera\n" + sinks, `
c.yaml:2:7: << wants a map`},
	{"deep brackets", "source: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), `
c.yaml:1:73: maps and lists are nested more than 64 deep`},
	{"deep lists", "source: \n" + strings.Repeat("- ", 100) + "a", `
c.yaml:2:129: maps and lists are nested more than 64 deep`},

	// Pipelines.
	{"no input", sinks, `
c.yaml:1:1: has no input
    add source: or receive:`},
	{"no output", "source: {type: camera}\n", `
c.yaml:1:1: has no output
    add sinks: or send:`},
	{"empty sinks", "source: {type: camera}\nsinks: []\n", `
c.yaml:2:8: sinks: holds nothing
    add an item or leave the line out`},
	{"two inputs", "source: {type: camera}\nreceive: {type: tcp, dial: 'a:1'}\n" + sinks, `
c.yaml:2:1: both source and receive
    keep one: a pipeline has one input`},
	{"unknown key", "sorce: {type: camera}\n" + sinks, `
c.yaml:1:1: unknown field "sorce"
    did you mean "source"?`},
	{"far unknown key", "source: {type: camera}\nbitrate: 5\n" + sinks, `
c.yaml:2:1: unknown field "bitrate"
    a pipeline has source, receive, filters, encoder, send, sinks`},
	{"decoder", "source: {type: camera}\ndecoder: {type: jpeg}\n" + sinks, `
c.yaml:2:1: unknown field "decoder"
    leave it out: decoders are put in where pixels are needed`},
	{"key twice", "source: {type: camera}\nsource: {type: camera}\n" + sinks, `
c.yaml:2:1: "source" is there twice
    the first is at c.yaml:1:1`},
	{"sinks a map", "source: {type: camera}\nsinks: {type: file}\n", `
c.yaml:2:8: sinks: wants a list, not a map
    begin each of its items with "- "`},
	{"sinks nothing", "source: {type: camera}\nsinks:\n", `
c.yaml:2:8: sinks: wants a list, not nothing
    begin each of its items with "- "`},
	{"filters a word", "source: {type: camera}\nfilters: everything\n" + sinks, `
c.yaml:2:10: filters: wants a list, not one value
    begin each of its items with "- "`},
	{"beside pipelines", "source: {type: camera}\npipelines: {a: {source: {type: camera}, " + sinks[:len(sinks)-1] + "}}\n", `
c.yaml:1:1: "source" stands beside pipelines
    move it into one of the pipelines`},
	{"no pipelines", "pipelines:\n", `
c.yaml:1:1: pipelines: holds no pipeline
    write NAME: and the pipeline under it`},
	{"empty pipelines", "pipelines: {}\n", `
c.yaml:1:1: pipelines: holds no pipeline
    write NAME: and the pipeline under it`},
	{"pipelines a word", "pipelines: cam\n", `
c.yaml:1:1: pipelines: holds no pipeline
    write NAME: and the pipeline under it`},
	{"pipeline nothing", "pipelines:\n  a:\n", `
c.yaml:2:6: pipeline a: wants a map, not nothing
    begin with source: or receive:`},
	{"pipeline twice", "pipelines:\n  a: {source: {type: camera}, sinks: [{type: file}]}\n  a: {source: {type: camera}, sinks: [{type: file}]}\n", `
c.yaml:3:3: pipelines: "a" is there twice
    the first is at c.yaml:2:3`},
	{"names twice", "pipelines:\n- {name: a, source: {type: camera}, sinks: [{type: file}]}\n- {name: a, source: {type: camera}, sinks: [{type: file}]}\n", `
c.yaml:3:10: a second pipeline named "a"
    the first is at c.yaml:2:10; give one of them another name`},
	{"bad name", "name: ../a\nsource: {type: camera}\n" + sinks, `
c.yaml:1:7: "../a" cannot name a pipeline
    use letters, digits, "-", "_" and "."`},
	{"name a map", "name: {}\nsource: {type: camera}\n" + sinks, `
c.yaml:1:7: name: wants one value, not a map`},
	{"name under a name", "pipelines:\n  a:\n    name: b\n    source: {type: camera}\n    sinks: [{type: file}]\n", `
c.yaml:3:5: unknown field "name"
    the key above it is the pipeline's name`},
	{"pipelines in pipelines", "pipelines:\n  a:\n    pipelines: {}\n    source: {type: camera}\n    sinks: [{type: file}]\n", `
c.yaml:3:5: unknown field "pipelines"
    pipelines do not hold pipelines`},
	{"several", "pipelines:\n  a:\n    source: {type: camera, widht: 3}\n    sinks: [{type: file}]\n  b:\n    receive: {type: tcp, dial: 'a:1'}\n", `
c.yaml:3:28: pipeline a: source camera: unknown field "widht"
    the fields are device, size, fps, format, retry, type
c.yaml:5:3: pipeline b: has no output
    add sinks: or send:`},

	// Plugins.
	{"source a word", "source: camera\n" + sinks, `
c.yaml:1:9: source: wants a map, not "camera"
    write {type: camera}`},
	{"source another word", "source: webcam\n" + sinks, `
c.yaml:1:9: source: wants a map, not "webcam"
    write {type: …} with one of camera, file`},
	{"source a list", "source: [{type: camera}]\n" + sinks, `
c.yaml:1:9: source: wants a map, not a list
    only send, sinks and filters take a list`},
	{"source nothing", "source:\n" + sinks, `
c.yaml:1:8: source: wants a map, not nothing
    write {type: …} with one of camera, file`},
	{"no type", "source:\n  fps: 3\n" + sinks, `
c.yaml:1:1: source: has no type
    add type: with one of camera, file`},
	{"type nothing", "source:\n  type:\n" + sinks, `
c.yaml:1:1: source: has no type
    add type: with one of camera, file`},
	{"type a list", "source:\n  type: [camera]\n" + sinks, `
c.yaml:2:9: source: type: wants one value, not a list`},
	{"unknown type", "source:\n  type: camrea\n" + sinks, `
c.yaml:2:9: source: unknown type "camrea"
    did you mean "camera"?`},
	{"far unknown type", "source:\n  type: webcam\n" + sinks, `
c.yaml:2:9: source: unknown type "webcam"
    there are camera, file`},
	{"transport as source", "source:\n  type: tcp\n" + sinks, `
c.yaml:2:9: source: unknown type "tcp"
    tcp is a transport: put it under receive`},
	{"transport as sink", "source: {type: camera}\nsinks:\n  - type: tcp\n", `
c.yaml:3:11: sinks.0: unknown type "tcp"
    tcp is a transport: put it under send`},
	{"source as receive", "receive:\n  type: camera\n" + sinks, `
c.yaml:2:9: receive: unknown type "camera"
    camera is a source: put it under source`},
	{"sink as send", "source: {type: camera}\nsend:\n  type: file\n", `
c.yaml:3:9: send: unknown type "file"
    file is a sink: put it under sinks`},
	{"sink as source", "source:\n  type: null\n" + sinks, `
c.yaml:2:9: source: unknown type "null"
    null is a sink: put it under sinks`},
	{"encoder as filter", "source: {type: camera}\nfilters: [{type: jpeg}]\n" + sinks, `
c.yaml:2:18: filters.0: unknown type "jpeg"
    jpeg is an encoder: put it under encoder`},
	{"queue on a source", "source:\n  type: camera\n  queue: {size: 3}\n" + sinks, `
c.yaml:3:3: source camera: unknown field "queue"
    a queue stands in front of a sink or a send`},
	{"queue faults", "source: {type: camera}\nsinks:\n  - type: file\n    queue: {size: 5000, when_full: drop, max_age: 5, sise: 3}\n", `
c.yaml:4:19: sinks.0 file: queue.size: 5000 is not between 0 and 4096
c.yaml:4:36: sinks.0 file: queue.when_full: "drop" is none of block, drop_oldest
    did you mean "drop_oldest"?
c.yaml:4:51: sinks.0 file: queue.max_age: "5" has no unit
    write 5s
c.yaml:4:54: sinks.0 file: queue: unknown field "sise"
    did you mean "size"?`},
	{"queue a number", "source: {type: camera}\nsinks:\n  - type: file\n    queue: 5\n", `
c.yaml:4:12: sinks.0 file: queue: wants a map, not one value
    write {FIELD: …}; the fields are size, when_full, max_age`},

	// Fields.
	{"unknown field", "source:\n  type: camera\n  szie: 1280x720\n" + sinks, `
c.yaml:3:3: source camera: unknown field "szie"
    did you mean "size"?`},
	{"far unknown field", "source:\n  type: camera\n  bitrate: 3\n" + sinks, `
c.yaml:3:3: source camera: unknown field "bitrate"
    the fields are device, size, fps, format, retry, type`},
	{"field twice", "source:\n  type: camera\n  fps: 3\n  fps: 4\n" + sinks, `
c.yaml:4:3: source camera: "fps" is there twice
    the first is at c.yaml:3:3`},
	{"field nothing", "source:\n  type: camera\n  fps:\n" + sinks, `
c.yaml:3:7: source camera: fps: has no value
    leave the line out to get the default`},
	{"field null", "source:\n  type: file\n  path: null\n" + sinks, `
c.yaml:3:9: source file: path: null means no value
    put it in quotes where the word is meant, or leave the line out`},
	{"list for one value", "source:\n  type: camera\n  size: [1280, 720]\n" + sinks, `
c.yaml:3:9: source camera: size: wants one value, not a list
    write a size such as 1280x720`},
	{"map for one value", "source:\n  type: camera\n  device: {index: 0}\n" + sinks, `
c.yaml:3:11: source camera: device: wants one value, not a map`},
	{"enum", "source:\n  type: camera\n  format: mpjg\n" + sinks, `
c.yaml:3:11: source camera: format: "mpjg" is none of auto, mjpg, raw
    did you mean "mjpg"?`},
	{"far enum", "source:\n  type: camera\n  format: yuv\n" + sinks, `
c.yaml:3:11: source camera: format: "yuv" is none of auto, mjpg, raw
    write one of auto, mjpg, raw`},
	{"not a truth", "source:\n  type: camera\n  retry: yes\n" + sinks, `
c.yaml:3:10: source camera: retry: "yes" is neither true nor false
    write true`},
	{"no truth at all", "source:\n  type: camera\n  retry: perhaps\n" + sinks, `
c.yaml:3:10: source camera: retry: "perhaps" is neither true nor false
    write true or false`},
	{"number with unit", "source:\n  type: camera\n  fps: 30fps\n" + sinks, `
c.yaml:3:8: source camera: fps: "30fps" is not a number
    write 30`},
	{"not a number", "source:\n  type: camera\n  fps: fast\n" + sinks, `
c.yaml:3:8: source camera: fps: "fast" is not a number
    write a number such as 29.97`},
	{"not a number at all", "source:\n  type: camera\n  fps: .nan\n" + sinks, `
c.yaml:3:8: source camera: fps: ".nan" is not a number
    write a number such as 29.97`},
	{"huge number", "source:\n  type: camera\n  fps: 1e999\n" + sinks, `
c.yaml:3:8: source camera: fps: "1e999" is too large`},
	{"whole number with unit", "source: {type: camera}\nencoder:\n  type: jpeg\n  quality: 80%\n" + sinks, `
c.yaml:4:12: encoder jpeg: quality: "80%" is not a whole number
    write 80`},
	{"not whole", "source: {type: camera}\nencoder:\n  type: jpeg\n  quality: 80.5\n" + sinks, `
c.yaml:4:12: encoder jpeg: quality: "80.5" is not a whole number`},
	{"quoted number", "source: {type: camera}\nencoder:\n  type: jpeg\n  quality: '80'\n" + sinks, `
c.yaml:4:12: encoder jpeg: quality: "80" is text, not a number
    write it without quotes`},
	{"too large", "source: {type: camera}\nencoder:\n  type: jpeg\n  quality: 99999999999999999999\n  workers: 256\n" + sinks, `
c.yaml:4:12: encoder jpeg: quality: "99999999999999999999" is too large
    the most is 9223372036854775807
c.yaml:5:12: encoder jpeg: workers: "256" is too large
    the most is 255`},
	{"below zero", "source: {type: camera}\nencoder:\n  type: jpeg\n  workers: -1\n" + sinks, `
c.yaml:4:12: encoder jpeg: workers: "-1" is below zero`},
	{"duration without unit", "source:\n  type: file\n  path: a\n  skip: 5\n" + sinks, `
c.yaml:4:9: source file: skip: "5" has no unit
    write 5s`},
	{"duration in words", "source:\n  type: file\n  path: a\n  skip: 5 seconds\n" + sinks, `
c.yaml:4:9: source file: skip: "5 seconds" is not a duration
    write 5s`},
	{"duration in days", "source:\n  type: file\n  path: a\n  skip: 2 days\n" + sinks, `
c.yaml:4:9: source file: skip: "2 days" is not a duration
    write 2d`},
	{"no duration", "source:\n  type: file\n  path: a\n  skip: soon\n" + sinks, `
c.yaml:4:9: source file: skip: "soon" is not a duration
    write a number and a unit, such as 500ms, 5s or 2m`},
	{"size with a star", "source:\n  type: camera\n  size: 1280*720\n" + sinks, `
c.yaml:3:9: source camera: size: "1280*720" is not a size
    write WIDTHxHEIGHT, such as 1280x720`},
	{"size without pixels", "source:\n  type: camera\n  size: 0x720\n" + sinks, `
c.yaml:3:9: source camera: size: "0x720" has no pixels`},
	{"huge size", "source:\n  type: camera\n  size: 65535x65535\n" + sinks, `
c.yaml:3:9: source camera: size: "65535x65535" is more than 100 megapixels`},
	{"bytes with a letter", "receive:\n  type: tcp\n  dial: a:1\n  max_frame: 64M\n" + sinks, `
c.yaml:4:14: receive tcp: max_frame: "64M" is not a size in bytes
    write 64MB or 64MiB`},
	{"too many bytes", "receive:\n  type: tcp\n  dial: a:1\n  max_frame: 9999999TiB\n" + sinks, `
c.yaml:4:14: receive tcp: max_frame: "9999999TiB" is too large`},
	{"long word", "source:\n  type: camera\n  size: " + strings.Repeat("ö", 200) + "\n" + sinks, `
c.yaml:3:9: source camera: size: "öööööööööööööööööööööööööööööööööööööööööööööööööööööööööööö…" is not a size
    write WIDTHxHEIGHT, such as 1280x720`},

	// What a plugin says itself.
	{"missing path", "source:\n  type: file\n" + sinks, `
c.yaml:1:1: source file: path: is missing
    write path: with a video file`},
	{"misspelt path", "source:\n  type: file\n  pth: a.mp4\n" + sinks, `
c.yaml:3:3: source file: unknown field "pth"
    did you mean "path"?`},
	{"port 70000", "receive:\n  type: tcp\n  listen: 127.0.0.1:70000\n" + sinks, `
c.yaml:3:11: receive tcp: listen: "127.0.0.1:70000" is no HOST:PORT
    ports go from 1 to 65535`},
	{"both ends", "receive:\n  type: tcp\n  listen: a:1\n  dial: b:1\n" + sinks, `
c.yaml:1:1: receive tcp: wants exactly one of listen and dial
    write one of listen: and dial:`},
	{"two at once", "source: {type: camera}\nencoder:\n  type: jpeg\n  quality: 0\n  workers: 100\n" + sinks, `
c.yaml:4:12: encoder jpeg: quality: 0 is not between 1 and 100
c.yaml:5:12: encoder jpeg: workers: 100 is more than 64`},
	{"nested", "source: {type: camera}\nsinks:\n  - type: file\n    keep:\n      age: -1h\n", `
c.yaml:5:12: sinks.0 file: keep.age: -1h0m0s is below zero`},
	{"nested unknown", "source: {type: camera}\nsinks:\n  - type: file\n    keep: {aeg: 1h}\n", `
c.yaml:4:12: sinks.0 file: keep: unknown field "aeg"
    did you mean "age"?`},
	{"nested a number", "source: {type: camera}\nsinks:\n  - type: file\n    keep: 5\n", `
c.yaml:4:11: sinks.0 file: keep: wants a map, not one value
    write {FIELD: …}; the fields are age, bytes`},

	// The environment.
	{"variable not set", "source:\n  type: file\n  path: ${CLIP}\n" + sinks, `
c.yaml:3:9: source file: path: the environment variable "CLIP" is not set
    set it, or write ${CLIP:-default}`},
	{"variable never closed", "source:\n  type: file\n  path: \"${CLIP\"\n" + sinks, `
c.yaml:3:9: source file: path: "${CLIP" is never closed
    close it with }, or write $$ for a dollar sign`},
	{"variable without name", "source:\n  type: file\n  path: ${}\n" + sinks, `
c.yaml:3:9: source file: path: "${}" names no environment variable
    write ${NAME} or ${NAME:-default}, or $$ for a dollar sign`},
	{"variable with dash", "source:\n  type: file\n  path: ${CLIP-a}\n" + sinks, `
c.yaml:3:9: source file: path: "${CLIP-a}" names no environment variable
    write ${NAME} or ${NAME:-default}, or $$ for a dollar sign`},
	{"variable in variable", "source:\n  type: file\n  path: ${CLIP:-${B}}\n" + sinks, `
c.yaml:3:9: source file: path: "${CLIP:-${B}" holds a variable within a variable
    a default is plain text`},
	{"default of wrong type", "source:\n  type: camera\n  fps: ${FPS:-fast}\n" + sinks, `
c.yaml:3:8: source camera: fps: "fast" is not a number
    write a number such as 29.97`},
	{"type from variable", "source:\n  type: ${KIND:-camrea}\n" + sinks, `
c.yaml:2:9: source: unknown type "camrea"
    did you mean "camera"?`},
}

func TestFaults(t *testing.T) {
	for _, c := range faultCases {
		_, err := loadOne(t, c.text)
		if err == nil {
			t.Errorf("%s: no fault", c.name)
			continue
		}
		if got := err.Error(); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
