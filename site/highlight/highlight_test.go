package highlight_test

import (
	"bytes"
	"flag"
	"go/build"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example/workbook/site/highlight"
)

var tags = regexp.MustCompile(`</?(?:span[^<>]*|b|i)>`)

// text is what a reader sees of highlighted code.
func text(highlighted []byte) string {
	return html.UnescapeString(tags.ReplaceAllString(string(highlighted), ""))
}

// A reader sees every byte of the code, in whatever language, with and without
// elements around lines.
func TestNothingIsLost(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "net", "*.go"))
	if err != nil || len(files) == 0 {
		t.Skipf("no Go sources at %s", build.Default.GOROOT)
	}
	for _, file := range files[:min(len(files), 40)] {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, opt := range []highlight.Options{{}, {Lines: true}} {
			if got := text(highlight.Append(nil, "go", code, opt)); got != string(code) {
				t.Errorf("%s: the text differs", file)
			}
		}
	}
	samples, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(samples) < 15 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, file := range samples {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code, _, _ = bytes.Cut(code, []byte(separator))
		// Every language reads every sample, whole, cut off and with bytes that
		// are no text.
		for _, lang := range languages {
			keeps(t, lang, string(code))
			keeps(t, lang, string(code[:len(code)*2/3]))
			keeps(t, lang, strings.ReplaceAll(string(code), "\n", "\r\n"))
			keeps(t, lang, strings.ReplaceAll(string(code), " ", "\x00\xff\ufeff"))
		}
	}
}

// languages are those that are coloured, and one that is not.
var languages = strings.Fields("go sh console yaml json toml ini c java rust proto js ts diff docker make python html xml css sql text")

// keeps holds that a reader sees all of the code.
func keeps(t *testing.T, lang, code string) {
	t.Helper()
	want := strings.TrimSuffix(code, "\n") + "\n"
	if got := text(highlight.Append(nil, lang, []byte(code), highlight.Options{Lines: true})); got != want {
		t.Errorf("%s: got %q, want %q", lang, got, want)
	}
}

// separator stands in a file of testdata between a sample and its tokens.
const separator = "-- tokens --\n"

var update = flag.Bool("update", false, "write the tokens of testdata/*.txt anew")

var spans = regexp.MustCompile(`<span class="(.)">([^<]*)</span>`)

// withClasses writes every token as a span with a class.
var withClasses = strings.NewReplacer("<b>", `<span class="k">`, "</b>", "</span>", "<i>", `<span class="c">`, "</i>", "</span>", "<span>", `<span class="f">`)

// A file of testdata is a sample of the language it is named by, and its tokens
// as "class[text]".
func TestLanguages(t *testing.T) {
	for _, lang := range languages {
		if lang == "go" || lang == "text" {
			continue
		}
		file := filepath.Join("testdata", lang+".txt")
		sample, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		code, want, _ := bytes.Cut(sample, []byte(separator))
		got := html.UnescapeString(spans.ReplaceAllString(withClasses.Replace(string(highlight.Append(nil, lang, code, highlight.Options{}))), "$1[$2]"))
		if *update {
			if err := os.WriteFile(file, []byte(string(code)+separator+got), 0o666); err != nil {
				t.Fatal(err)
			}
		} else if got != string(want) {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", lang, got, want)
		}
	}
}

// Languages that are offered are coloured, others are not.
func TestKnown(t *testing.T) {
	for _, lang := range []string{"go", "sh", "bash", "console", "yaml", "yml", "json", "c", "diff", "docker", "html", "css", "js", "make", "proto", "py", "python", "sql", "toml", "xml", "ts", "rust", "java", "ini",
		"shell", "dockerfile", "makefile", "javascript", "typescript", "protobuf", "YAML"} {
		if !highlight.Known(lang) {
			t.Errorf("%s is not known", lang)
		}
	}
	for _, lang := range []string{"", "text", "output", "nonsense"} {
		if highlight.Known(lang) {
			t.Errorf("%s is known", lang)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ lang, code, want string }{
		{"go", "var x int = 0x1F // n", `<b>var</b> x <span class="t">int</span> = 0x1F <i>// n</i>`},
		{"go", "f(len(`a\nb`), nil)", `<span>f</span>(<span class="b">len</span>(<span class="s">` + "`a" + `</span>` + "\n" + `<span class="s">b` + "`" + `</span>), <span class="m">nil</span>)`},
		{"go", "unfinished := \"", `unfinished := <span class="s">"</span>`},
		{"go", "a <b> & 'x'", `a &lt;b&gt; &amp; <span class="s">'x'</span>`},
		{"yaml", "a: 1", `<span class="n">a</span>: <span class="m">1</span>`},
	} {
		if got := strings.TrimSuffix(string(highlight.Append(nil, c.lang, []byte(c.code), highlight.Options{})), "\n"); got != c.want {
			t.Errorf("%q:\ngot  %s\nwant %s", c.code, got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	got := string(highlight.Append(nil, "go", []byte("/* a\nb */\n"), highlight.Options{
		First: 9, Numbers: true, Marked: func(line int) bool { return line == 2 },
	}))
	want := `<span class="l" data-n="9"><i>/* a</i>` + "\n" +
		`</span><span class="l hl" data-n="10"><i>b */</i>` + "\n</span>"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// FuzzAppend holds that no byte is lost or gained in any language, whatever it is.
func FuzzAppend(f *testing.F) {
	for i, lang := range languages {
		sample, _ := os.ReadFile(filepath.Join("testdata", lang+".txt"))
		code, _, _ := bytes.Cut(sample, []byte(separator))
		f.Add(uint8(i), string(code))
	}
	f.Fuzz(func(t *testing.T, lang uint8, code string) {
		keeps(t, languages[int(lang)%len(languages)], code)
	})
}
