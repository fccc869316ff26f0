package book

import (
	"slices"
	"strings"
)

// language returns the language of a fence that the workbook knows ("go",
// "output", "stderr", "error"; "" for all others), and what is wrong with the
// way in which it is written.
func language(info string) (lang, wrong string) {
	word := info
	if strings.HasPrefix(info, "{") {
		return attributeLanguage(info)
	}
	if i := strings.IndexFunc(info, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }); i >= 0 {
		word = info[:i]
		if !strings.ContainsRune(" \t,{:;", rune(info[i])) {
			return "", "" // another language: go.mod, go-template
		}
	}
	lang = strings.ToLower(word)
	if lang == "golang" {
		lang = "go"
	}
	if !isOurs(lang) {
		return "", ""
	}
	if info != word {
		return lang, "write bare " + lang + " and put the rest into a comment <!-- workbook: key=value --> above, for MkDocs shows a fence with attributes as a paragraph"
	}
	if word != lang {
		return lang, "write " + lang
	}
	return lang, ""
}

// attributeLanguage reads info strings such as {.go #id}.
func attributeLanguage(info string) (lang, wrong string) {
	for class := range strings.FieldsSeq(strings.Trim(info, "{}")) {
		lang, _ = strings.CutPrefix(class, ".")
		if lang != class && isOurs(lang) {
			return lang, "write bare " + lang + " and put the rest into a comment <!-- workbook: key=value --> above, for GitHub does not know the braces"
		}
	}
	return "", ""
}

func isOurs(lang string) bool { return lang == "go" || isStream(lang) }

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
		if distance(strings.ToLower(info), lang) == 1 {
			return lang, true
		}
	}
	return "", false
}
