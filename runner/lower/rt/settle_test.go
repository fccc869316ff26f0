package rt

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"text/template"
)

// panicking is a function of the program that panics and defers a call.
func panicking(value any) {
	var d Defers
	d.Push(func(*Panic) {})
	d.Run(func() { Throw(value) })
}

// counts returns how many executions have begun to hold a panic since the last call, and
// how many of them have not ended to.
func counts(begun int64) (more, open int64) {
	n := unsettled.begun.Load()
	return n - begun, n - unsettled.ended.Load()
}

// Nothing is left of panics that compiled code recovers, and main may end at once.
func TestPanicsThatCompiledCodeRecoversAreOver(t *testing.T) {
	const many = 1000
	tests := []struct {
		name string
		do   func(*testing.T)
	}{
		{"net/http", func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panicking("served") }))
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.Start()
			defer s.Close()
			for range many {
				if r, err := s.Client().Get(s.URL); err == nil {
					r.Body.Close()
					t.Error("a request was answered")
				}
			}
		}},
		{"fmt", func(t *testing.T) {
			for range many {
				if s := fmt.Sprint(stringerFunc(func() string { panicking("printed"); return "" })); !strings.Contains(s, "PANIC=") {
					t.Fatalf("printed %q", s)
				}
			}
		}},
		{"text/template", func(t *testing.T) {
			page := template.Must(template.New("").Funcs(template.FuncMap{"f": func() string { panicking("called"); return "" }}).Parse("{{f}}"))
			for range many {
				if page.Execute(io.Discard, nil) == nil {
					t.Fatal("the template has no error")
				}
			}
		}},
		{"sync", func(t *testing.T) {
			for range many {
				f := sync.OnceFunc(func() { panicking("once") })
				for range 2 {
					if recovered(f) != "once" {
						t.Fatal("it does not panic")
					}
				}
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := unsettled.begun.Load()
			test.do(t)
			if more, open := counts(before); more != many || open != 0 {
				t.Errorf("%d panics were held, %d of them are still, want %d and 0", more, open, many)
			}
			for range 100_000 { // a server closes the connection before the panic is off the stack
				if unsettled.settled() {
					return
				}
				runtime.Gosched()
			}
			t.Error("main would wait")
		})
	}
}

type stringerFunc func() string

func (f stringerFunc) String() string { return f() }

// Main may not end while deferred calls run, nor while a panic goes from one function to
// the next, though a deferred call of compiled code takes long.
func TestPanicsUnderWayAreNotOver(t *testing.T) {
	reached, on := make(chan string), make(chan bool)
	stop := func(where string) {
		reached <- where
		<-on
	}
	over := make(chan bool)
	go func() {
		defer close(over)
		defer func() { recover() }()
		var outer Defers
		outer.Push(func(*Panic) { stop("in a deferred call after another one") })
		outer.Run(func() {
			defer stop("between functions")
			var inner Defers
			inner.Push(func(*Panic) { stop("in a deferred call") })
			inner.Run(func() { Throw("under way") })
		})
	}()
	for _, want := range []string{"in a deferred call", "between functions", "in a deferred call after another one"} {
		if at := <-reached; at != want {
			t.Errorf("the panic is %s, want %s", at, want)
		}
		if unsettled.settled() {
			t.Errorf("main would end while a panic is %s", want)
		}
		on <- true
	}
	<-over
	if _, open := counts(0); open != 0 || onStack() {
		t.Error("main would wait for a panic that is over")
	}
}

// What ends a function in another way than by a panic of the program holds none.
func TestNothingIsHeldAfterwards(t *testing.T) {
	leave := map[string]func(d *Defers){
		"recovered": func(d *Defers) {
			d.Push(func(p *Panic) { Recover(p) })
			d.Run(func() { Throw("x") })
		},
		"goexit of the program": func(d *Defers) {
			d.Push(func(*Panic) { Goexit() })
			d.Run(func() { Throw("x") })
		},
		"goexit of compiled code": func(d *Defers) {
			d.Push(func(*Panic) { runtime.Goexit() })
			d.Run(func() { Throw("x") })
		},
	}
	for name, f := range leave {
		t.Run(name, func(t *testing.T) {
			before := unsettled.begun.Load()
			over := make(chan bool)
			go func() {
				defer close(over)
				defer func() { recover() }()
				f(new(Defers))
			}()
			<-over
			if more, open := counts(before); more != 1 || open != 0 {
				t.Errorf("%d panics were held, %d of them are still, want 1 and 0", more, open)
			}
		})
	}
}
