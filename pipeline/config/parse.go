package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The limits within which a file is read. They are far above what any chain needs, and low enough that a
// hostile file costs milliseconds.
const (
	maxFile   = 1 << 20 // bytes of a file
	maxTokens = 20_000  // words and signs of a file, as the YAML scanner splits it
	maxNodes  = 20_000  // values of a file after its aliases are expanded
	maxDepth  = 64      // maps and lists within one another
	maxBreaks = 200     // line ends with nothing but space between them, for which the scanner takes quadratic time
)

// syntaxError is what the YAML library's errors have in common.
type syntaxError interface {
	error
	GetToken() *token.Token
	GetMessage() string
}

// parse turns a file's text into a tree. origin is where the text begins, less one line and one column:
// {file, 0, 0} for a whole file. It gives nil after a fault that leaves nothing to look at.
func parse(text []byte, origin pos, faults *collector) *node {
	whole := pos{file: origin.file, line: origin.line}
	if origin.line > 0 {
		whole.column = origin.column + 1
	}
	fail := func(hint, format string, args ...any) *node {
		faults.add(whole, "", hint, fmt.Sprintf(format, args...))
		return nil
	}
	text = trimBOM(text)
	switch {
	case len(text) > maxFile:
		return fail("", "is larger than 1 MiB")
	case !utf8.Valid(text) || strings.ContainsRune(string(text), 0):
		return fail("save it as UTF-8", "is not a text file")
	case longestGap(text) > maxBreaks:
		return fail("", "holds too many empty lines in a row")
	}
	tokens := lexer.Tokenize(string(text))
	if n := countTokens(tokens); n > maxTokens {
		return fail("", "holds more than %d words", maxTokens)
	}
	if at, deep := tooDeep(tokens); deep {
		whole = shift(at, origin)
		return fail("", "maps and lists are nested more than %d deep", maxDepth)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax syntaxError
		problem := err.Error()
		if errors.As(err, &syntax) {
			problem = syntax.GetMessage()
			if tok := syntax.GetToken(); tok != nil {
				whole = shift(tok.Position, origin)
			}
		}
		return fail(syntaxHint(problem), "not valid YAML: %s", syntaxProblem(problem))
	}
	b := builder{origin: origin, faults: faults, budget: maxNodes}
	return b.document(file, fail)
}

func trimBOM(text []byte) []byte {
	if strings.HasPrefix(string(text[:min(len(text), 3)]), "\uFEFF") {
		return text[3:]
	}
	return text
}

// longestGap gives the most line ends that follow one another with nothing but space between them.
func longestGap(text []byte) int {
	longest, run := 0, 0
	for _, c := range text {
		switch c {
		case '\n', '\r':
			run++
			longest = max(longest, run)
		case ' ', '\t':
		default:
			run = 0
		}
	}
	return longest
}

func countTokens(tokens token.Tokens) int {
	n := 0
	for _, tok := range tokens {
		if tok.Type != token.CommentType {
			n++
		}
	}
	return n
}

// tooDeep finds brackets nested beyond the limit, before the parser recurses into them.
func tooDeep(tokens token.Tokens) (*token.Position, bool) {
	depth := 0
	for _, tok := range tokens {
		switch tok.Type {
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth > maxDepth {
				return tok.Position, true
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
	}
	return nil, false
}

// shift moves a position of the YAML library to where the text stands in its file.
func shift(at *token.Position, origin pos) pos {
	if at == nil {
		return origin
	}
	return pos{file: origin.file, line: origin.line + at.Line, column: origin.column + max(at.Column, 1)}
}

// syntaxProblem says some of the YAML library's messages in words that help; the others stay.
func syntaxProblem(message string) string {
	switch {
	case strings.Contains(message, `found character '	'`):
		return "a tab cannot indent a line"
	case strings.Contains(message, "mapping value is not allowed"):
		return `unexpected "key: value"`
	case strings.Contains(message, "',' or '}' must be specified"):
		return `a comma or a closing } is missing before this`
	case strings.Contains(message, "',' or ']' must be specified"):
		return `a comma or a closing ] is missing before this`
	case strings.Contains(message, "end character"):
		return "the quote that begins here is never closed"
	case strings.Contains(message, "end token"):
		return "the bracket that begins here is never closed"
	}
	return strings.ToLower(message[:min(1, len(message))]) + message[min(1, len(message)):]
}

// syntaxHint says what usually leads to a message of the YAML library.
func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, `found character '	'`):
		return "indent with spaces"
	case strings.Contains(message, "value is not allowed in this context") && !strings.Contains(message, "mapping"):
		return `text that begins with [ needs quotes: "[::1]:5000"`
	case strings.Contains(message, "not allowed in this context"):
		return `check the indentation; text that holds ": " needs quotes`
	case strings.Contains(message, "must be specified"):
		return "within brackets, text that holds { } [ ] or , needs quotes"
	case strings.Contains(message, "reserved character"), strings.Contains(message, "directive"):
		return "put the text in quotes"
	case strings.Contains(message, "unknown escape"):
		return "use single quotes where a backslash is meant"
	}
	return ""
}
