package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"framewire/pipeline"
)

const senderText = `# A camera for the next room.
source:
  type: camera
  size: 1280x720
filters:
  - type: everything
    text: hello
encoder: {type: jpeg, quality: 75}
sinks:
  - type: file
    path: a.mkv
    queue: {size: 100, when_full: block, max_age: 2s}
  - type: null
send:
  - {type: tcp, listen: 127.0.0.1:5000}
  - {type: tcp, listen: 127.0.0.1:5001, queue: {when_full: drop_oldest}}
`

func TestLoadAChain(t *testing.T) {
	chains, err := load(t, map[string]string{"configs/sender.yaml": senderText}, []string{"configs/sender.yaml"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(chains) != 1 || chains[0].Name != "sender" {
		t.Fatalf("got %+v", chains)
	}
	c := chains[0]
	type place struct {
		kind      pipeline.Kind
		name      string
		path, pos string
	}
	var got []place
	for _, n := range append(append([]pipeline.Node{c.Input}, append(c.Filters, *c.Encoder)...), c.Outputs...) {
		got = append(got, place{n.Spec.Kind, n.Spec.Name, n.Path, n.Pos})
	}
	want := []place{
		{"source", "camera", "source", "configs/sender.yaml:2:1"},
		{"filter", "everything", "filters.0", "configs/sender.yaml:6:5"},
		{"encoder", "jpeg", "encoder", "configs/sender.yaml:8:1"},
		{"send", "tcp", "send.0", "configs/sender.yaml:15:5"},
		{"send", "tcp", "send.1", "configs/sender.yaml:16:5"},
		{"sink", "file", "sinks.0", "configs/sender.yaml:10:5"},
		{"sink", "null", "sinks.1", "configs/sender.yaml:13:5"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if q := c.Outputs[2].Queue; q != (pipeline.Queue{Size: 100, WhenFull: pipeline.Block, MaxAge: 2e9}) {
		t.Errorf("got %+v", q)
	}
	if q := c.Outputs[1].Queue; q != (pipeline.Queue{WhenFull: pipeline.DropOldest}) {
		t.Errorf("got %+v", q)
	}
	if got := c.Outputs[1].Config.(*endConfig); got.Listen != "127.0.0.1:5001" || got.MaxFrame != 64<<20 {
		t.Errorf("got %+v", got)
	}
}

func TestLoadNames(t *testing.T) {
	const body = "source: {type: camera}, sinks: [{type: null}]"
	files := map[string]string{
		"one.yaml":      "{" + body + "}",
		"dir/two.x.yml": "{" + body + "}",
		"a b.yaml":      "{" + body + "}",
		"named.yaml":    "{name: other, " + body + "}",
		"map.yaml":      "pipelines: {m: {" + body + "}, n-1: {" + body + "}}",
		"list.yaml":     "pipelines: [{" + body + "}, {name: l, " + body + "}, {" + body + "}]",
		"..yaml":        "{" + body + "}",
	}
	order := []string{"one.yaml", "dir/two.x.yml", "a b.yaml", "named.yaml", "map.yaml", "list.yaml", "..yaml"}
	chains, err := load(t, files, order, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range chains {
		got = append(got, c.Name)
	}
	if want := "one two.x a-b other m n-1 p0 l p2 pipeline"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// Faults come in the order of the files, then of the lines, and a name may stand for one pipeline only.
func TestLoadFaultsOfSeveralFiles(t *testing.T) {
	_, err := load(t, map[string]string{
		"b/cam.yaml": "source:\n  type: camera\n  fps: x\nsinks: [{type: null}]\n",
		"a/cam.yaml": "sinks: [{type: nul}]\nsource:\n  type: camera\n  szie: 1x1\n",
		"c.yaml":     "",
	}, []string{"b/cam.yaml", "a/cam.yaml", "c.yaml"}, nil)
	want := `b/cam.yaml:3:8: pipeline cam: source camera: fps: "x" is not a number
    write a number such as 29.97
a/cam.yaml:1:1: a second pipeline named "cam"
    the first is at b/cam.yaml:1:1; give one of them another name
a/cam.yaml:1:16: pipeline cam: sinks.0: unknown type "nul"
    did you mean "null"?
a/cam.yaml:4:3: pipeline cam: source camera: unknown field "szie"
    did you mean "size"?
c.yaml: holds nothing
    begin with source: or receive:`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestFaultPaths(t *testing.T) {
	_, err := loadOne(t, twoText, "pipelines.cam.source.fps=x", "pipelines.cam.x.sinks.0.keep.age=5")
	var got []string
	for _, f := range err.(Faults) {
		got = append(got, f.Path)
	}
	if want := "pipelines.cam.source.fps pipelines.cam.x.sinks.0.keep.age"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	_, err = loadOne(t, oneText, "source.skip=x")
	if got := err.(Faults)[0].Path; got != "source.skip" {
		t.Errorf("got %s", got)
	}
}

func TestMissingPlugin(t *testing.T) {
	const text = "source:\n  type: camera\n  fps: x\n" + sinks
	opts := Options{ReadFile: func(string) ([]byte, error) { return []byte(text), nil }}
	reg := fakes(t, "needs OpenCV: build with `make build`")
	_, err := Load(reg, opts, "c.yaml")
	want := "c.yaml:2:9: source camera: needs OpenCV: build with `make build`\n" +
		"c.yaml:3:8: source camera: fps: \"x\" is not a number\n    write a number such as 29.97"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	opts.AllowMissing = true
	_, err = Load(reg, opts, "c.yaml")
	if want := strings.SplitN(want, "\n", 2)[1]; err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// A registry that has nothing of a kind says so instead of listing nothing.
func TestLoadWithoutPluginsOfAKind(t *testing.T) {
	reg, err := pipeline.NewRegistry(fake(pipeline.KindSink, "null", "", nothing{}))
	if err != nil {
		t.Fatal(err)
	}
	const text = "source: {fps: 3}\nfilters: [{type: resize}]\n" + sinks
	_, err = Load(reg, Options{ReadFile: func(string) ([]byte, error) { return []byte(text), nil }}, "c.yaml")
	want := `c.yaml:1:1: source: has no type
    there is no source yet
c.yaml:2:18: filters.0: unknown type "resize"
    there is no filter yet`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// The zero Options read the file system and the environment.
func TestLoadFromDisk(t *testing.T) {
	t.Setenv("FRAMEWIRE_TEST_FPS", "12")
	dir := t.TempDir()
	file := filepath.Join(dir, "sender.yaml")
	text := "\uFEFFsource: {type: camera, fps: '${FRAMEWIRE_TEST_FPS}'}\r\n" + sinks
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	chains, err := Load(fakes(t, ""), Options{}, file)
	if err != nil {
		t.Fatal(err)
	}
	if got := chains[0].Input.Config.(*cameraConfig).FPS; got != 12 {
		t.Errorf("got %v", got)
	}
	for name, want := range map[string]string{
		dir:                      dir + ": cannot be read: is a directory",
		file + "x":               file + "x: cannot be read: no such file or directory",
		filepath.Join(file, "x"): filepath.Join(file, "x") + ": cannot be read: not a directory",
	} {
		if _, err := Load(fakes(t, ""), Options{}, name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := Load(fakes(t, ""), Options{}); err == nil || err.Error() != "no config file was given" {
		t.Errorf("got %v", err)
	}
}

func TestLoadOfNoName(t *testing.T) {
	want := "\"\" names no config file\n    write the path of a YAML file, such as configs/sender.yaml"
	if _, err := Load(fakes(t, ""), Options{}, ""); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// No name of a file keeps a config from being loaded.
func TestPipelineNamedAfterItsFile(t *testing.T) {
	for file, want := range map[string]string{
		"configs/sender.yaml":                 "sender",
		"my camera (2).yaml":                  "my-camera--2-",
		"...yaml":                             "pipeline",
		strings.Repeat("a", 64) + ".yaml":     strings.Repeat("a", 64),
		strings.Repeat("a", 65) + ".yaml":     strings.Repeat("a", 64),
		strings.Repeat("a", 63) + "öö.yaml":   strings.Repeat("a", 63),
		strings.Repeat(".", 64) + "abc.yaml":  "pipeline",
		strings.Repeat("/", 300) + "cam.yaml": "cam",
		"caf\xe9.yaml":                        "caf-",
	} {
		chains, err := load(t, map[string]string{file: "source: {type: camera}\n" + sinks}, []string{file}, nil)
		if err != nil || chains[0].Name != want {
			t.Errorf("%q: got %+v, %v, want %q", file, chains, err, want)
		}
	}
}

func TestPipelineNameTooLong(t *testing.T) {
	_, err := loadOne(t, "name: "+strings.Repeat("a", 65)+"\nsource: {type: camera}\n"+sinks)
	want := `c.yaml:1:7: "` + strings.Repeat("a", 60) + `…" is too long to name a pipeline: it has 65 bytes, and 64 are the most
    shorten it`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// A device without end is read up to the limit.
func TestLoadFromAnEndlessFile(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no /dev/zero")
	}
	_, err := Load(fakes(t, ""), Options{}, "/dev/zero")
	if want := "/dev/zero: is larger than 1 MiB"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
