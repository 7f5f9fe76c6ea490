//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The secrets of these tests. Nothing that a process says or writes may hold them.
const (
	theSecret   = "horse battery staple 77"
	otherSecret = "fw1-000g-40r4-0m30-e209-185g-r38e-1w81-24gk-9et0"
	shortSecret = "Tr0ub4dor"
)

// silent fails the test where a process said a secret, or stands in the process list with one, or a file in
// its folder that it wrote holds one.
func silent(t *testing.T, dir string, processes ...*process) {
	t.Helper()
	var all strings.Builder
	for _, p := range processes {
		<-p.done
		all.WriteString(p.log() + p.stdout.String())
	}
	for _, name := range filesIn(t, dir) {
		if strings.HasSuffix(name, ".json") {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	for _, word := range []string{theSecret, otherSecret, shortSecret, strings.ReplaceAll(otherSecret, "-", ""), "staple 77"} {
		if strings.Contains(all.String(), word) {
			t.Errorf("a secret was said:\n%s", all.String())
		}
	}
}

// unlisted fails the test where the process list shows a secret.
func unlisted(t *testing.T, p *process) {
	t.Helper()
	for _, name := range []string{"cmdline", "comm", "status"} {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/" + name)
		if err != nil {
			continue // no such list here
		}
		if strings.Contains(string(text), theSecret) || strings.Contains(string(text), otherSecret) {
			t.Errorf("a secret stands in %s", name)
		}
	}
}

// secured starts a sender or receiver whose secret comes from the environment.
func secured(t *testing.T, dir, secret, text string, flags ...string) *process {
	t.Helper()
	name := "c" + strconv.Itoa(len(filesIn(t, dir))) + ".yaml"
	args := append([]string{"run", "--log-level", "debug", config(t, dir, name, text)}, flags...)
	return startEnv(t, dir, []string{"FRAMEWIRE_SECRET=" + secret}, args...)
}

const (
	securedSender   = "source: {type: testpattern, size: 64x48, frames: 20, pace: fast}\nsend: {type: tcp, listen: \"ADDR\", secret: '${FRAMEWIRE_SECRET}'}\n"
	securedReceiver = "receive: {type: tcp, dial: \"ADDR\", secret: '${FRAMEWIRE_SECRET}'}\nsinks: [{type: \"null\"}]\n"
	plainReceiver   = "receive: {type: tcp, dial: \"ADDR\"}\nsinks: [{type: \"null\"}]\n"
)

func TestSecretStream(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	at := func(text string) string { return strings.ReplaceAll(text, "ADDR", addr) }
	sender := secured(t, dir, theSecret, at(securedSender), "--report", "s.json", "--log-format", "json")
	sender.says(0, "waiting for 1 receiver")
	unlisted(t, sender)

	wrong := secured(t, dir, otherSecret, at(securedReceiver), "--report", "w.json")
	wrong.says(0, "refused (wrong secret): write the same `secret` at both ends")
	sender.says(0, "the secrets of both ends differ")
	unlisted(t, wrong)
	none := secured(t, dir, theSecret, at(plainReceiver))
	none.says(0, "the end that listens has a secret and the end that dials has none: add `secret: ${FRAMEWIRE_SECRET}`")
	for _, p := range []*process{wrong, none} {
		p.signal(syscall.SIGTERM)
		p.ends(0)
	}

	right := secured(t, dir, theSecret, at(securedReceiver), "--set", "receive.secret=${FRAMEWIRE_SECRET}", "--report", "r.json")
	right.ends(0)
	sender.ends(0)
	if in := stageOf(t, readReport(t, filepath.Join(dir, "r.json")), "receive", "tcp"); in.FramesOut != 20 {
		t.Errorf("%d frames came, want 20", in.FramesOut)
	}
	silent(t, dir, sender, wrong, none, right)
}

func TestSecretMistakes(t *testing.T) {
	const typing = "fw1-000g-40r4-0m30-e209-185g-r38e-1w81-24gk-9et1"
	tests := []struct {
		name, secret, text string
		flags              []string
		says               string
	}{
		{"too short", shortSecret, securedReceiver, nil, "secret: it has 9 characters, and fewer than 12 are soon guessed"},
		{"typing error", typing, securedReceiver, nil, "secret: it is a generated secret with a typing error"},
		{"on the command line", "", plainReceiver, []string{"--set", "receive.secret=" + theSecret}, "--set receive.secret=(not shown): a secret on the command line is seen by everybody on this machine"},
		{"in a map on the command line", "", plainReceiver, []string{"--set", "receive={type: tcp, dial: 'a:1', secret: " + theSecret + "}"}, "--set receive=(not shown): a secret on the command line"},
		{"in the file, beside a mistake", "", "receive: {type: tcp, dail: x, secret: " + theSecret + "}\nsinks: [{type: \"null\"}]\n", nil, `unknown field "dail"`},
		{"in a file that is no YAML", "", "receive: {type: tcp, secret: \"" + theSecret + "}\nsinks: []\n", nil, "not valid YAML"},
		{"beside insecure", theSecret, strings.Replace(securedReceiver, "secret:", "insecure: true, secret:", 1), nil, "insecure: there is a secret too"},
		{"none beyond loopback", "", "receive: {type: tcp, dial: \"192.0.2.1:5000\", secret: '${FRAMEWIRE_SECRET:-}'}\nsinks: [{type: \"null\"}]\n", nil, "add `secret: ${FRAMEWIRE_SECRET}` to both ends"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			p := secured(t, dir, test.secret, strings.ReplaceAll(test.text, "ADDR", "127.0.0.1:1"), test.flags...)
			p.ends(2)
			p.says(0, test.says)
			silent(t, dir, p)
			if strings.Contains(p.log(), typing) {
				t.Errorf("what was meant for a secret was said:\n%s", p.log())
			}
		})
	}
}

// What only looks at a config does not show it either.
func TestSecretIsNotChecked(t *testing.T) {
	dir := t.TempDir()
	file := config(t, dir, "c.yaml", "receive: {type: tcp, dial: \"camera:5000\", secret: "+theSecret+"}\nsinks: [{type: \"null\"}]\n")
	p := run(t, dir, 0, "check", file)
	silent(t, dir, p)
}

func TestSecretCommand(t *testing.T) {
	dir := t.TempDir()
	shape := regexp.MustCompile(`^fw1(-[0-9a-z]{4}){9}\n$`)
	one, two := run(t, dir, 0, "secret").stdout.String(), run(t, dir, 0, "secret").stdout.String()
	if !shape.MatchString(one) || one == two {
		t.Errorf("got %q and then %q", one, two)
	}
	p := run(t, dir, 2, "secret", "--fingerprint", "nowhere.pem")
	p.says(0, "framewire secret: nowhere.pem: no such file or directory")
	p = run(t, dir, 2, "secret", "--fingerprint", config(t, dir, "c.pem", "nothing"))
	p.says(0, "c.pem holds no certificate in PEM format")
	// Its fingerprint is what `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum` prints.
	const certificate = `-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIURYGXWk9V4LcEaDF2GImVN3upC2MwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGdmlld2VyMB4XDTI2MTEyMjIxNTE1M1oXDTI3MTEyMjIxNTE1
M1owETEPMA0GA1UEAwwGdmlld2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
d4/q8xiqwYWH81LHCCBC970+Ieukvtv+3vMymEt+B5M0k7LT4Ly2Blmnp5nUg8Ko
6ZGpXdSH+f+wRtPi0rULPaNTMFEwHQYDVR0OBBYEFNbWeeTK21NrqSuH3FBWXijw
lXIsMB8GA1UdIwQYMBaAFNbWeeTK21NrqSuH3FBWXijwlXIsMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAPL0eb1bJQuSq/KfRuDb4l7pF+DWrV2O
AQujQai+T2bJAiEAs4R6csIcZ02+VUJrwYeCQ0P0/rMPIbVy5uwhKUVpNic=
-----END CERTIFICATE-----
`
	p = run(t, dir, 0, "secret", "--fingerprint", config(t, dir, "good.pem", certificate))
	if got, want := p.stdout.String(), "sha256:6954255bf29a4b48ddd7dbc8fc3b092752c20a7e8842ee2ae23c90972ff48151\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
