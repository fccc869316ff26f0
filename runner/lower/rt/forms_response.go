package rt

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// responseForms are forms of an http.ResponseWriter with more methods. Package net/http
// asks for each of these by itself.
var responseForms = map[string]form{
	"responseReaderFrom": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
		}{vResponseWriter{v}, readerFrom{v}}
	},
	"responseReaderFromFlusher": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			flusher
		}{vResponseWriter{v}, readerFrom{v}, flusher{v}}
	},
	"responseReaderFromHijacker": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			hijacker
		}{vResponseWriter{v}, readerFrom{v}, hijacker{v}}
	},
	"responseReaderFromFlusherHijacker": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			flusher
			hijacker
		}{vResponseWriter{v}, readerFrom{v}, flusher{v}, hijacker{v}}
	},
	"responseReaderFromUnwrapper": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			unwrapper
		}{vResponseWriter{v}, readerFrom{v}, unwrapper{v}}
	},
	"responseReaderFromFlusherUnwrapper": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			flusher
			unwrapper
		}{vResponseWriter{v}, readerFrom{v}, flusher{v}, unwrapper{v}}
	},
	"responseReaderFromFlusherHijackerUnwrapper": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			flusher
			hijacker
			unwrapper
		}{vResponseWriter{v}, readerFrom{v}, flusher{v}, hijacker{v}, unwrapper{v}}
	},
	"responseHijackerUnwrapper": func(v V) any {
		return struct {
			vResponseWriter
			hijacker
			unwrapper
		}{vResponseWriter{v}, hijacker{v}, unwrapper{v}}
	},
	"responseFlusherHijackerUnwrapper": func(v V) any {
		return struct {
			vResponseWriter
			flusher
			hijacker
			unwrapper
		}{vResponseWriter{v}, flusher{v}, hijacker{v}, unwrapper{v}}
	},
	"responseStringWriter": func(v V) any {
		return struct {
			vResponseWriter
			stringWriter
		}{vResponseWriter{v}, stringWriter{v}}
	},
	"responseFlusherStringWriter": func(v V) any {
		return struct {
			vResponseWriter
			flusher
			stringWriter
		}{vResponseWriter{v}, flusher{v}, stringWriter{v}}
	},
	"responseReaderFromStringWriter": func(v V) any {
		return struct {
			vResponseWriter
			readerFrom
			stringWriter
		}{vResponseWriter{v}, readerFrom{v}, stringWriter{v}}
	},
}

// A part of a form has one method.
type (
	flusher      struct{ v V }
	hijacker     struct{ v V }
	unwrapper    struct{ v V }
	readerFrom   struct{ v V }
	stringWriter struct{ v V }
)

// Flush calls the method of the program, as do those of the other parts.
func (p flusher) Flush() { p.v.call("Flush") }

func (p hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r := p.v.call("Hijack")
	return to[net.Conn](r[0]), to[*bufio.ReadWriter](r[1]), to[error](r[2])
}

func (p unwrapper) Unwrap() http.ResponseWriter {
	return to[http.ResponseWriter](p.v.call("Unwrap")[0])
}

func (p readerFrom) ReadFrom(r io.Reader) (int64, error) {
	out := p.v.call("ReadFrom", r)
	return to[int64](out[0]), to[error](out[1])
}

func (p stringWriter) WriteString(s string) (int, error) {
	out := p.v.call("WriteString", s)
	return to[int](out[0]), to[error](out[1])
}
