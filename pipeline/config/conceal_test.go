package config

import (
	"errors"
	"strings"
	"testing"

	"framewire/pipeline"
)

// hush is a concealed value of the tests.
type hush struct{ text string }

func (h *hush) UnmarshalText(b []byte) error {
	if strings.HasPrefix(string(b), "bad") {
		return errors.New("it is bad")
	}
	h.text = string(b)
	return nil
}
func (hush) MarshalText() ([]byte, error) { return nil, nil }
func (hush) Conceal()                     {}

type vaultConfig struct {
	Secret hush   `yaml:"secret" doc:"a word that nobody hears"`
	Dial   string `yaml:"dial" doc:"HOST:PORT"`
}

func (c *vaultConfig) Validate() error {
	if len(c.Secret.text) == 1 {
		return pipeline.FieldErrorf("secret", "", "it has 1 character")
	}
	return nil
}

func vault(t *testing.T) *pipeline.Registry {
	t.Helper()
	reg, err := pipeline.NewRegistry(
		pipeline.SinkSpec[vaultConfig]{
			Kind: pipeline.KindSink, Name: "vault", Summary: "keeps a secret",
			New: func(*vaultConfig, pipeline.Env) (pipeline.Sink, error) { return nil, errors.New("never made") },
		}.Spec(),
		pipeline.SourceSpec[struct{}]{
			Kind: pipeline.KindSource, Name: "nothing", Summary: "gives nothing",
			New: func(*struct{}, pipeline.Env) (pipeline.Source, error) { return nil, errors.New("never made") },
		}.Spec(),
	)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

const hushHint = "\n    write ${FRAMEWIRE_SECRET} in its place, in single quotes, and set that variable in the environment"

// Wherever a secret stands, and whatever is wrong around it, no message repeats it.
func TestSecretsInMessages(t *testing.T) {
	const word = "Tr0ub4dor"
	const literal = ": a secret on the command line is seen by everybody on this machine" + hushHint
	tests := []struct {
		name, sink string
		set        []string
		want       string // the secret that is set, or the faults
	}{
		{"literal", "{type: vault, secret: Tr0ub4dor}", nil, "Tr0ub4dor"},
		{"number", "{type: vault, secret: 123456789012}", nil, "123456789012"},
		{"variable", "{type: vault, secret: '${WORD}'}", nil, "Tr0ub4dor"},
		{"variable that is empty", "{type: vault, secret: '${EMPTY:-}'}", nil, ""},
		{"judged", "{type: vault, secret: T}", nil, "c.yaml:2:31: sinks.0 vault: secret: it has 1 character"},
		{"bad", "{type: vault, secret: badTr0ub4dor}", nil, "c.yaml:2:31: sinks.0 vault: secret: its text cannot be read\n    write ${NAME} for an environment variable, or $$ for a dollar sign"},
		{"variable that is not set", "{type: vault, secret: '${NOBODY}'}", nil, "c.yaml:2:31: sinks.0 vault: secret: the environment variable \"NOBODY\" is not set\n    set it, or write ${NOBODY:-default}"},
		{"a dollar sign and a brace", "{type: vault, secret: 'a${Tr0ub4dor'}", nil, "c.yaml:2:31: sinks.0 vault: secret: its text cannot be read\n    write ${NAME} for an environment variable, or $$ for a dollar sign"},
		{"a star", "{type: vault, secret: *Tr0ub4dor}", nil, "c.yaml:2:31: there is no anchor (not shown) above\n    text that begins with * needs quotes"},
		{"a tag", "{type: vault, secret: !Tr0ub4dor x}", nil, "c.yaml:2:31: the tag (not shown) has no meaning here\n    leave the tag out"},
		{"a list", "{type: vault, secret: [Tr0ub4dor]}", nil, "c.yaml:2:31: sinks.0 vault: secret: wants one value, not a list"},
		{"a star elsewhere", "{type: vault, dial: *x}", nil, "c.yaml:2:29: there is no anchor \"x\" above\n    text that begins with * needs quotes: \"*x\""},

		{"--set a variable", "{type: vault}", []string{"sinks.0.secret=${WORD}"}, "Tr0ub4dor"},
		{"--set a variable with a default", "{type: vault}", []string{"sinks.0.secret=${WORD:-Tr0ub4dor}"}, "--set sinks.0.secret=(not shown)" + literal},
		{"--set nothing", "{type: vault, secret: x}", []string{"sinks.0.secret="}, ""},
		{"--set a literal", "{type: vault}", []string{"sinks.0.secret=Tr0ub4dor"}, "--set sinks.0.secret=(not shown)" + literal},
		{"--set a literal beside a variable", "{type: vault}", []string{"sinks.0.secret=Tr0ub4dor${WORD}"}, "--set sinks.0.secret=(not shown)" + literal},
		{"--set in quotes", "{type: vault}", []string{`sinks.0.secret="Tr0ub4dor"`}, "--set sinks.0.secret=(not shown)" + literal},
		{"--set in a map", "{type: vault}", []string{"sinks.0={type: vault, secret: Tr0ub4dor}"}, "--set sinks.0=(not shown)" + literal},
		{"--set in a list", "{type: vault}", []string{"sinks=[{type: vault, secret: Tr0ub4dor}]"}, "--set sinks=(not shown)" + literal},
		{"--set a variable in a map", "{type: vault}", []string{"sinks.0={type: vault, secret: '${WORD}'}"}, "Tr0ub4dor"},
		{"--set to the wrong place", "{type: vault}", []string{"sinks.7.secret=Tr0ub4dor"}, "--set sinks.7.secret=(not shown)" + literal},
		{"--set what is no YAML", "{type: vault}", []string{"sinks.0={type: vault, secret: Tr0ub4dor"}, "--set sinks.0=(not shown): not valid YAML: the bracket that begins here is never closed"},
		{"--set without an equals sign", "{type: vault}", []string{"sinks.0.secret:Tr0ub4dor"}, "--set (not shown): is no override\n    write PATH=VALUE, such as source.path=clip.mp4"},
		{"--set something else beside it", "{type: vault}", []string{"sinks.0={type: vault, secret: '${WORD}', dail: x}"}, "--set sinks.0=(not shown): sinks.0 vault: unknown field \"dail\"\n    did you mean \"dial\"?"},
	}
	env := map[string]string{"WORD": word, "EMPTY": ""}
	for _, test := range tests {
		text := "source: {type: nothing}\nsinks: [" + test.sink + "]\n"
		opts := Options{
			Set:       test.set,
			LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
			ReadFile:  func(string) ([]byte, error) { return []byte(text), nil },
		}
		chains, err := Load(vault(t), opts, "c.yaml")
		got := ""
		if err != nil {
			got = err.Error()
			var faults Faults
			if !errors.As(err, &faults) || strings.Contains(faults[0].Path+faults[0].File, word) || strings.Contains(got, word) {
				t.Errorf("%s: the secret shows: %#v", test.name, err)
			}
		} else {
			got = chains[0].Outputs[0].Config.(*vaultConfig).Secret.text
		}
		if got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}
