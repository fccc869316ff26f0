package rt

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// Parts of forms have a method, or two that come together, that io, bufio and net/http
// look for in a value: a form can have those that the type of the program has.
type (
	flusher        struct{ v V }
	hijacker       struct{ v V }
	unwrapper      struct{ v V }
	readerFrom     struct{ v V }
	writerTo       struct{ v V }
	stringWriter   struct{ v V }
	seeker         struct{ v V }
	readerWriterAt struct{ v V }
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

func (p writerTo) WriteTo(w io.Writer) (int64, error) {
	out := p.v.call("WriteTo", w)
	return to[int64](out[0]), to[error](out[1])
}

func (p seeker) Seek(offset int64, whence int) (int64, error) {
	out := p.v.call("Seek", offset, whence)
	return to[int64](out[0]), to[error](out[1])
}

func (p readerWriterAt) ReadAt(b []byte, offset int64) (int, error) {
	out := p.v.call("ReadAt", b, offset)
	return to[int](out[0]), to[error](out[1])
}

func (p readerWriterAt) WriteAt(b []byte, offset int64) (int, error) {
	out := p.v.call("WriteAt", b, offset)
	return to[int](out[0]), to[error](out[1])
}
