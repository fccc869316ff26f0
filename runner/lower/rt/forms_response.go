package rt

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
