package site_test

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example/workbook/internal/cli"
)

// look is what is asked of every page while it stands in the browser.
//
//go:embed testdata/look.js
var look string

// buildBook builds this repository's book, as it is, without running anything.
func buildBook(t *testing.T) (dir string, pages []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "site")
	var said strings.Builder
	if status := cli.Run([]string{"build", "--no-run", "-C", "..", "--site-dir", dir}, cli.Env{Stdout: io.Discard, Stderr: &said}); status != 0 {
		t.Fatalf("the book was not built, status %d:\n%s", status, &said)
	}
	_ = fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, _ error) error {
		if filepath.Ext(name) == ".html" {
			pages = append(pages, name)
		}
		return nil
	})
	if len(pages) < 10 {
		t.Fatalf("only these pages: %q", pages)
	}
	return dir, pages
}

func fileAddress(dir, name string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir) + "/" + name}).String()
}

// TestBrowser opens every page of the book from the disk, in a browser: on a
// phone and on a desk, light and dark, with JavaScript and without.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser")
	}
	c := startChromium(t)
	dir, pages := buildBook(t)
	t.Run("pages", func(t *testing.T) { everyPage(t, c, dir, pages) })
	t.Run("phone", func(t *testing.T) { onPhone(t, c, dir, pages) })
	t.Run("without JavaScript", func(t *testing.T) { withoutScript(t, c, dir, pages) })
	t.Run("search", func(t *testing.T) { searchFromDisk(t, c, dir) })
	t.Run("keys", func(t *testing.T) { keys(t, c, dir) })
	t.Run("prediction", func(t *testing.T) { prediction(t, c, dir) })
	t.Run("print", func(t *testing.T) { printed(t, c, dir) })
}

// everyPage holds that nothing is wrong with the look of any page, and that it
// asks for nothing outside of the site.
func everyPage(t *testing.T, c *chromium, dir string, pages []string) {
	tab := c.newTab(t)
	// The page for what is not there is read at any address, so it names the
	// others from the root of its server: it needs one.
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	for _, name := range pages {
		home := fileAddress(dir, "")
		if name == "404.html" {
			home = server.URL + "/"
		}
		for _, width := range []int{320, 1280} {
			tab.size(width, 900)
			tab.media("light", "")
			tab.open(home + name)
			for _, scheme := range []string{"light", "dark"} {
				tab.media(scheme, "")
				at := fmt.Sprintf("%s, %d px, %s", name, width, scheme)
				tab.report(at, fmt.Sprintf("(%s)()", look))
			}
			tab.quiet(name, home)
		}
	}
}

// onPhone holds that what is on a page can be read on a phone of 360 pixels: the
// letters of pictures are at least 12 px high, options in code are not parted
// behind their dashes, and a table of many columns needs no scrolling.
func onPhone(t *testing.T, c *chromium, dir string, pages []string) {
	tab := c.newTab(t)
	tab.media("light", "")
	tab.size(360, 900)
	found := map[string]int{}
	for _, name := range pages {
		if name == "404.html" {
			continue
		}
		tab.open(fileAddress(dir, name))
		var is struct {
			Found   map[string]int
			Reports []string
		}
		tab.eval(`(() => {
			const count = { texts: 0, images: 0, options: 0, tables: 0 }, reports = [];
			const near = new CSSStyleSheet(); // what is far away is laid out, too
			near.replaceSync("figure:nth-of-type(n) { content-visibility: visible !important }");
			document.adoptedStyleSheets = [near];
			for (const d of document.querySelectorAll("details")) d.open = true;
			for (const e of document.querySelectorAll("svg text")) {
				if (!e.checkVisibility()) continue;
				count.texts++;
				const px = parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a;
				if (px < 12) reports.push("letters of " + px.toFixed(1) + " px: " + e.textContent);
			}
			for (const e of document.querySelectorAll("article > p > img[src$='.svg']")) {
				count.images++;
				const s = getComputedStyle(e), width = e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight);
				if (width < 344) reports.push("a figure is only " + width + " px wide: " + e.alt);
			}
			for (const e of document.querySelectorAll("code .o")) {
				count.options++;
				if (e.getClientRects().length != 1) reports.push("parted at the end of a line: " + e.textContent);
			}
			for (const e of document.querySelectorAll(".tw:has([data-h])")) {
				count.tables++;
				if (e.scrollWidth > e.clientWidth) reports.push("a table of " + e.scrollWidth + " px scrolls");
			}
			if (document.documentElement.scrollWidth > innerWidth) reports.push("the page scrolls sideways");
			return { found: count, reports: reports.slice(0, 5) };
		})()`, &is)
		for what, n := range is.Found {
			found[what] += n
		}
		for _, r := range is.Reports {
			t.Errorf("%s: %s", name, r)
		}
	}
	for what, n := range found {
		if n == 0 {
			t.Errorf("the book has no %s: this test looks at nothing", what)
		}
	}
}

// report fails the test with everything that a check in the page has found.
func (p *tab) report(at, check string) {
	p.Helper()
	var found []string
	p.eval(check, &found)
	for _, f := range found {
		p.Errorf("%s: %s", at, f)
	}
}

// quiet holds that the page has complained about nothing, and asked for nothing
// outside its own folder.
func (p *tab) quiet(name, home string) {
	p.Helper()
	for _, e := range p.c.events() {
		switch e.Method {
		case "Network.requestWillBeSent":
			var asked struct{ Request struct{ URL string } }
			_ = json.Unmarshal(e.Params, &asked)
			if u := asked.Request.URL; !strings.HasPrefix(u, home) && !strings.HasPrefix(u, "data:") && u != "about:blank" {
				p.Errorf("%s: asks for %s, outside of the site", name, u)
			}
		case "Network.loadingFailed":
			var failed struct{ ErrorText string }
			_ = json.Unmarshal(e.Params, &failed)
			if failed.ErrorText != "net::ERR_ABORTED" { // what the next page cut short
				p.Errorf("%s: something did not load: %s", name, e.Params)
			}
		case "Runtime.exceptionThrown", "Log.entryAdded":
			p.Errorf("%s: %s %s", name, e.Method, e.Params)
		case "Runtime.consoleAPICalled":
			p.Errorf("%s: the page writes to the console: %s", name, e.Params)
		}
	}
}

// withoutScript holds that all text of every page can be seen, or unfolded, and
// that the navigation leads on.
func withoutScript(t *testing.T, c *chromium, dir string, pages []string) {
	tab := c.newTab(t)
	tab.media("light", "")
	tab.size(1280, 900)
	tab.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	for _, name := range pages {
		tab.open(fileAddress(dir, name))
		tab.report(name+", without JavaScript", `(() => {
			const found = [], seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
			if (document.querySelector("#theme")?.checkVisibility()) found.push("a button that does nothing can be seen");
			for (const e of document.querySelectorAll("main :is(p:not(.meta), li, pre, td, th, h1, h2, h3, figcaption)"))
				if (!seen(e) && !e.closest("details:not([open])") && e.textContent.trim()) found.push("cannot be seen: " + e.tagName + " " + e.textContent.trim().slice(0, 60));
			for (const d of document.querySelectorAll("details:not([open])")) {
				if (!seen(d.querySelector("summary"))) { if (!d.parentElement.closest("details")) found.push("a summary cannot be seen"); continue; }
				d.open = true;
				for (const e of d.querySelectorAll(":scope > :is(p, li, pre, ol, ul)")) if (!seen(e)) found.push("an opened details hides " + e.textContent.trim().slice(0, 60));
			}
			if ([...document.querySelectorAll(".book a")].filter(seen).length < 10) found.push("the navigation has too few links");
			return found;
		})()`)
	}
	// On a phone the contents fold out by a link to them.
	tab.size(360, 800)
	tab.open(fileAddress(dir, pages[0]) + "#contents")
	tab.report("the contents on a phone", `[...document.querySelectorAll(".book a")].filter((e) => e.checkVisibility()).length < 10 ? ["cannot be opened"] : []`)
}

// searchFromDisk finds a section by typing, and goes there.
func searchFromDisk(t *testing.T, c *chromium, dir string) {
	tab := c.newTab(t)
	tab.media("light", "")
	tab.size(360, 800)
	tab.open(fileAddress(dir, "03-socket/index.html"))
	tab.press("/")
	tab.until(`document.querySelector("dialog[open] input") == document.activeElement`)
	tab.ask("Input.insertText", map[string]any{"text": "epoll_wait"}, nil)
	tab.until(`document.querySelectorAll("dialog li a").length > 2`)
	tab.report("the dialog of the search", fmt.Sprintf("(%s)(true)", look))
	var first string
	tab.eval(`document.querySelector("dialog li a").href`, &first)
	tab.press("Enter")
	tab.until(fmt.Sprintf("location.href == %q && document.readyState == 'complete'", first))
	tab.report(first, `document.getElementById(decodeURIComponent(location.hash.slice(1))) || !location.hash ? [] : ["the place that was found is not there"]`)
	tab.until(`document.querySelector("#find") != null`)
	tab.press("/")
	tab.until(`document.querySelector("dialog[open] input") == document.activeElement`)
	tab.ask("Input.insertText", map[string]any{"text": "zzzqqq"}, nil)
	tab.until(`document.querySelector("dialog[open] p").textContent.startsWith("Nothing found")`)
	tab.quiet("search", fileAddress(dir, ""))
}

func keys(t *testing.T, c *chromium, dir string) {
	tab := c.newTab(t)
	tab.media("light", "")
	tab.size(1280, 800)
	tab.open(fileAddress(dir, "03-socket/index.html"))
	tab.press("?")
	tab.until(`document.querySelector("dialog[open] dl") != null`)
	tab.eval(`document.querySelector("dialog[open]").close()`, nil)
	tab.until(`document.activeElement == document.body`) // from the next frame on
	tab.press("t")
	tab.until(`document.documentElement.dataset.theme == "light"`)
	tab.press("t")
	tab.until(`document.documentElement.dataset.theme == "dark"`)
	tab.press("t")
	tab.until(`!("theme" in document.documentElement.dataset)`)
	tab.press("j")
	tab.until(`scrollY > 0`)
	const stops = `[...document.querySelectorAll("pre, .tw, .picture")].every((e) => !e.checkVisibility() || e.tabIndex == (e.scrollWidth > e.clientWidth ? 0 : -1))`
	tab.press("Tab")
	tab.until(stops)
	tab.report("stops of the Tab key", `document.querySelector("pre[tabindex='-1']") ? [] : ["code that does not scroll is still one"]`)
	tab.size(320, 800)
	tab.until(stops + ` && document.querySelector("pre[tabindex='0']") != null`)
	tab.press("c")
	tab.until(`document.querySelector(".side.open")?.contains(document.activeElement) == true`)
	tab.press("Escape")
	tab.until(`!document.querySelector(".side.open") && document.activeElement.matches(".menu")`)
	tab.size(1280, 800)
	tab.press("ArrowRight")
	tab.until(`location.pathname.includes("/04-connection/")`)
	tab.quiet("keys", fileAddress(dir, ""))
}

// prediction chooses a wrong answer, is told so, and finds that again after a
// reload.
func prediction(t *testing.T, c *chromium, dir string) {
	tab := c.newTab(t)
	tab.media("dark", "")
	tab.size(360, 800)
	tab.open(fileAddress(dir, "03-socket/index.html"))
	tab.eval(`document.querySelector(".choices input").click()`, nil)
	const chosen = `document.querySelectorAll(".choices .wrong, .choices .right").length == 2`
	tab.until(chosen)
	tab.report("a prediction", fmt.Sprintf("(%s)()", look))
	tab.eval(`window.before = true`, nil)
	tab.ask("Page.reload", nil, nil) // location.reload() may end before it is answered
	tab.until(`!window.before && document.readyState == "complete" && ` + chosen)
	tab.quiet("prediction", fileAddress(dir, ""))
}

// printed holds that a page on paper has what it has on the screen, also what is
// folded.
func printed(t *testing.T, c *chromium, dir string) {
	tab := c.newTab(t)
	tab.open(fileAddress(dir, "03-socket/index.html"))
	tab.media("light", "print")
	tab.size(700, 900)
	tab.report("on paper", `[...document.querySelectorAll(".bar, .side, .copy, .end")].some((e) => e.checkVisibility()) ? ["what belongs to the screen is printed"] : []`)
	tab.report("on paper", `(() => { const e = document.querySelector("details.answers li"); return e && e.getBoundingClientRect().height > 0 ? [] : ["what is folded is not printed"]; })()`)
	tab.report("on paper", `(() => {
		const found = [], sheet = document.querySelector("article").getBoundingClientRect();
		for (const e of document.querySelectorAll("article > *, article pre")) {
			const box = e.getBoundingClientRect();
			if (box.width && (box.left < sheet.left - 1 || box.right > sheet.right + 1 || e.tagName == "PRE" && e.scrollWidth > e.clientWidth + 1))
				found.push("does not fit the sheet: " + e.tagName + " " + e.className + " " + e.textContent.trim().slice(0, 40));
		}
		return found.slice(0, 5);
	})()`)
	pdf := tab.data("Page.printToPDF", nil)
	if n := strings.Count(string(pdf), "/Type /Page\n"); n < 5 {
		t.Errorf("the chapter is printed on %d sheets", n)
	}
}

var screens = flag.String("screens", "", "folder for pictures of every page, for people to look at")

// TestScreens draws every page in pieces that fit an eye.
func TestScreens(t *testing.T) {
	if *screens == "" {
		t.Skip("draws pictures, with -screens FOLDER")
	}
	if err := os.MkdirAll(*screens, 0o755); err != nil {
		t.Fatal(err)
	}
	c := startChromium(t)
	dir, pages := buildBook(t)
	tab := c.newTab(t)
	for _, name := range pages {
		for _, width := range []int{360, 768, 1440} {
			for _, scheme := range []string{"light", "dark"} {
				tab.size(width, 1000)
				tab.media(scheme, "")
				tab.open(fileAddress(dir, name))
				tab.draw(filepath.Join(*screens, fmt.Sprintf("%s-%d-%s", strings.ReplaceAll(strings.TrimSuffix(name, "/index.html"), "/", "-"), width, scheme)), width)
			}
		}
	}
}

func (p *tab) draw(file string, width int) {
	p.Helper()
	var height int
	p.eval(`document.querySelectorAll("figure").forEach((f) => f.style.contentVisibility = "visible")`, nil) // as far as nobody has scrolled
	p.eval("document.documentElement.scrollHeight", &height)
	for top, n := 0, 0; top < height; top, n = top+1800, n+1 {
		clip := map[string]any{"x": 0, "y": top, "width": width, "height": min(1800, height-top), "scale": 1}
		data := p.data("Page.captureScreenshot", map[string]any{"clip": clip, "captureBeyondViewport": true})
		if err := os.WriteFile(fmt.Sprintf("%s-%02d.png", file, n), data, 0o644); err != nil {
			p.Fatal(err)
		}
	}
}
