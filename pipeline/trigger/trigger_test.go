package trigger

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start gives running triggers and the log's text, closed with the test.
func start(t *testing.T, cfg Config) (*Triggers, *pipeline.Control, *bytes.Buffer) {
	t.Helper()
	env := pipelinetest.Env(t, pipeline.NewPool())
	log := new(bytes.Buffer)
	env.Log = hclog.New(&hclog.LoggerOptions{Output: log, DisableTime: true})
	triggers, err := Start(t.Context(), cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := triggers.Close(); err != nil {
			t.Error(err)
		}
		if env.Control.Hears(pipeline.ActionTrigger) {
			t.Error("it still listens after Close")
		}
	})
	return triggers, env.Control, log
}

func TestCommandsThatAreNamedFire(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want []string
	}{
		{Config{Signal: true}, []string{"signal"}},
		{Config{Key: true}, []string{"key"}},
		{Config{Signal: true, Key: true}, []string{"signal", "key"}},
	} {
		triggers, control, _ := start(t, c.cfg)
		for _, from := range []string{"signal", "key", "elsewhere"} {
			if !control.Send(pipeline.Command{Action: pipeline.ActionTrigger, From: from}) {
				t.Errorf("%+v: nobody hears", c.cfg)
			}
		}
		for _, want := range c.want {
			if got := <-triggers.Fired(); got != want {
				t.Errorf("%+v: %s fired, want %s", c.cfg, got, want)
			}
		}
		select {
		case who := <-triggers.Fired():
			t.Errorf("%+v: %s fired too", c.cfg, who)
		default:
		}
	}
}

func TestNothingListensForMotion(t *testing.T) {
	triggers, control, _ := start(t, Config{Motion: true})
	if control.Hears(pipeline.ActionTrigger) || len(triggers.Fired()) > 0 {
		t.Error("motion is in the frames, not in commands")
	}
}

func TestFiringNeverWaits(t *testing.T) {
	triggers, _, _ := start(t, Config{Motion: true})
	for range 2 * pending {
		triggers.fire(Key)
	}
	if n := len(triggers.Fired()); n != pending {
		t.Errorf("%d wait, want %d", n, pending)
	}
}

func TestConfig(t *testing.T) {
	const example = "write HOST:PORT on this machine, such as 127.0.0.1:8099"
	for at, want := range map[string]string{
		"127.0.0.1:80": "", "[::1]:8099": "", "localhost:8099": "", "127.3.2.1:65535": "",
		"8099":             `trigger.http: "8099" is not an address (` + example + `)`,
		"127.0.0.1:0":      `trigger.http: port "0" of "127.0.0.1:0" is not between 1 and 65535`,
		"127.0.0.1:http":   `trigger.http: port "http" of "127.0.0.1:http" is not between 1 and 65535`,
		"127.0.0.1:65536":  `trigger.http: port "65536" of "127.0.0.1:65536" is not between 1 and 65535`,
		":8099":            `trigger.http: ":8099" is reached from other machines, and nothing protects it (` + example + `)`,
		"192.168.1.9:8099": `trigger.http: "192.168.1.9:8099" is reached from other machines, and nothing protects it (` + example + `)`,
		"example.com:8099": `trigger.http: "example.com:8099" is reached from other machines, and nothing protects it (` + example + `)`,
	} {
		got := ""
		if err := (Config{HTTP: at}).Validate("trigger"); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", at, got, want)
		}
	}
	if err := (Config{}).Validate("trigger"); err != nil || !(Config{}).IsZero() || (Config{Motion: true}).IsZero() {
		t.Errorf("the zero config: %v", err)
	}
}

func TestRequests(t *testing.T) {
	for _, c := range []struct {
		name, method, path, host string
		header                   map[string]string
		status                   int
		says                     string
	}{
		{"a program here", "POST", "/trigger", "127.0.0.1:8099", nil, 202, "triggered\n"},
		{"by name", "POST", "/trigger", "localhost:8099", nil, 202, "triggered\n"},
		{"IPv6", "POST", "/trigger", "[::1]:8099", nil, 202, "triggered\n"},
		{"IPv6 without a port", "POST", "/trigger", "[::1]", nil, 202, "triggered\n"},
		{"an address that was typed", "GET", "/trigger", "127.0.0.1:8099", nil, 405, "use POST: curl -X POST http://127.0.0.1:8099/trigger\n"},
		{"another path", "POST", "/", "127.0.0.1:8099", nil, 404, "404 page not found\n"},
		{"a name made to lead here", "POST", "/trigger", "evil.example:8099", nil, 403, "the Host header does not name this machine: use 127.0.0.1\n"},
		{"another address", "POST", "/trigger", "192.168.1.9:8099", nil, 403, "the Host header does not name this machine: use 127.0.0.1\n"},
		{"a page of another site", "POST", "/trigger", "127.0.0.1:8099", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, "a page of another site may not trigger\n"},
		{"the same from an old browser", "POST", "/trigger", "127.0.0.1:8099", map[string]string{"Origin": "https://evil.example"}, 403, "a page of another site may not trigger\n"},
	} {
		triggers, _, _ := start(t, Config{Motion: true})
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Host = c.host
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		triggers.handler().ServeHTTP(w, r)
		if w.Code != c.status || w.Body.String() != c.says {
			t.Errorf("%s: %d %q, want %d %q", c.name, w.Code, w.Body, c.status, c.says)
		}
		if fired := len(triggers.Fired()) == 1; fired != (c.status == http.StatusAccepted) {
			t.Errorf("%s: fired %t", c.name, fired)
		}
	}
}

func TestPostOverASocket(t *testing.T) {
	triggers, _, log := start(t, Config{HTTP: "127.0.0.1:0"})
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/trigger`).FindString(log.String())
	if url == "" {
		t.Fatalf("the log does not tell the address: %s", log)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Post(url, "text/plain", strings.NewReader("a body that nobody reads"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if who := <-triggers.Fired(); who != HTTP || response.StatusCode != http.StatusAccepted {
		t.Errorf("%s fired, the answer is %s", who, response.Status)
	}
	busy := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/trigger")
	env := pipelinetest.Env(t, pipeline.NewPool())
	_, err = Start(t.Context(), Config{HTTP: busy, Key: true}, env)
	if env.Control.Hears(pipeline.ActionTrigger) {
		t.Error("it listens to keys though it could not be started")
	}
	if err == nil || !strings.HasPrefix(err.Error(), "listen "+busy+": the address is in use by another program") {
		t.Errorf("an address in use: %v", err)
	}
}
