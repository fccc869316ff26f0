package site

import (
	"net/url"
	"strings"
)

func pathUnescape(p string) (string, error) { return url.PathUnescape(p) }

// escapePath escapes what must not stand in an address, but no slash.
func escapePath(p string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./~?=&", r)
	}
	if strings.IndexFunc(p, func(r rune) bool { return !safe(r) }) < 0 {
		return p
	}
	return (&url.URL{Path: p}).EscapedPath()
}
