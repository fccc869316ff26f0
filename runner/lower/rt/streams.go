package rt

import "io"

// The methods that io.Copy, io.WriteString and bufio look for in a reader or a writer,
// one type each, so that a form can have those that the type of the program has.
type (
	vTo   struct{ to V }
	vFrom struct{ from V }
	vText struct{ text V }
	vSeek struct{ seek V }
	vAt   struct{ at V }
)

func (v vTo) WriteTo(a0 io.Writer) (int64, error) {
	r := v.to.call("WriteTo", a0)
	return to[int64](r[0]), to[error](r[1])
}

func (v vFrom) ReadFrom(a0 io.Reader) (int64, error) {
	r := v.from.call("ReadFrom", a0)
	return to[int64](r[0]), to[error](r[1])
}

func (v vText) WriteString(a0 string) (int, error) {
	r := v.text.call("WriteString", a0)
	return to[int](r[0]), to[error](r[1])
}

func (v vSeek) Seek(a0 int64, a1 int) (int64, error) {
	r := v.seek.call("Seek", a0, a1)
	return to[int64](r[0]), to[error](r[1])
}

func (v vAt) ReadAt(a0 []byte, a1 int64) (int, error) {
	r := v.at.call("ReadAt", a0, a1)
	return to[int](r[0]), to[error](r[1])
}

func (v vAt) WriteAt(a0 []byte, a1 int64) (int, error) {
	r := v.at.call("WriteAt", a0, a1)
	return to[int](r[0]), to[error](r[1])
}

// streamForms are forms of readers and writers with these methods, as those have that
// embed a *bufio.Reader, a *bufio.ReadWriter or a *net.TCPConn.
var streamForms = map[string]form{
	"writerHasFromString": func(v V) any {
		return struct {
			vWriter
			vFrom
			vText
		}{vWriter{v}, vFrom{v}, vText{v}}
	},
	"readWriterHasTo": func(v V) any {
		return struct {
			vReadWriter
			vTo
		}{vReadWriter{v}, vTo{v}}
	},
	"readWriterHasFrom": func(v V) any {
		return struct {
			vReadWriter
			vFrom
		}{vReadWriter{v}, vFrom{v}}
	},
	"readWriterHasString": func(v V) any {
		return struct {
			vReadWriter
			vText
		}{vReadWriter{v}, vText{v}}
	},
	"readWriterHasToFrom": func(v V) any {
		return struct {
			vReadWriter
			vTo
			vFrom
		}{vReadWriter{v}, vTo{v}, vFrom{v}}
	},
	"readWriterHasToString": func(v V) any {
		return struct {
			vReadWriter
			vTo
			vText
		}{vReadWriter{v}, vTo{v}, vText{v}}
	},
	"readWriterHasFromString": func(v V) any {
		return struct {
			vReadWriter
			vFrom
			vText
		}{vReadWriter{v}, vFrom{v}, vText{v}}
	},
	"readCloserHasTo": func(v V) any {
		return struct {
			vReadCloser
			vTo
		}{vReadCloser{v}, vTo{v}}
	},
	"writeCloserHasFrom": func(v V) any {
		return struct {
			vWriteCloser
			vFrom
		}{vWriteCloser{v}, vFrom{v}}
	},
	"writeCloserHasString": func(v V) any {
		return struct {
			vWriteCloser
			vText
		}{vWriteCloser{v}, vText{v}}
	},
	"writeCloserHasFromString": func(v V) any {
		return struct {
			vWriteCloser
			vFrom
			vText
		}{vWriteCloser{v}, vFrom{v}, vText{v}}
	},
	"readWriteCloserHasTo": func(v V) any {
		return struct {
			vReadWriteCloser
			vTo
		}{vReadWriteCloser{v}, vTo{v}}
	},
	"readWriteCloserHasFrom": func(v V) any {
		return struct {
			vReadWriteCloser
			vFrom
		}{vReadWriteCloser{v}, vFrom{v}}
	},
	"readWriteCloserHasString": func(v V) any {
		return struct {
			vReadWriteCloser
			vText
		}{vReadWriteCloser{v}, vText{v}}
	},
	"readWriteCloserHasToFrom": func(v V) any {
		return struct {
			vReadWriteCloser
			vTo
			vFrom
		}{vReadWriteCloser{v}, vTo{v}, vFrom{v}}
	},
	"readWriteCloserHasToString": func(v V) any {
		return struct {
			vReadWriteCloser
			vTo
			vText
		}{vReadWriteCloser{v}, vTo{v}, vText{v}}
	},
	"readWriteCloserHasFromString": func(v V) any {
		return struct {
			vReadWriteCloser
			vFrom
			vText
		}{vReadWriteCloser{v}, vFrom{v}, vText{v}}
	},
	"connHasTo": func(v V) any {
		return struct {
			vConn
			vTo
		}{vConn{v}, vTo{v}}
	},
	"connHasFrom": func(v V) any {
		return struct {
			vConn
			vFrom
		}{vConn{v}, vFrom{v}}
	},
	"connHasString": func(v V) any {
		return struct {
			vConn
			vText
		}{vConn{v}, vText{v}}
	},
	"connHasToString": func(v V) any {
		return struct {
			vConn
			vTo
			vText
		}{vConn{v}, vTo{v}, vText{v}}
	},
	"connHasFromString": func(v V) any {
		return struct {
			vConn
			vFrom
			vText
		}{vConn{v}, vFrom{v}, vText{v}}
	},
	"connHasToFromString": func(v V) any {
		return struct {
			vConn
			vTo
			vFrom
			vText
		}{vConn{v}, vTo{v}, vFrom{v}, vText{v}}
	},
	"osFile": func(v V) any {
		return struct {
			vReadWriteCloser
			vTo
			vFrom
			vText
			vSeek
			vAt
		}{vReadWriteCloser{v}, vTo{v}, vFrom{v}, vText{v}, vSeek{v}, vAt{v}}
	},
}
