package config

import "testing"

func TestExpandEnv(t *testing.T) {
	env := map[string]string{"A": "a", "EMPTY": "", "_b2": "$C", "C": "c"}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	for _, c := range []struct {
		text, want string
		used       bool
	}{
		{"", "", false},
		{"plain", "plain", false},
		{"${A}", "a", true},
		{"x${A}y${C}z", "xaycz", true},
		{"${EMPTY}", "", true},
		{"${EMPTY:-d}", "d", true},
		{"${NONE:-d}", "d", true},
		{"${NONE:-}", "", true},
		{"${NONE:-a:-b $ c}", "a:-b $ c", true},
		{"${A:-d}", "a", true},
		{"${_b2}", "$C", true}, // what a variable holds is not looked at again
		{"$A", "$A", false},
		{"$", "$", false},
		{"$$", "$", false},
		{"$$$", "$$", false},
		{"$${A}", "${A}", false},
		{"$$${A}", "$a", true},
		{"5$ and more", "5$ and more", false},
		{"{A} }", "{A} }", false},
	} {
		got, used, err := expandEnv(c.text, lookup)
		if err != nil || got != c.want || used != c.used {
			t.Errorf("%q: got %q, %v, %v; want %q, %v", c.text, got, used, err, c.want, c.used)
		}
	}
	for text, want := range map[string]string{
		"${NONE}":      `the environment variable "NONE" is not set (set it, or write ${NONE:-default})`,
		"a ${NONE":     `"${NONE" is never closed (close it with }, or write $$ for a dollar sign)`,
		"${":           `"${" is never closed (close it with }, or write $$ for a dollar sign)`,
		"${2A}":        `"${2A}" names no environment variable (write ${NAME} or ${NAME:-default}, or $$ for a dollar sign)`,
		"${A B}":       `"${A B}" names no environment variable (write ${NAME} or ${NAME:-default}, or $$ for a dollar sign)`,
		"${:-d}":       `"${:-d}" names no environment variable (write ${NAME} or ${NAME:-default}, or $$ for a dollar sign)`,
		"${A:-${C}}":   `"${A:-${C}" holds a variable within a variable (a default is plain text)`,
		"${NONE} ${2}": `the environment variable "NONE" is not set (set it, or write ${NONE:-default})`,
	} {
		if got, _, err := expandEnv(text, lookup); err == nil || err.Error() != want {
			t.Errorf("%q: got %q, %v; want %s", text, got, err, want)
		}
	}
}

// A value from the environment is of the type that its text has, in quotes too: within {...} a ${NAME}
// cannot stand without them.
func TestEnvTypes(t *testing.T) {
	env := map[string]string{"Q": "55", "SIZE": "64x48", "TRUE": "true", "TYPE": "camera", "NAME": "front", "NULL": "null"}
	chains, err := load(t, map[string]string{"c.yaml": `
name: cam-${NAME}
source: {type: "${TYPE}", size: "${SIZE}", retry: "${TRUE}", fps: "${FPS:-12.5}", device: "${NULL}"}
encoder:
  type: jpeg
  quality: ${Q}
  subsampling: ${SUB:-444}
sinks:
  - type: file
    path: ${NAME}.mkv
    queue: {size: "${N:-3}", max_age: "${AGE:-1}s", when_full: "${FULL:-block}"}
`}, []string{"c.yaml"}, env)
	if err != nil {
		t.Fatal(err)
	}
	c := chains[0]
	if got, want := *c.Input.Config.(*cameraConfig), (cameraConfig{"null", Size{64, 48}, 12.5, "auto", true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := *c.Encoder.Config.(*jpegConfig), (jpegConfig{55, "444", 0}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if q := c.Outputs[0].Queue; q.Size != 3 || q.MaxAge.String() != "1s" || q.WhenFull != "block" {
		t.Errorf("got %+v", q)
	}
	if c.Name != "cam-front" {
		t.Errorf("got %q", c.Name)
	}
}
