package config

import (
	"fmt"
	"os"
	"strings"

	"framewire/pipeline"
)

// CheckMarkdown checks every fenced block marked yaml or yml in a Markdown file as a config, so that a
// manual cannot show one that does not work. A block whose first line is "# fragment" is not a whole
// config and is skipped. Plugins that this build lacks are accepted. env is the environment, nothing else
// is set: what a block asks for beyond that needs a default. Faults name the Markdown file's own lines.
func CheckMarkdown(reg *pipeline.Registry, file string, env map[string]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("check the YAML of a manual: %w", err)
	}
	return checkMarkdown(reg, file, string(text), env)
}

func checkMarkdown(reg *pipeline.Registry, file, text string, env map[string]string) error {
	var all Faults
	for _, block := range yamlBlocks(file, text) {
		l := newLoader(reg, Options{
			AllowMissing: true,
			LookupEnv: func(name string) (value string, ok bool) {
				value, ok = env[name]
				return value, ok
			},
		})
		l.addFile([]byte(block.text), block.origin)
		if _, err := l.finish(); err != nil {
			all = append(all, err.(Faults)...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// yamlBlock is the text of one fenced block; origin stands one line and one column before it.
type yamlBlock struct {
	origin pos
	text   string
}

// yamlBlocks finds the fenced blocks (CommonMark 0.31, section 4.5) that are marked as YAML.
func yamlBlocks(file, text string) []yamlBlock {
	var out []yamlBlock
	var fence string // the signs that close the block we are in, "" outside
	var block *yamlBlock
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		trimmed := strings.TrimLeft(line, " ")
		indent := len(line) - len(trimmed)
		if fence == "" {
			if signs := fenceOf(trimmed); signs != "" {
				fence = signs
				if lang := firstWord(trimmed[len(signs):]); lang == "yaml" || lang == "yml" {
					block = &yamlBlock{origin: pos{file: file, line: number + 1, column: indent}}
				}
			}
			continue
		}
		if signs := fenceOf(trimmed); strings.HasPrefix(signs, fence) && strings.TrimSpace(trimmed[len(signs):]) == "" {
			if block != nil && !strings.HasPrefix(block.text, "# fragment") {
				out = append(out, *block)
			}
			fence, block = "", nil
			continue
		}
		if block != nil {
			block.text += line[min(indent, block.origin.column):] + "\n"
		}
	}
	return out
}

// fenceOf gives the three or more backticks or tildes that a line begins with, or "".
func fenceOf(line string) string {
	for _, sign := range []string{"`", "~"} {
		if signs := line[:len(line)-len(strings.TrimLeft(line, sign))]; len(signs) >= 3 {
			return signs
		}
	}
	return ""
}

func firstWord(text string) string {
	if words := strings.Fields(text); len(words) > 0 {
		return words[0]
	}
	return ""
}
