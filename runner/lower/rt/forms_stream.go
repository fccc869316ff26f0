package rt

// streamForms are forms of readers and writers with these methods, as those have that
// embed a *bufio.Reader, a *bufio.ReadWriter or a *net.TCPConn.
var streamForms = map[string]form{
	"writerHasFromString": func(v V) any {
		return struct {
			vWriter
			readerFrom
			stringWriter
		}{vWriter{v}, readerFrom{v}, stringWriter{v}}
	},
	"readWriterHasTo": func(v V) any {
		return struct {
			vReadWriter
			writerTo
		}{vReadWriter{v}, writerTo{v}}
	},
	"readWriterHasFrom": func(v V) any {
		return struct {
			vReadWriter
			readerFrom
		}{vReadWriter{v}, readerFrom{v}}
	},
	"readWriterHasString": func(v V) any {
		return struct {
			vReadWriter
			stringWriter
		}{vReadWriter{v}, stringWriter{v}}
	},
	"readWriterHasToFrom": func(v V) any {
		return struct {
			vReadWriter
			writerTo
			readerFrom
		}{vReadWriter{v}, writerTo{v}, readerFrom{v}}
	},
	"readWriterHasToString": func(v V) any {
		return struct {
			vReadWriter
			writerTo
			stringWriter
		}{vReadWriter{v}, writerTo{v}, stringWriter{v}}
	},
	"readWriterHasFromString": func(v V) any {
		return struct {
			vReadWriter
			readerFrom
			stringWriter
		}{vReadWriter{v}, readerFrom{v}, stringWriter{v}}
	},
	"readCloserHasTo": func(v V) any {
		return struct {
			vReadCloser
			writerTo
		}{vReadCloser{v}, writerTo{v}}
	},
	"writeCloserHasFrom": func(v V) any {
		return struct {
			vWriteCloser
			readerFrom
		}{vWriteCloser{v}, readerFrom{v}}
	},
	"writeCloserHasString": func(v V) any {
		return struct {
			vWriteCloser
			stringWriter
		}{vWriteCloser{v}, stringWriter{v}}
	},
	"writeCloserHasFromString": func(v V) any {
		return struct {
			vWriteCloser
			readerFrom
			stringWriter
		}{vWriteCloser{v}, readerFrom{v}, stringWriter{v}}
	},
	"readWriteCloserHasTo": func(v V) any {
		return struct {
			vReadWriteCloser
			writerTo
		}{vReadWriteCloser{v}, writerTo{v}}
	},
	"readWriteCloserHasFrom": func(v V) any {
		return struct {
			vReadWriteCloser
			readerFrom
		}{vReadWriteCloser{v}, readerFrom{v}}
	},
	"readWriteCloserHasString": func(v V) any {
		return struct {
			vReadWriteCloser
			stringWriter
		}{vReadWriteCloser{v}, stringWriter{v}}
	},
	"readWriteCloserHasToFrom": func(v V) any {
		return struct {
			vReadWriteCloser
			writerTo
			readerFrom
		}{vReadWriteCloser{v}, writerTo{v}, readerFrom{v}}
	},
	"readWriteCloserHasToString": func(v V) any {
		return struct {
			vReadWriteCloser
			writerTo
			stringWriter
		}{vReadWriteCloser{v}, writerTo{v}, stringWriter{v}}
	},
	"readWriteCloserHasFromString": func(v V) any {
		return struct {
			vReadWriteCloser
			readerFrom
			stringWriter
		}{vReadWriteCloser{v}, readerFrom{v}, stringWriter{v}}
	},
	"connHasTo": func(v V) any {
		return struct {
			vConn
			writerTo
		}{vConn{v}, writerTo{v}}
	},
	"connHasFrom": func(v V) any {
		return struct {
			vConn
			readerFrom
		}{vConn{v}, readerFrom{v}}
	},
	"connHasString": func(v V) any {
		return struct {
			vConn
			stringWriter
		}{vConn{v}, stringWriter{v}}
	},
	"connHasToString": func(v V) any {
		return struct {
			vConn
			writerTo
			stringWriter
		}{vConn{v}, writerTo{v}, stringWriter{v}}
	},
	"connHasFromString": func(v V) any {
		return struct {
			vConn
			readerFrom
			stringWriter
		}{vConn{v}, readerFrom{v}, stringWriter{v}}
	},
	"connHasToFromString": func(v V) any {
		return struct {
			vConn
			writerTo
			readerFrom
			stringWriter
		}{vConn{v}, writerTo{v}, readerFrom{v}, stringWriter{v}}
	},
	"osFile": func(v V) any {
		return struct {
			vReadWriteCloser
			writerTo
			readerFrom
			stringWriter
			seeker
			readerWriterAt
		}{vReadWriteCloser{v}, writerTo{v}, readerFrom{v}, stringWriter{v}, seeker{v}, readerWriterAt{v}}
	},
}
