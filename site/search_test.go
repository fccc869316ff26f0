package site

import (
	"strings"
	"testing"
	"testing/fstest"
)

// searchWords builds a book of these chapters and returns the words of its index.
func searchWords(t *testing.T, chapters map[string]string) string {
	t.Helper()
	fsys := fstest.MapFS{"mkdocs.yml": {Data: []byte("site_name: B\nmarkdown_extensions: [tables]\n")}}
	for name, text := range chapters {
		fsys["docs/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	site, _, err := buildMemory(fsys, false)
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Split(string(site["assets/search.js"]), `","`)
	return "\\n" + list[len(list)-1]
}

// Words of neighbouring cells are words of their own, and each is counted once.
func TestSearchTable(t *testing.T) {
	got := searchWords(t, map[string]string{"index.md": "# T\n\n| a1 | b1 |\n|---|---|\n| flood | drain |\n"})
	for _, word := range []string{`\n0a1 A\n`, `\n0b1 A\n`, `\n0drain A\n`, `\n0flood A\n`} {
		if !strings.Contains(got, word) {
			t.Errorf("no %s in %s", word, got)
		}
	}
}

// A word of every section leads to where it counts most, says that it is
// elsewhere too, and a word that shares its beginning is written shorter.
func TestSearchCommonWord(t *testing.T) {
	chapters := map[string]string{"index.md": "# Socket\n\nsocket\n"}
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		chapters[string(c)+"z.md"] = "# X" + string(c) + "\n\nThe socket. The sockaddr.\n"
	}
	got := searchWords(t, chapters)
	for _, want := range []string{`\n0sockaddr A1A1`, `\n4et* C`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "et* CA1") {
		t.Errorf("the weak places are there: %s", got)
	}
}

// Words share whole letters, however many bytes these have.
func TestSearchOtherLetters(t *testing.T) {
	got := searchWords(t, map[string]string{"index.md": "# T\n\nüber übung\n"})
	for _, word := range []string{`\n0über A\n`, `\n0übung A`} {
		if !strings.Contains(got, word) {
			t.Errorf("no %s in %s", word, got)
		}
	}
}
