package pattern

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestExpand(t *testing.T) {
	v := Values{Name: "../cam", Photo: "a/IMG 1.JPG", Time: time.Date(2024, 5, 6, 17, 8, 9, 0, time.Local), Seq: 42}
	for pattern, want := range map[string]string{
		"rec/{name}-{date}.mkv": "rec/cam-2024-05-06.mkv",
		"{time}_{seq}":          "17-08-09_000042",
		"{photo}":               "IMG 1",
		"{date}{date}":          "2024-05-062024-05-06",
		"plain":                 "plain",
	} {
		if got := Expand(pattern, v); got != want {
			t.Errorf("%s gives %q, wants %q", pattern, got, want)
		}
	}
	if got := Expand("{photo}", Values{Seq: 7}); got != "000007" {
		t.Errorf("a photo without a name is %q, wants its number", got)
	}
}

// TestExpandShortens keeps what a pattern says about a picture and cuts the names that came with it.
func TestExpandShortens(t *testing.T) {
	long := strings.Repeat("ü", 500) + ".jpg"
	when := time.Date(2024, 5, 6, 17, 8, 9, 0, time.Local)
	for pattern, want := range map[string]string{
		"{photo}-{date}-{seq}.jpg":             strings.Repeat("ü", 109) + "-2024-05-06-000042.jpg",
		"{photo}{photo}.png":                   strings.Repeat("ü", 118) + ".png",
		"a/{name}{photo}/{seq}":                "a/" + strings.Repeat("n", 240) + "/000042",
		"-a/{name}-.jpg":                       "-a/" + strings.Repeat("n", 235) + "-.jpg",
		"-{seq}":                               "_000042",
		strings.Repeat("x", 300):               strings.Repeat("x", 300),
		strings.Repeat("-", 300) + "{seq}.mkv": "_000042.mkv",
		strings.Repeat("x", 300) + "{seq}.mkv": strings.Repeat("x", 236) + ".mkv",
	} {
		got := Expand(pattern, Values{Name: strings.Repeat("n", 300), Photo: long, Time: when, Seq: 42})
		if got != want {
			t.Errorf("%s gives %q, wants %q", pattern, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := Check("{name}/{seq}.mkv", Name, Seq); err != nil {
		t.Errorf("a good pattern gives %v", err)
	}
	for pattern, want := range map[string]string{
		"{nam}":  `unknown placeholder "{nam}": known are {name}, {seq}`,
		"{photo": `unknown placeholder "{photo": known are {name}, {seq}`,
		"{}":     `unknown placeholder "{}": known are {name}, {seq}`,
	} {
		if err := Check(pattern, Name, Seq); err == nil || err.Error() != want {
			t.Errorf("%s gives %v, wants %s", pattern, err, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for path, want := range map[string]string{"a/b.mkv": "a/b-3.mkv", "a.d/b": "a.d/b-3", "x.tar.gz": "x.tar-3.gz"} {
		if got := Number(path, 3); got != want {
			t.Errorf("%s gives %s, wants %s", path, got, want)
		}
	}
}

// safeCases are names as they may come over the wire, and what becomes of them.
func safeCases() map[string]string {
	return map[string]string{
		"IMG_0001.JPG":                    "IMG_0001.JPG",
		"Füße am Strand (2).jpg":          "Füße am Strand (2).jpg",
		"2024-05-06 07.08.09.png":         "2024-05-06 07.08.09.png",
		"../../etc/passwd":                "passwd",
		"/etc/passwd":                     "passwd",
		`..\..\win.ini`:                   "win.ini",
		`C:\x\y.jpg`:                      "y.jpg",
		"..":                              "",
		"a/..":                            "",
		"a/":                              "",
		"":                                "",
		".":                               "",
		" . ":                             "",
		".bashrc":                         "_bashrc",
		".framewire-x.tmp":                "_framewire-x.tmp",
		"a\x00b\nc\x1b[2J.jpg":            "abc[2J.jpg",
		"gpj.\u202egnp":                   "gpj.gnp",
		"x.jpg. . ":                       "x.jpg",
		"NUL":                             "_NUL",
		"con.jpg":                         "_con.jpg",
		"Com7.x.jpg":                      "_Com7.x.jpg",
		"lpt¹":                            "_lpt¹",
		"COM10.jpg":                       "COM10.jpg",
		"console.jpg":                     "console.jpg",
		"-rf.jpg":                         "_rf.jpg",
		"--":                              "_",
		".-x":                             "_x",
		".-":                              "_",
		"a\u2028b\u2029.jpg":              "a_b_.jpg",
		"\u2066x\u2069\u200f.jpg":         "x.jpg",
		"bad\xffutf8.jpg":                 "bad_utf8.jpg",
		strings.Repeat("x", 296) + ".jpg": strings.Repeat("x", 236) + ".jpg",
		strings.Repeat("ü", 200):          strings.Repeat("ü", 120),
	}
}

func TestSafe(t *testing.T) {
	for name, want := range safeCases() {
		if got := Safe(name); got != want {
			t.Errorf("%q gives %q, wants %q", name, got, want)
		}
	}
}

// safePathCases are paths as they may come over the wire, and what becomes of them.
func safePathCases() map[string]string {
	deep := strings.Repeat("d/", 40)
	return map[string]string{
		"IMG_0001.JPG":                      "IMG_0001.JPG",
		"2024/05 May/Füße.jpg":              "2024/05 May/Füße.jpg",
		"../../etc/passwd":                  "etc/passwd",
		"/etc/passwd":                       "etc/passwd",
		"a/../../b/./c.jpg":                 "a/b/c.jpg",
		"a//b///c.jpg":                      "a/b/c.jpg",
		`C:\Users\x\y.jpg`:                  "Users/x/y.jpg",
		"C:/D:/e:/y.jpg":                    "y.jpg",
		"a/C:/y.jpg":                        map[bool]string{false: "a/C:/y.jpg", true: "a/C_/y.jpg"}[runtime.GOOS == "windows"],
		`\\server\share\y.jpg`:              "server/share/y.jpg",
		"a/..":                              "",
		"a/":                                "",
		"":                                  "",
		"//":                                "",
		". /..../x.jpg":                     "x.jpg",
		".git/hooks/post-checkout":          "_git/hooks/post-checkout",
		".framewire-0.part/x":               "_framewire-0.part/x",
		"con/aux.jpg":                       "_con/_aux.jpg",
		"-rf/--x/y.jpg":                     "_rf/_x/y.jpg",
		"a\x00b/c\nd/e\x1b.jpg":             "ab/cd/e.jpg",
		"gpj\u202e/x.jpg":                   "gpj/x.jpg",
		strings.Repeat("x", 300) + "/y.jpg": strings.Repeat("x", 240) + "/y.jpg",
		deep + "y.jpg":                      strings.Repeat("d/", 15) + "y.jpg",
	}
}

func TestSafePath(t *testing.T) {
	for name, want := range safePathCases() {
		if got := SafePath(name); got != want {
			t.Errorf("%q gives %q, wants %q", name, got, want)
		}
	}
}

func FuzzSafePath(f *testing.F) {
	for name := range safePathCases() {
		f.Add(name)
	}
	for name := range safeCases() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := SafePath(name)
		if got == "" {
			if Safe(name) != "" {
				t.Errorf("%q gives nothing, and its last element is fine", name)
			}
			return
		}
		elements := strings.Split(got, "/")
		if !filepath.IsLocal(got) || len(elements) > deepest || SafePath(got) != got {
			t.Errorf("%q gives %q, and that gives %q", name, got, SafePath(got))
		}
		for _, element := range elements {
			if element == "" || Safe(element) != element {
				t.Errorf("%q gives %q, of which %q is not safe", name, got, element)
			}
		}
		if last := elements[len(elements)-1]; last != Safe(name) {
			t.Errorf("%q ends with %q, wants %q", name, last, Safe(name))
		}
	})
}

func FuzzSafe(f *testing.F) {
	for name := range safeCases() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := Safe(name)
		switch {
		case got == "":
			return
		case !filepath.IsLocal(got), strings.ContainsAny(got, "/\\\x00\n"), strings.HasPrefix(got, "."), strings.HasPrefix(got, "-"):
			t.Errorf("%q gives %q, which is not one plain name", name, got)
		case len(got) > longest+1 || !utf8.ValidString(got):
			t.Errorf("%q gives %q, %d bytes", name, got, len(got))
		case Safe(got) != got:
			t.Errorf("%q gives %q, and that gives %q", name, got, Safe(got))
		}
	})
}
