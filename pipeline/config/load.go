package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"framewire/pipeline"
)

// Options says what surrounds the files. The zero value reads files and environment of the process.
type Options struct {
	// Set holds overrides, PATH=VALUE each, applied in order before anything is decoded. PATH is
	// pipelines.NAME.source.path, or source.path where there is one pipeline.
	Set []string
	// AllowMissing accepts plugins that this build lacks, for checking a config without running it.
	AllowMissing bool
	// Prepare, where it is set, is given each plugin's config after decoding and before it is judged.
	Prepare func(cfg any)
	// LookupEnv finds the environment variables that ${NAME} asks for; defaults to os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// ReadFile reads a config file; defaults to the function of that name.
	ReadFile func(name string) ([]byte, error)
}

// loader carries what one Load has found so far.
type loader struct {
	reg    *pipeline.Registry
	opts   Options
	faults *collector
	pipes  []pipe
}

// Load reads the pipelines of all files, in the order of the files. Its error is Faults, with everything
// that is wrong. It opens nothing but the files.
func Load(reg *pipeline.Registry, opts Options, files ...string) ([]pipeline.Chain, error) {
	l := newLoader(reg, opts)
	if len(files) == 0 {
		l.faults.add(pos{}, "", "", "no config file was given")
	}
	for _, file := range files {
		l.faults.know(file)
		if file == "" {
			l.faults.add(pos{}, "", "write the path of a YAML file, such as configs/sender.yaml", `"" names no config file`)
			continue
		}
		text, err := l.opts.ReadFile(file)
		if err != nil {
			l.faults.add(pos{file: file}, "", "", "cannot be read: "+cause(err))
			continue
		}
		l.addFile(text, pos{file: file})
	}
	return l.finish()
}

func newLoader(reg *pipeline.Registry, opts Options) *loader {
	if opts.LookupEnv == nil {
		opts.LookupEnv = os.LookupEnv
	}
	if opts.ReadFile == nil {
		opts.ReadFile = ReadFile
	}
	return &loader{reg: reg, opts: opts, faults: newCollector()}
}

// finish applies the overrides and makes the chains.
func (l *loader) finish() ([]pipeline.Chain, error) {
	for _, set := range l.opts.Set {
		l.override(set)
	}
	l.checkNames()
	var chains []pipeline.Chain
	for _, p := range l.pipes {
		chains = append(chains, l.build(p, len(l.pipes) == 1))
	}
	if err := l.faults.err(); err != nil {
		return nil, err
	}
	return chains, nil
}

// addFile takes the pipelines of one file.
func (l *loader) addFile(text []byte, origin pos) {
	root := parse(text, origin, l.faults)
	if root == nil || root.kind == broken {
		return
	}
	top := newDecoder("", "", l.opts.LookupEnv, l.faults)
	if root.kind != mapping {
		hint := "begin with source: or receive:"
		if strings.Contains(root.text, ":") {
			hint = "put a space after each colon"
		}
		top.fault(root.at, "", hint, "wants a map, not %s", root.kind)
		return
	}
	several := root.get("pipelines")
	if several == nil {
		l.addPipe(pipe{name: nameOf(origin.file), at: root.at, body: root, named: true})
		return
	}
	for _, e := range top.once(root, "") {
		if e.key != "pipelines" {
			top.fault(e.at, "", "move it into one of the pipelines", "%s stands beside pipelines", quote(e.key))
		}
	}
	switch body := several.value; {
	case body.kind == mapping && len(body.entries) > 0:
		for _, e := range top.once(body, "pipelines") {
			l.addPipe(pipe{name: e.key, at: e.at, body: e.value})
		}
	case body.kind == list && len(body.items) > 0:
		for i, item := range body.items {
			l.addPipe(pipe{name: "p" + strconv.Itoa(i), at: item.at, body: item, named: true})
		}
	case body.kind != broken:
		top.fault(several.at, "pipelines", "write NAME: and the pipeline under it", "holds no pipeline")
	}
}

// addPipe takes a pipeline under the name it gives itself, if it does.
func (l *loader) addPipe(p pipe) {
	l.rename(&p)
	l.pipes = append(l.pipes, p)
}

// rename gives a pipeline the name that stands in it.
func (l *loader) rename(p *pipe) {
	e := p.body.get("name")
	if e == nil || !p.named || e.value.kind == broken {
		return
	}
	d := newDecoder("", "", l.opts.LookupEnv, l.faults)
	if e.value.kind != scalar {
		d.fault(e.value.at, "name", "", "wants one value, not %s", e.value.kind)
		return
	}
	if name, _, ok := d.text(e.value, "name"); ok {
		p.name, p.at = name, e.value.at
	}
}

// checkNames refuses names that come twice, or that could not be part of a file's name.
func (l *loader) checkNames() {
	first := make(map[string]pos)
	for _, p := range l.pipes {
		if at, twice := first[p.name]; twice {
			l.faults.add(p.at, "", "the first is at "+at.String()+"; give one of them another name",
				"a second pipeline named "+quote(p.name))
			continue
		}
		first[p.name] = p.at
		switch {
		case len(p.name) > maxName:
			l.faults.add(p.at, "", "shorten it", fmt.Sprintf("%s is too long to name a pipeline: it has %d bytes, and %d are the most", quote(p.name), len(p.name), maxName))
		case p.name != cleanName(p.name):
			l.faults.add(p.at, "", `use letters, digits, "-", "_" and "."`, fmt.Sprintf("%s cannot name a pipeline", quote(p.name)))
		}
	}
}

// maxName is the longest name of a pipeline, in bytes.
const maxName = 64

// nameOf names the one pipeline of a file after it, with every character replaced that a name cannot have,
// and cut where it is too long.
func nameOf(file string) string {
	base := filepath.Base(file)
	name := cleanName(strings.TrimSuffix(base, filepath.Ext(base)))
	if len(name) <= maxName {
		return name
	}
	end := maxName
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return cleanName(name[:end])
}

// cleanName makes a name fit for reports and file names.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, name)
	if strings.Trim(name, ".") == "" {
		return "pipeline"
	}
	return name
}

// ReadFile reads a config file, one byte more than a config may have at most, so that a device without end
// does no harm.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// cause gives a file error without the name, which stands in front of the fault.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}
