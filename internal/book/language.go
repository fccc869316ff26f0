package book

import (
	"slices"
	"strings"

	"example/workbook/internal/near"
)

// language returns the language of a fence that the workbook knows ("go",
// "output", "stderr", "error"; "" for all others), and what is wrong with the
// way in which it is written. What stands behind the language is for other
// readers: MkDocs has titles and numbers there, GitHub shows nothing of it.
func language(info string) (lang, wrong string) {
	word := info
	if strings.HasPrefix(info, "{") {
		word = firstClass(info)
	} else if i := strings.IndexFunc(info, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }); i >= 0 {
		word = info[:i]
		if !strings.ContainsRune(" \t,{:;", rune(info[i])) {
			return "", "" // another language: go.mod, go-template
		}
	}
	switch lang = strings.ToLower(word); {
	case lang == "go" || lang == "golang": // both readers colour these alike
		return "go", ""
	case !isStream(lang):
		return "", ""
	case word != lang:
		return lang, "write " + lang
	}
	return lang, ""
}

// firstClass is the language of an info string such as {.go #id}.
func firstClass(info string) string {
	for word := range strings.FieldsSeq(strings.Trim(info, "{}")) {
		if class, ok := strings.CutPrefix(word, "."); ok {
			return class
		}
	}
	return ""
}

// unreadKey returns a key of ours that stands behind the language, where only a
// comment would be read.
func unreadKey(info string) (key string, ok bool) {
	for i, word := range strings.FieldsFunc(info, func(r rune) bool { return strings.ContainsRune(" \t,{}", r) }) {
		key, _, hasValue := strings.Cut(word, "=")
		if i > 0 && isKnownKey(key) && hasValue != isFlag(key) {
			return key, true
		}
	}
	return "", false
}

// printsNothing tells whether fences of a language show commands, text or data:
// one may stand between a program and its output.
func printsNothing(lang string) bool {
	return slices.Contains([]string{
		"", "bash", "console", "csv", "diff", "dockerfile", "go.mod", "html", "ini", "json", "makefile", "plain", "plaintext",
		"sh", "shell", "terminal", "text", "toml", "txt", "xml", "yaml", "yml", "zsh",
	}, strings.ToLower(lang))
}

func isStream(lang string) bool { return slices.Contains(streams(), lang) }

// streams are the languages of the fences that say what a run must bear out.
func streams() []string { return []string{"output", "stderr", "error", "evidence"} }

// misspelt returns the language that a fence of another one probably means.
func misspelt(info string) (string, bool) {
	if info == "stdout" {
		return "output", true
	}
	if len(info) < 4 {
		return "", false
	}
	for _, lang := range streams() {
		if near.Distance(strings.ToLower(info), lang) == 1 {
			return lang, true
		}
	}
	return "", false
}
