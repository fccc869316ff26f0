package site_test

import (
	"bufio"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// chromium is a browser without a window. It is spoken to over two pipes, in the
// protocol of its developer tools: no port is opened and no library is needed.
type chromium struct {
	in    io.Writer
	mu    sync.Mutex
	last  int
	wait  map[int]chan answer
	heard []event
	ended error
}

type answer struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

type event struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// startChromium starts the browser of this machine. Without one the test is
// skipped, but not where everything must be tested.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	var file string
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); name != "" && err == nil {
			file = cmp.Or(file, found)
		}
	}
	if file == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium: install the package chromium")
		}
		t.Skip("no Chromium on this machine")
	}
	toRead, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, toWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--no-first-run", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{toRead, toWrite} // the browser's descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = toRead.Close()
	_ = toWrite.Close()
	c := &chromium{in: in, wait: map[int]chan answer{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.listen(out)
	}()
	t.Cleanup(func() {
		_, _ = c.ask("", "Browser.close", nil)
		_ = in.Close()
		timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		_ = cmd.Wait()
		<-done
	})
	return c
}

// listen hands every answer to whoever waits for it, and keeps the events.
func (c *chromium) listen(out io.Reader) {
	r := bufio.NewReaderSize(out, 1<<20)
	for {
		data, err := r.ReadBytes(0)
		if err != nil {
			break
		}
		var msg struct {
			ID int `json:"id"`
			answer
			event
		}
		if json.Unmarshal(data[:len(data)-1], &msg) != nil {
			continue
		}
		c.mu.Lock()
		if msg.ID != 0 {
			c.wait[msg.ID] <- msg.answer
			delete(c.wait, msg.ID)
		} else {
			c.heard = append(c.heard, msg.event)
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = errors.New("the browser has ended")
	for _, w := range c.wait {
		close(w)
	}
}

// ask sends a command and returns its result.
func (c *chromium) ask(session, method string, params any) (json.RawMessage, error) {
	msg := map[string]any{"method": method}
	if params != nil {
		msg["params"] = params
	}
	if session != "" {
		msg["sessionId"] = session
	}
	w := make(chan answer, 1)
	c.mu.Lock()
	if c.ended != nil {
		c.mu.Unlock()
		return nil, c.ended
	}
	c.last++
	msg["id"] = c.last
	c.wait[c.last] = w
	data, err := json.Marshal(msg)
	if err == nil {
		_, err = c.in.Write(append(data, 0))
	}
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case a, ok := <-w:
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: the browser has ended", method)
		case a.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, a.Error.Message)
		}
		return a.Result, nil
	case <-time.After(2 * time.Minute):
		return nil, fmt.Errorf("%s: no answer in two minutes", method)
	}
}

// events takes what was heard since the last call.
func (c *chromium) events() []event {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard := c.heard
	c.heard = nil
	return heard
}

// tab is one page of the browser, under test.
type tab struct {
	*testing.T
	c       *chromium
	session string
}

func (c *chromium) newTab(t *testing.T) *tab {
	t.Helper()
	tab := &tab{T: t, c: c}
	var target struct{ TargetID string }
	tab.ask("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	tab.ask("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	tab.session = attached.SessionID
	c.events() // of the tab before
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		tab.ask(domain+".enable", nil, nil)
	}
	return tab
}

func (p *tab) ask(method string, params, result any) {
	p.Helper()
	raw, err := p.c.ask(p.session, method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(raw, result)
	}
	if err != nil {
		p.Fatal(err)
	}
}

// size sets the width of the window, in CSS pixels.
func (p *tab) size(width, height int) {
	p.Helper()
	p.ask("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// media sets the colours that the reader prefers, and that nothing moves.
func (p *tab) media(scheme, kind string) {
	p.Helper()
	features := []map[string]string{{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}
	p.ask("Emulation.setEmulatedMedia", map[string]any{"media": kind, "features": features}, nil)
}

// open loads an address, and waits until it has loaded.
func (p *tab) open(address string) {
	p.Helper()
	var went struct{ ErrorText string }
	p.ask("Page.navigate", map[string]any{"url": address}, &went)
	if went.ErrorText != "" {
		p.Fatalf("%s: %s", address, went.ErrorText)
	}
	p.until("document.readyState == 'complete' && location.href != 'about:blank'")
}

// until waits for a condition that the page comes to by itself.
func (p *tab) until(condition string) {
	p.Helper()
	for start := time.Now(); time.Since(start) < 60*time.Second; time.Sleep(20 * time.Millisecond) {
		var holds bool
		if p.try(condition, &holds) == nil && holds {
			return
		}
	}
	p.Fatalf("the page never came to: %s", condition)
}

// eval gives the value of a JavaScript expression in the page.
func (p *tab) eval(expression string, value any) {
	p.Helper()
	if err := p.try(expression, value); err != nil {
		p.Fatal(err)
	}
}

func (p *tab) try(expression string, value any) error {
	raw, err := p.c.ask(p.session, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true})
	if err != nil {
		return err
	}
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return err
	}
	if out.ExceptionDetails != nil {
		return fmt.Errorf("%s %s", out.ExceptionDetails.Text, out.ExceptionDetails.Exception.Description)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(out.Result.Value, value)
}

// press presses a key.
func (p *tab) press(key string) {
	p.Helper()
	down := map[string]any{"type": "keyDown", "key": key}
	if len(key) == 1 {
		down["text"] = key
	}
	p.ask("Input.dispatchKeyEvent", down, nil)
	p.ask("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

// data is what a command returns as base64.
func (p *tab) data(method string, params map[string]any) []byte {
	p.Helper()
	var got struct{ Data string }
	p.ask(method, params, &got)
	data, err := base64.StdEncoding.DecodeString(got.Data)
	if err != nil {
		p.Fatal(err)
	}
	return data
}
