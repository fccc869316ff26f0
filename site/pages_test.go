package site

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/html"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence/picture"
	"example/workbook/runner"
)

// TestBook looks at every page of this repository's own book for what a browser
// would not forgive or a reader could not use.
func TestBook(t *testing.T) {
	site, report, err := buildMemory(os.DirFS(".."), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range report.Warnings {
		t.Log(w)
	}
	pages := 0
	for _, name := range sortedKeys(site) {
		if path.Ext(name) != ".html" {
			continue
		}
		pages++
		checkPage(t, name, site)
	}
	if pages < 5 {
		t.Errorf("%d pages", pages)
	}
}

// checkPage checks the document called name, and that its links lead to files
// and ids that are there.
func checkPage(t *testing.T, name string, site map[string][]byte) {
	doc, err := html.Parse(bytes.NewReader(site[name]))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	ids, level, mains, h1 := map[string]bool{}, 0, 0, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("%s: <%s %s>: the policy of the page forbids it", name, n.Data, a.Key)
			}
		}
		if id, ok := attr["id"]; ok {
			if ids[id] {
				t.Errorf("%s: id %q twice", name, id)
			}
			ids[id] = true
			if id == "" || strings.ContainsAny(id, " \t\n") {
				t.Errorf("%s: id %q is none", name, id)
			}
		}
		switch n.Data {
		case "img":
			if _, ok := attr["alt"]; !ok {
				t.Errorf("%s: an image without alt", name)
			}
		case "input":
			if attr["aria-label"] == "" {
				t.Errorf("%s: an input without a label", name)
			}
		case "main":
			mains++
		case "style":
			t.Errorf("%s: a style element", name)
		case "script":
			if attr["src"] == "" && n.FirstChild != nil && n.FirstChild.Data != beforePaint {
				t.Errorf("%s: a script that the policy does not know", name)
			}
		case "h1", "h2", "h3", "h4", "h5", "h6":
			now := int(n.Data[1] - '0')
			if now > level+1 {
				t.Errorf("%s: <%s> below a heading of level %d", name, n.Data, level)
			}
			level = now
			if now == 1 {
				h1++
			}
		case "a", "button":
			if visibleText(n) == "" && attr["aria-label"] == "" {
				t.Errorf("%s: a link or button without a name: %v", name, attr)
			}
		}
		for _, key := range []string{"src", "href"} {
			if target, ok := attr[key]; ok && n.Data != "a" && isExternal(target) && attr["rel"] != "canonical" && attr["rel"] != "alternate" {
				t.Errorf("%s: <%s> asks another host: %s", name, n.Data, target)
			}
		}
	}
	if mains != 1 || h1 != 1 {
		t.Errorf("%s: %d main elements, %d headings of level 1", name, mains, h1)
	}
	checkTargets(t, name, doc, site, ids)
}

func visibleText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// checkTargets holds that every address in a page is that of a file or an id of
// the site.
func checkTargets(t *testing.T, name string, doc *html.Node, site map[string][]byte, ids map[string]bool) {
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key != "href" && a.Key != "src" || isExternal(a.Val) || strings.HasPrefix(a.Val, "data:") {
				continue
			}
			file, fragment, _ := strings.Cut(a.Val, "#")
			target := path.Join(path.Dir(name), file)
			if strings.HasPrefix(file, "/") {
				target = strings.TrimPrefix(file, "/")
			}
			if file == "" {
				if fragment != "" && !ids[fragment] {
					t.Errorf("%s: #%s leads nowhere", name, fragment)
				}
				continue
			}
			if site[target] == nil && !strings.HasSuffix(file, ".md") { // those are warned of
				t.Errorf("%s: %s leads nowhere", name, a.Val)
			}
		}
	}
}

// KB is the unit of what a visit costs.
const KB = 1024

// A reader's first visit to a page costs at most 20 KB in at most 5 requests,
// compressed as hosts do it for the browsers of today (RFC 7932), figures apart.
func TestFirstVisit(t *testing.T) {
	const most, mostRequests = 20 * KB, 5
	root := os.DirFS("..")
	if testing.Short() {
		t.Skip("draws every picture of the book")
	}
	var figures atomic.Int64
	site, _, err := buildWithFigures(root, true, func(s *book.Snippet) (svg, table string) {
		run, err := runner.ReadRecording(root, s)
		if run == nil || err != nil {
			return "", ""
		}
		figures.Add(1)
		f := picture.Figure{Trace: run, Title: s.Title, ID: s.ID}
		return f.SVG(), f.Table().HTML("calls")
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := figures.Load(); n < 30 {
		t.Fatalf("%d figures", n)
	}
	figure := regexp.MustCompile(`(?s)<figure class="ev-figure".*?</details><figcaption>.*?</figure>`)
	asset := regexp.MustCompile(`(?:href|src)="[./]*(assets/[^"]+)"`)
	assets := map[string]int{}
	for _, name := range sortedKeys(site) {
		if path.Ext(name) != ".html" {
			continue
		}
		text := figure.ReplaceAll(site[name], nil)
		weight, requests := compressed(text), 1
		for _, m := range asset.FindAllSubmatch(text, -1) {
			if file := string(m[1]); !strings.Contains(file, "/figures.") {
				if assets[file] == 0 {
					assets[file] = compressed(site[file])
				}
				weight, requests = weight+assets[file], requests+1
			}
		}
		t.Logf("%s: %d bytes in %d requests", name, weight, requests)
		if weight > most || requests > mostRequests {
			t.Errorf("%s: %d bytes in %d requests, more than %d in %d", name, weight, requests, most, mostRequests)
		}
	}
}

// The search index costs at most 1.2 KB a chapter. It is loaded when somebody
// searches.
func TestSearchWeight(t *testing.T) {
	site, report, err := buildMemory(os.DirFS(".."), true)
	if err != nil {
		t.Fatal(err)
	}
	if is, most := compressed(site["assets/search.js"]), report.Pages*12*KB/10; is > most {
		t.Errorf("%d bytes, more than %d for %d pages", is, most, report.Pages)
	}
}

func compressed(data []byte) int {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Len()
}

// Text has a contrast of 4.5 to 1 or more on every ground that it stands on, in
// both schemes (WCAG 2.2, 1.4.3).
func TestContrast(t *testing.T) {
	data, err := assetFiles.ReadFile("assets/site.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(data)
	colours := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--(\w+):light-dark\((#\w+),(#\w+)\)`).FindAllStringSubmatch(css, -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	for _, m := range regexp.MustCompile(`(?m)(?:^|[},])(\.\w|figure [\w ]+)(?:,\.\w)?\{color:light-dark\((#\w+),(#\w+)\)`).FindAllStringSubmatch(css, -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	tokens := []string{"figure pre b", "figure pre i", "figure code span", ".t", ".m", ".s", ".n"}
	pairs := map[string][]string{
		"paper": append([]string{"ink", "dim", "accent", "gold", "good", "bad"}, tokens...),
		"soft":  append([]string{"ink", "dim", "accent", "gold", "good", "bad"}, tokens...),
		"deep":  {"ink", "dim", "accent"},
		"wash":  {"ink", "accent", "dim", "good"},
		"goldwash": {
			"ink", "gold", "accent",
		},
		"mark": append([]string{"ink"}, tokens...),
	}
	for ground, inks := range pairs {
		for _, ink := range inks {
			g, ok1 := colours[ground]
			i, ok2 := colours[ink]
			if !ok1 || !ok2 {
				t.Errorf("%s on %s: no such colour", ink, ground)
				continue
			}
			for scheme := range 2 {
				if c := contrast(i[scheme], g[scheme]); c < 4.5 {
					t.Errorf("%s on %s, %s: %.2f to 1", ink, ground, []string{"light", "dark"}[scheme], c)
				}
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG.
func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
