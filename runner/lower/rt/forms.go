package rt

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"time"
)

var _ = fmt.Sprint

// A form is how a value of the program stands in an interface whose methods
// compiled code calls: with those methods, and no others.
type form func(V) any

var forms = map[string]form{
	"error":                  func(v V) any { return vError{v} },
	"errorUnwrap":            func(v V) any { return vErrorUnwrap{v} },
	"errorUnwraps":           func(v V) any { return vErrorUnwraps{v} },
	"errorIs":                func(v V) any { return vErrorIs{v} },
	"errorAs":                func(v V) any { return vErrorAs{v} },
	"errorUnwrapIs":          func(v V) any { return vErrorUnwrapIs{v} },
	"errorTimeout":           func(v V) any { return vErrorTimeout{v} },
	"errorTimeoutUnwrap":     func(v V) any { return vErrorTimeoutUnwrap{v} },
	"errorTimeoutIs":         func(v V) any { return vErrorTimeoutIs{v} },
	"errorNet":               func(v V) any { return vErrorNet{v} },
	"errorNetUnwrap":         func(v V) any { return vErrorNetUnwrap{v} },
	"errorTemporary":         func(v V) any { return vErrorTemporary{v} },
	"errorTemporaryUnwrap":   func(v V) any { return vErrorTemporaryUnwrap{v} },
	"errorString":            func(v V) any { return vErrorString{v} },
	"stringer":               func(v V) any { return vStringer{v} },
	"reader":                 func(v V) any { return vReader{v} },
	"writer":                 func(v V) any { return vWriter{v} },
	"closer":                 func(v V) any { return vCloser{v} },
	"writerString":           func(v V) any { return vWriterString{v} },
	"readWriter":             func(v V) any { return vReadWriter{v} },
	"readCloser":             func(v V) any { return vReadCloser{v} },
	"writeCloser":            func(v V) any { return vWriteCloser{v} },
	"readWriteCloser":        func(v V) any { return vReadWriteCloser{v} },
	"readerWriterTo":         func(v V) any { return vReaderWriterTo{v} },
	"writerReaderFrom":       func(v V) any { return vWriterReaderFrom{v} },
	"writerStringWriter":     func(v V) any { return vWriterStringWriter{v} },
	"readWriterString":       func(v V) any { return vReadWriterString{v} },
	"readerByteReader":       func(v V) any { return vReaderByteReader{v} },
	"readWriteAll":           func(v V) any { return vReadWriteAll{v} },
	"readWriteCloseAll":      func(v V) any { return vReadWriteCloseAll{v} },
	"tcpConn":                func(v V) any { return vTcpConn{v} },
	"readWriteSeeker":        func(v V) any { return vReadWriteSeeker{v} },
	"responseHijacker":       func(v V) any { return vResponseHijacker{v} },
	"responseFlushHijacker":  func(v V) any { return vResponseFlushHijacker{vResponseHijacker{v}} },
	"responseFlusher":        func(v V) any { return vResponseFlusher{v} },
	"responseUnwrapper":      func(v V) any { return vResponseUnwrapper{v} },
	"responseFlushUnwrapper": func(v V) any { return vResponseFlushUnwrapper{v} },
	"logHandler":             func(v V) any { return vLogHandler{v} },
	"logLeveler":             func(v V) any { return vLogLeveler{v} },
	"readSeekerWriterTo":     func(v V) any { return vReadSeekerWriterTo{v} },
	"roundTripperIdle":       func(v V) any { return vRoundTripperIdle{v} },
	"cookieJar":              func(v V) any { return vCookieJar{v} },
	"textMarshaler":          func(v V) any { return vTextMarshaler{v} },
	"textUnmarshaler":        func(v V) any { return vTextUnmarshaler{v} },
	"textBoth":               func(v V) any { return vTextBoth{vTextMarshaler{v}} },
	"jsonMarshaler":          func(v V) any { return vJsonMarshaler{v} },
	"jsonBoth":               func(v V) any { return vJsonBoth{v} },
	"logValuer":              func(v V) any { return vLogValuer{v} },
	"readerFrom":             func(v V) any { return vReaderFrom{v} },
	"writerTo":               func(v V) any { return vWriterTo{v} },
	"readerAt":               func(v V) any { return vReaderAt{v} },
	"readSeeker":             func(v V) any { return vReadSeeker{v} },
	"byteReader":             func(v V) any { return vByteReader{v} },
	"locker":                 func(v V) any { return vLocker{v} },
	"sort":                   func(v V) any { return vSort{v} },
	"heap":                   func(v V) any { return vHeap{v} },
	"handler":                func(v V) any { return vHandler{v} },
	"roundTripper":           func(v V) any { return vRoundTripper{v} },
	"responseWriter":         func(v V) any { return vResponseWriter{v} },
	"addr":                   func(v V) any { return vAddr{v} },
	"listener":               func(v V) any { return vListener{v} },
	"conn":                   func(v V) any { return vConn{v} },
	"context":                func(v V) any { return vContext{v} },
	"flagValue":              func(v V) any { return flagForm(v, 0) },
	"flagGetter":             func(v V) any { return flagForm(v, gets) },
	"flagBool":               func(v V) any { return flagForm(v, isBool) },
	"flagBoolGetter":         func(v V) any { return flagForm(v, gets|isBool) },
	"signal":                 func(v V) any { return vSignal{v} },
	"randSource":             func(v V) any { return vRandSource{v} },
	"randSource64":           func(v V) any { return vRandSource64{vRandSource{v}} },
	"randSourceV2":           func(v V) any { return vRandSourceV2{v} },
	"hash":                   func(v V) any { return vHash{v} },
	"block":                  func(v V) any { return vBlock{v} },
	"color":                  func(v V) any { return vColor{v} },
	"image":                  func(v V) any { return vImage{v} },
	"imageOpaque":            func(v V) any { return vImageOpaque{vImage{v}} },
	"drawImage":              func(v V) any { return vDrawImage{vImage{v}} },
	"drawImageAll":           func(v V) any { return vDrawImageAll{vDrawImage{vImage{v}}} },
}

// formOf is the form with that name.
func formOf(name string) form {
	for _, list := range []map[string]form{forms, fileForms, responseForms, streamForms, errorForms} {
		if f := list[name]; f != nil {
			return f
		}
	}
	return nil
}

// to is a result of a method of the program.
func to[T any](v interface{ Interface() any }) T {
	x, _ := v.Interface().(T)
	return x
}

type vError struct{ V }

func (v vError) Error() string { return to[string](v.call("Error")[0]) }

type vErrorUnwrap struct{ V }

func (v vErrorUnwrap) Error() string { return to[string](v.call("Error")[0]) }
func (v vErrorUnwrap) Unwrap() error { return to[error](v.call("Unwrap")[0]) }

type vErrorUnwraps struct{ V }

func (v vErrorUnwraps) Error() string   { return to[string](v.call("Error")[0]) }
func (v vErrorUnwraps) Unwrap() []error { return to[[]error](v.call("Unwrap")[0]) }

type vErrorIs struct{ V }

func (v vErrorIs) Error() string    { return to[string](v.call("Error")[0]) }
func (v vErrorIs) Is(a0 error) bool { return to[bool](v.call("Is", a0)[0]) }

type vErrorAs struct{ V }

func (v vErrorAs) Error() string  { return to[string](v.call("Error")[0]) }
func (v vErrorAs) As(a0 any) bool { return to[bool](v.call("As", a0)[0]) }

type vErrorUnwrapIs struct{ V }

func (v vErrorUnwrapIs) Error() string    { return to[string](v.call("Error")[0]) }
func (v vErrorUnwrapIs) Unwrap() error    { return to[error](v.call("Unwrap")[0]) }
func (v vErrorUnwrapIs) Is(a0 error) bool { return to[bool](v.call("Is", a0)[0]) }

type vErrorTimeout struct{ V }

func (v vErrorTimeout) Error() string { return to[string](v.call("Error")[0]) }
func (v vErrorTimeout) Timeout() bool { return to[bool](v.call("Timeout")[0]) }

type vErrorTimeoutUnwrap struct{ V }

func (v vErrorTimeoutUnwrap) Error() string { return to[string](v.call("Error")[0]) }
func (v vErrorTimeoutUnwrap) Timeout() bool { return to[bool](v.call("Timeout")[0]) }
func (v vErrorTimeoutUnwrap) Unwrap() error { return to[error](v.call("Unwrap")[0]) }

type vErrorTimeoutIs struct{ V }

func (v vErrorTimeoutIs) Error() string    { return to[string](v.call("Error")[0]) }
func (v vErrorTimeoutIs) Timeout() bool    { return to[bool](v.call("Timeout")[0]) }
func (v vErrorTimeoutIs) Is(a0 error) bool { return to[bool](v.call("Is", a0)[0]) }

type vErrorNet struct{ V }

func (v vErrorNet) Error() string   { return to[string](v.call("Error")[0]) }
func (v vErrorNet) Timeout() bool   { return to[bool](v.call("Timeout")[0]) }
func (v vErrorNet) Temporary() bool { return to[bool](v.call("Temporary")[0]) }

type vErrorNetUnwrap struct{ V }

func (v vErrorNetUnwrap) Error() string   { return to[string](v.call("Error")[0]) }
func (v vErrorNetUnwrap) Timeout() bool   { return to[bool](v.call("Timeout")[0]) }
func (v vErrorNetUnwrap) Temporary() bool { return to[bool](v.call("Temporary")[0]) }
func (v vErrorNetUnwrap) Unwrap() error   { return to[error](v.call("Unwrap")[0]) }

type vErrorTemporary struct{ V }

func (v vErrorTemporary) Error() string   { return to[string](v.call("Error")[0]) }
func (v vErrorTemporary) Temporary() bool { return to[bool](v.call("Temporary")[0]) }

type vErrorTemporaryUnwrap struct{ V }

func (v vErrorTemporaryUnwrap) Error() string   { return to[string](v.call("Error")[0]) }
func (v vErrorTemporaryUnwrap) Temporary() bool { return to[bool](v.call("Temporary")[0]) }
func (v vErrorTemporaryUnwrap) Unwrap() error   { return to[error](v.call("Unwrap")[0]) }

type vErrorString struct{ V }

func (v vErrorString) Error() string  { return to[string](v.call("Error")[0]) }
func (v vErrorString) String() string { return to[string](v.call("String")[0]) }

type vStringer struct{ V }

func (v vStringer) String() string { return to[string](v.call("String")[0]) }

type vReader struct{ V }

func (v vReader) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}

type vWriter struct{ V }

func (v vWriter) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}

type vCloser struct{ V }

func (v vCloser) Close() error { return to[error](v.call("Close")[0]) }

type vWriterString struct{ V }

func (v vWriterString) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vWriterString) String() string { return to[string](v.call("String")[0]) }

type vReadWriter struct{ V }

func (v vReadWriter) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriter) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}

type vReadCloser struct{ V }

func (v vReadCloser) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadCloser) Close() error { return to[error](v.call("Close")[0]) }

type vWriteCloser struct{ V }

func (v vWriteCloser) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vWriteCloser) Close() error { return to[error](v.call("Close")[0]) }

type vReadWriteCloser struct{ V }

func (v vReadWriteCloser) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteCloser) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteCloser) Close() error { return to[error](v.call("Close")[0]) }

type vReaderWriterTo struct{ V }

func (v vReaderWriterTo) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReaderWriterTo) WriteTo(a0 io.Writer) (int64, error) {
	r := v.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}

type vWriterReaderFrom struct{ V }

func (v vWriterReaderFrom) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vWriterReaderFrom) ReadFrom(a0 io.Reader) (int64, error) {
	r := v.call("ReadFrom", a0)
	return to[int64](r[0]), to[error](r[1])
}

type vWriterStringWriter struct{ V }

func (v vWriterStringWriter) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vWriterStringWriter) WriteString(a0 string) (int, error) {
	r := v.call("WriteString", a0)
	return to[int](r[0]), to[error](r[1])
}

type vReadWriterString struct{ V }

func (v vReadWriterString) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriterString) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriterString) String() string { return to[string](v.call("String")[0]) }

type vReaderByteReader struct{ V }

func (v vReaderByteReader) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReaderByteReader) ReadByte() (byte, error) {
	r := v.call("ReadByte")
	return to[byte](r[0]), to[error](r[1])
}

type vReadWriteAll struct{ V }

func (v vReadWriteAll) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteAll) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteAll) ReadFrom(a0 io.Reader) (int64, error) {
	r := v.call("ReadFrom", a0)
	return to[int64](r[0]), to[error](r[1])
}
func (v vReadWriteAll) WriteTo(a0 io.Writer) (int64, error) {
	r := v.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}
func (v vReadWriteAll) WriteString(a0 string) (int, error) {
	r := v.call("WriteString", a0)
	return to[int](r[0]), to[error](r[1])
}

type vReadWriteCloseAll struct{ V }

func (v vReadWriteCloseAll) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteCloseAll) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteCloseAll) Close() error { return to[error](v.call("Close")[0]) }
func (v vReadWriteCloseAll) ReadFrom(a0 io.Reader) (int64, error) {
	r := v.call("ReadFrom", a0)
	return to[int64](r[0]), to[error](r[1])
}
func (v vReadWriteCloseAll) WriteTo(a0 io.Writer) (int64, error) {
	r := v.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}
func (v vReadWriteCloseAll) WriteString(a0 string) (int, error) {
	r := v.call("WriteString", a0)
	return to[int](r[0]), to[error](r[1])
}

type vTcpConn struct{ V }

func (v vTcpConn) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vTcpConn) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vTcpConn) Close() error                   { return to[error](v.call("Close")[0]) }
func (v vTcpConn) LocalAddr() net.Addr            { return to[net.Addr](v.call("LocalAddr")[0]) }
func (v vTcpConn) RemoteAddr() net.Addr           { return to[net.Addr](v.call("RemoteAddr")[0]) }
func (v vTcpConn) SetDeadline(a0 time.Time) error { return to[error](v.call("SetDeadline", a0)[0]) }
func (v vTcpConn) SetReadDeadline(a0 time.Time) error {
	return to[error](v.call("SetReadDeadline", a0)[0])
}
func (v vTcpConn) SetWriteDeadline(a0 time.Time) error {
	return to[error](v.call("SetWriteDeadline", a0)[0])
}
func (v vTcpConn) ReadFrom(a0 io.Reader) (int64, error) {
	r := v.call("ReadFrom", a0)
	return to[int64](r[0]), to[error](r[1])
}
func (v vTcpConn) WriteTo(a0 io.Writer) (int64, error) {
	r := v.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}

type vReadWriteSeeker struct{ V }

func (v vReadWriteSeeker) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteSeeker) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadWriteSeeker) Seek(a0 int64, a1 int) (int64, error) {
	r := v.call("Seek", a0, a1)
	return to[int64](r[0]), to[error](r[1])
}

type vResponseHijacker struct{ V }

func (v vResponseHijacker) Header() http.Header { return to[http.Header](v.call("Header")[0]) }
func (v vResponseHijacker) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vResponseHijacker) WriteHeader(a0 int) { v.call("WriteHeader", a0) }
func (v vResponseHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r := v.call("Hijack")
	return to[net.Conn](r[0]), to[*bufio.ReadWriter](r[1]), to[error](r[2])
}

type vResponseFlushHijacker struct{ vResponseHijacker }

func (v vResponseFlushHijacker) Flush() { v.call("Flush") }

type vResponseFlusher struct{ V }

func (v vResponseFlusher) Header() http.Header { return to[http.Header](v.call("Header")[0]) }
func (v vResponseFlusher) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vResponseFlusher) WriteHeader(a0 int) { v.call("WriteHeader", a0) }
func (v vResponseFlusher) Flush()             { v.call("Flush") }

type vTextMarshaler struct{ V }

func (v vTextMarshaler) MarshalText() ([]byte, error) {
	r := v.call("MarshalText")
	return to[[]byte](r[0]), to[error](r[1])
}

type vTextUnmarshaler struct{ V }

func (v vTextUnmarshaler) UnmarshalText(a0 []byte) error {
	return to[error](v.call("UnmarshalText", a0)[0])
}

type vTextBoth struct{ vTextMarshaler }

func (v vTextBoth) UnmarshalText(a0 []byte) error {
	return to[error](v.call("UnmarshalText", a0)[0])
}

type vJsonMarshaler struct{ V }

func (v vJsonMarshaler) MarshalJSON() ([]byte, error) {
	r := v.call("MarshalJSON")
	return to[[]byte](r[0]), to[error](r[1])
}

type vJsonBoth struct{ V }

func (v vJsonBoth) MarshalJSON() ([]byte, error) {
	r := v.call("MarshalJSON")
	return to[[]byte](r[0]), to[error](r[1])
}
func (v vJsonBoth) UnmarshalJSON(a0 []byte) error { return to[error](v.call("UnmarshalJSON", a0)[0]) }

type vLogValuer struct{ V }

func (v vLogValuer) LogValue() slog.Value {
	defer func() {
		if recover() != nil {
			giveUp("show the stack of a LogValue that panics") // package log/slog would
		}
	}()
	x := to[slog.Value](v.call("LogValue")[0])
	if !calledBy("log/slog.Value.Resolve") {
		return x
	}
	// Package log/slog calls it so many times, and then names the type of the first
	// value: it would name that of the form.
	for range maxLogValues - 1 {
		if x.Kind() != slog.KindLogValuer {
			return x
		}
		x = x.LogValuer().LogValue()
	}
	return slog.AnyValue(fmt.Errorf("LogValue called too many times on Value of type %s", v.t.name))
}

// maxLogValues is the constant of that name of package log/slog.
const maxLogValues = 100

type vReaderFrom struct{ V }

func (v vReaderFrom) ReadFrom(a0 io.Reader) (int64, error) {
	r := v.call("ReadFrom", a0)
	return to[int64](r[0]), to[error](r[1])
}

type vWriterTo struct{ V }

func (v vWriterTo) WriteTo(a0 io.Writer) (int64, error) {
	r := v.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}

type vReaderAt struct{ V }

func (v vReaderAt) ReadAt(a0 []byte, a1 int64) (int, error) {
	r := v.call("ReadAt", a0, a1)
	return to[int](r[0]), to[error](r[1])
}

type vReadSeeker struct{ V }

func (v vReadSeeker) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadSeeker) Seek(a0 int64, a1 int) (int64, error) {
	r := v.call("Seek", a0, a1)
	return to[int64](r[0]), to[error](r[1])
}

type vByteReader struct{ V }

func (v vByteReader) ReadByte() (byte, error) {
	r := v.call("ReadByte")
	return to[byte](r[0]), to[error](r[1])
}

type vLocker struct{ V }

func (v vLocker) Lock()   { v.call("Lock") }
func (v vLocker) Unlock() { v.call("Unlock") }

type vSort struct{ V }

func (v vSort) Len() int                 { return to[int](v.call("Len")[0]) }
func (v vSort) Less(a0 int, a1 int) bool { return to[bool](v.call("Less", a0, a1)[0]) }
func (v vSort) Swap(a0 int, a1 int)      { v.call("Swap", a0, a1) }

type vHeap struct{ V }

func (v vHeap) Len() int                 { return to[int](v.call("Len")[0]) }
func (v vHeap) Less(a0 int, a1 int) bool { return to[bool](v.call("Less", a0, a1)[0]) }
func (v vHeap) Swap(a0 int, a1 int)      { v.call("Swap", a0, a1) }
func (v vHeap) Push(a0 any)              { v.call("Push", a0) }
func (v vHeap) Pop() any                 { return to[any](v.call("Pop")[0]) }

type vHandler struct{ V }

func (v vHandler) ServeHTTP(a0 http.ResponseWriter, a1 *http.Request) { v.call("ServeHTTP", a0, a1) }

type vRoundTripperIdle struct{ V }

func (v vRoundTripperIdle) RoundTrip(a0 *http.Request) (*http.Response, error) {
	return v.roundTrip(a0)
}
func (v vRoundTripperIdle) CloseIdleConnections() { v.call("CloseIdleConnections") }

type vCookieJar struct{ V }

func (v vCookieJar) Cookies(a0 *url.URL) []*http.Cookie {
	return to[[]*http.Cookie](v.call("Cookies", a0)[0])
}
func (v vCookieJar) SetCookies(a0 *url.URL, a1 []*http.Cookie) { v.call("SetCookies", a0, a1) }

type vResponseUnwrapper struct{ V }

func (v vResponseUnwrapper) Header() http.Header { return to[http.Header](v.call("Header")[0]) }
func (v vResponseUnwrapper) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vResponseUnwrapper) WriteHeader(a0 int) { v.call("WriteHeader", a0) }
func (v vResponseUnwrapper) Unwrap() http.ResponseWriter {
	return to[http.ResponseWriter](v.call("Unwrap")[0])
}

type vResponseFlushUnwrapper struct{ V }

func (v vResponseFlushUnwrapper) Header() http.Header { return to[http.Header](v.call("Header")[0]) }
func (v vResponseFlushUnwrapper) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vResponseFlushUnwrapper) WriteHeader(a0 int) { v.call("WriteHeader", a0) }
func (v vResponseFlushUnwrapper) Flush()             { v.call("Flush") }
func (v vResponseFlushUnwrapper) Unwrap() http.ResponseWriter {
	return to[http.ResponseWriter](v.call("Unwrap")[0])
}

type vLogHandler struct{ V }

func (v vLogHandler) Enabled(a0 context.Context, a1 slog.Level) bool {
	return to[bool](v.call("Enabled", a0, a1)[0])
}
func (v vLogHandler) Handle(a0 context.Context, a1 slog.Record) error {
	return to[error](v.call("Handle", a0, a1)[0])
}
func (v vLogHandler) WithAttrs(a0 []slog.Attr) slog.Handler {
	return to[slog.Handler](v.call("WithAttrs", a0)[0])
}
func (v vLogHandler) WithGroup(a0 string) slog.Handler {
	return to[slog.Handler](v.call("WithGroup", a0)[0])
}

type vLogLeveler struct{ V }

func (v vLogLeveler) Level() slog.Level { return to[slog.Level](v.call("Level")[0]) }

type vReadSeekerWriterTo struct{ V }

func (v vReadSeekerWriterTo) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vReadSeekerWriterTo) Seek(a0 int64, a1 int) (int64, error) {
	r := v.call("Seek", a0, a1)
	return to[int64](r[0]), to[error](r[1])
}
func (v vReadSeekerWriterTo) WriteTo(a0 io.Writer) (int64, error) {
	r := v.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}

type vRoundTripper struct{ V }

func (v vRoundTripper) RoundTrip(a0 *http.Request) (*http.Response, error) {
	return v.roundTrip(a0)
}

// roundTrip is the method RoundTrip of the program. Package net/http would name the
// type of the form.
func (v V) roundTrip(a0 *http.Request) (*http.Response, error) {
	r := v.call("RoundTrip", a0)
	res, err := to[*http.Response](r[0]), to[error](r[1])
	if res == nil && err == nil {
		err = fmt.Errorf("http: RoundTripper implementation (%s) returned a nil *Response with a nil error", v.t.name)
	}
	return res, err
}

type vResponseWriter struct{ V }

func (v vResponseWriter) Header() http.Header { return to[http.Header](v.call("Header")[0]) }
func (v vResponseWriter) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vResponseWriter) WriteHeader(a0 int) { v.call("WriteHeader", a0) }

type vAddr struct{ V }

func (v vAddr) Network() string { return to[string](v.call("Network")[0]) }
func (v vAddr) String() string  { return to[string](v.call("String")[0]) }

type vListener struct{ V }

func (v vListener) Accept() (net.Conn, error) {
	r := v.call("Accept")
	return to[net.Conn](r[0]), to[error](r[1])
}
func (v vListener) Close() error   { return to[error](v.call("Close")[0]) }
func (v vListener) Addr() net.Addr { return to[net.Addr](v.call("Addr")[0]) }

type vConn struct{ V }

func (v vConn) Read(a0 []byte) (int, error) {
	r := v.call("Read", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vConn) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vConn) Close() error                   { return to[error](v.call("Close")[0]) }
func (v vConn) LocalAddr() net.Addr            { return to[net.Addr](v.call("LocalAddr")[0]) }
func (v vConn) RemoteAddr() net.Addr           { return to[net.Addr](v.call("RemoteAddr")[0]) }
func (v vConn) SetDeadline(a0 time.Time) error { return to[error](v.call("SetDeadline", a0)[0]) }
func (v vConn) SetReadDeadline(a0 time.Time) error {
	return to[error](v.call("SetReadDeadline", a0)[0])
}
func (v vConn) SetWriteDeadline(a0 time.Time) error {
	return to[error](v.call("SetWriteDeadline", a0)[0])
}

type vContext struct{ V }

func (v vContext) Deadline() (time.Time, bool) {
	r := v.call("Deadline")
	return to[time.Time](r[0]), to[bool](r[1])
}
func (v vContext) Done() <-chan struct{} { return to[<-chan struct{}](v.call("Done")[0]) }
func (v vContext) Err() error            { return to[error](v.call("Err")[0]) }
func (v vContext) Value(a0 any) any      { return to[any](v.call("Value", a0)[0]) }

// vFlagValue is the form of the Nth type of the program that is a flag.Value. Package
// flag compares a default with the text of the zero value, which it makes by
// reflection: of each type that must be another form.
type vFlagValue[N nth] struct{ V }

func (v vFlagValue[N]) String() string {
	if v.t == nil {
		var n N
		return zeroFlag(flagTypes[n.index()])
	}
	return to[string](v.call("String")[0])
}

func (v vFlagValue[N]) Set(a0 string) error { return to[error](v.call("Set", a0)[0]) }

type nth interface{ index() int }

type (
	nth0 struct{}
	nth1 struct{}
	nth2 struct{}
	nth3 struct{}
	nth4 struct{}
	nth5 struct{}
)

func (nth0) index() int { return 0 }
func (nth1) index() int { return 1 }
func (nth2) index() int { return 2 }
func (nth3) index() int { return 3 }
func (nth4) index() int { return 4 }
func (nth5) index() int { return 5 }

// vFlagGetter is that of a flag.Getter.
type vFlagGetter[N nth] struct{ vFlagValue[N] }

func (v vFlagGetter[N]) Get() any { return to[any](v.call("Get")[0]) }

// vFlagBool is that of one that can stand alone.
type vFlagBool[N nth] struct{ vFlagValue[N] }

func (v vFlagBool[N]) IsBoolFlag() bool { return to[bool](v.call("IsBoolFlag")[0]) }

// vFlagBoolGetter is that of one with both.
type vFlagBoolGetter[N nth] struct{ vFlagBool[N] }

func (v vFlagBoolGetter[N]) Get() any { return to[any](v.call("Get")[0]) }

// flagMethods are what a flag.Value can do that it need not.
type flagMethods int

const (
	gets flagMethods = 1 << iota
	isBool
)

func flagOf[N nth](v V, has flagMethods) any {
	switch x := (vFlagValue[N]{v}); has {
	case gets:
		return vFlagGetter[N]{x}
	case isBool:
		return vFlagBool[N]{x}
	case gets | isBool:
		return vFlagBoolGetter[N]{vFlagBool[N]{x}}
	default:
		return x
	}
}

var flagForms = []func(v V, has flagMethods) any{flagOf[nth0], flagOf[nth1], flagOf[nth2], flagOf[nth3], flagOf[nth4], flagOf[nth5]}

// flagTypes are the types of the program whose form is a vFlagValue.
var flagTypes []*Type

func flagForm(v V, has flagMethods) any {
	n := slices.Index(flagTypes, v.t)
	if n >= len(flagForms) {
		giveUp("tell the default values of flags of so many types apart")
	}
	return flagForms[n](v, has)
}

// zeroFlag is the text of the zero value of t.
func zeroFlag(t *Type) string {
	defer func() {
		if recover() != nil {
			giveUp("name the type of a flag whose zero value has no text")
		}
	}()
	return V{t, t.zero()}.String()
}

// zero is the zero value of a type with a method String, or a pointer to that
// of the type that it points to.
func (t *Type) zero() any {
	switch in := t.methods["String"].Type().In(0); in.Kind() {
	case reflect.Pointer:
		return reflect.New(in.Elem()).Interface()
	case reflect.UnsafePointer:
		return reflect.New(t.elem).UnsafePointer()
	default:
		return reflect.Zero(in).Interface()
	}
}

type vSignal struct{ V }

func (v vSignal) Signal()        { v.call("Signal") }
func (v vSignal) String() string { return to[string](v.call("String")[0]) }

type vRandSource struct{ V }

func (v vRandSource) Int63() int64  { return to[int64](v.call("Int63")[0]) }
func (v vRandSource) Seed(a0 int64) { v.call("Seed", a0) }

type vRandSource64 struct{ vRandSource }

func (v vRandSource64) Uint64() uint64 { return to[uint64](v.call("Uint64")[0]) }

type vRandSourceV2 struct{ V }

func (v vRandSourceV2) Uint64() uint64 { return to[uint64](v.call("Uint64")[0]) }

type vHash struct{ V }

func (v vHash) Write(a0 []byte) (int, error) {
	r := v.call("Write", a0)
	return to[int](r[0]), to[error](r[1])
}
func (v vHash) Sum(a0 []byte) []byte { return to[[]byte](v.call("Sum", a0)[0]) }
func (v vHash) Reset()               { v.call("Reset") }
func (v vHash) Size() int            { return to[int](v.call("Size")[0]) }
func (v vHash) BlockSize() int       { return to[int](v.call("BlockSize")[0]) }

type vBlock struct{ V }

func (v vBlock) BlockSize() int        { return to[int](v.call("BlockSize")[0]) }
func (v vBlock) Encrypt(a0, a1 []byte) { v.call("Encrypt", a0, a1) }
func (v vBlock) Decrypt(a0, a1 []byte) { v.call("Decrypt", a0, a1) }

type vColor struct{ V }

func (v vColor) RGBA() (r, g, b, a uint32) {
	x := v.call("RGBA")
	return to[uint32](x[0]), to[uint32](x[1]), to[uint32](x[2]), to[uint32](x[3])
}

type vImage struct{ V }

func (v vImage) ColorModel() color.Model   { return to[color.Model](v.call("ColorModel")[0]) }
func (v vImage) Bounds() image.Rectangle   { return to[image.Rectangle](v.call("Bounds")[0]) }
func (v vImage) At(a0, a1 int) color.Color { return to[color.Color](v.call("At", a0, a1)[0]) }

type vImageOpaque struct{ vImage }

func (v vImageOpaque) Opaque() bool { return to[bool](v.call("Opaque")[0]) }

type vDrawImage struct{ vImage }

func (v vDrawImage) Set(a0, a1 int, a2 color.Color) { v.call("Set", a0, a1, a2) }

type vDrawImageAll struct{ vDrawImage }

func (v vDrawImageAll) Opaque() bool { return to[bool](v.call("Opaque")[0]) }
func (v vDrawImageAll) RGBA64At(a0, a1 int) color.RGBA64 {
	return to[color.RGBA64](v.call("RGBA64At", a0, a1)[0])
}
func (v vDrawImageAll) SetRGBA64(a0, a1 int, a2 color.RGBA64) { v.call("SetRGBA64", a0, a1, a2) }
