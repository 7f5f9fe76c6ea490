package timestamp

import (
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
)

func TestTemplate(t *testing.T) {
	at := time.Date(2026, 3, 7, 9, 5, 2, 70_900_000, time.FixedZone("", 2*3600))
	f := &pipeline.Frame{Captured: at, Seq: 1234, Meta: pipeline.Meta{Name: "summer/a.jpg"}}
	for _, tt := range []struct{ format, want, problem string }{
		{"{date} {time}", "2026-03-07 07:05:02", ""},
		{"{time}.{ms}{zone}", "07:05:02.070+00:00", ""},
		{"Gate 3: {seq}, {name}", "Gate 3: 1234, summer/a.jpg", ""},
		{"plain", "plain", ""},
		{"{date}}", "2026-03-07}", ""},
		{strings.Repeat("ä", 100), strings.Repeat("ä", longest/2), ""},
		{" ", "", `format: " " writes nothing (there are {date}, {time}, {ms}, {zone}, {seq}, {name})`},
		{"{time", "", `format: "{time" has a { without a } (there are {date}, {time}, {ms}, {zone}, {seq}, {name})`},
		{"{day} {time}", "", `format: "{day}" is not known (there are {date}, {time}, {ms}, {zone}, {seq}, {name})`},
	} {
		parsed, err := parse(tt.format)
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		if problem != tt.problem {
			t.Errorf("%q: %q, want %q", tt.format, problem, tt.problem)
		}
		if got := string(parsed.write(nil, f, UTC)); err == nil && got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.format, got, tt.want)
		}
	}
	parsed, err := parse("{date} {time} {zone}")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(parsed.write(nil, f, Local)), at.Local().Format("2006-01-02 15:04:05 -07:00"); got != want {
		t.Errorf("local time is %q, want %q", got, want)
	}
}
