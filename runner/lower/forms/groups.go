package forms

// Methods of several forms.
const (
	errorText   = "Error() string"
	as          = "As(interface {}) bool"
	is          = "Is(error) bool"
	unwrap      = "Unwrap() error"
	unwraps     = "Unwrap() []error"
	timeout     = "Timeout() bool"
	temporary   = "Temporary() bool"
	text        = "String() string"
	read        = "Read([]uint8) (int, error)"
	write       = "Write([]uint8) (int, error)"
	closes      = "Close() error"
	seek        = "Seek(int64, int) (int64, error)"
	readAt      = "ReadAt([]uint8, int64) (int, error)"
	readByte    = "ReadByte() (uint8, error)"
	readFrom    = "ReadFrom(io.Reader) (int64, error)"
	writeTo     = "WriteTo(io.Writer) (int64, error)"
	writeString = "WriteString(string) (int, error)"
	flush       = "Flush()"
	hijack      = "Hijack() (net.Conn, *bufio.ReadWriter, error)"
	unwrapHTTP  = "Unwrap() http.ResponseWriter"
	readDir     = "ReadDir(int) ([]fs.DirEntry, error)"
	readdir     = "Readdir(int) ([]fs.FileInfo, error)"
	fileStat    = "Stat() (fs.FileInfo, error)"
	fileType    = "Type() fs.FileMode"
	fileInfo    = "Info() (fs.FileInfo, error)"
	roundTrip   = "RoundTrip(*http.Request) (*http.Response, error)"
	marshalText = "MarshalText() ([]uint8, error)"
	marshalJSON = "MarshalJSON() ([]uint8, error)"
	set         = "Set(string) error"
	get         = "Get() interface {}"
	isBoolFlag  = "IsBoolFlag() bool"
	uint64s     = "Uint64() uint64"
	opaque      = "Opaque() bool"
)

// Methods that come together.
var (
	conn     = with(read, write, closes, "LocalAddr() net.Addr", "RemoteAddr() net.Addr", "SetDeadline(time.Time) error", "SetReadDeadline(time.Time) error", "SetWriteDeadline(time.Time) error")
	response = with("Header() http.Header", write, "WriteHeader(int)")
	open     = with("Open(string) (fs.File, error)")
	file     = with(fileStat, read, closes)
	osFile   = with(read, write, closes, writeTo, readFrom, writeString, seek, readAt, "WriteAt([]uint8, int64) (int, error)")
	info     = with("Name() string", "Size() int64", "Mode() fs.FileMode", "ModTime() time.Time", "IsDir() bool", "Sys() interface {}")
	sorted   = with("Len() int", "Less(int, int) bool", "Swap(int, int)")
	source   = with("Int63() int64", "Seed(int64)")
	picture  = with("ColorModel() color.Model", "Bounds() image.Rectangle", "At(int, int) color.Color")
	drawn    = and(picture, "Set(int, int, color.Color)")
)

// What package io looks for in readers and writers.
var (
	ioTo     = part{"To", writeTo}
	ioFrom   = part{"From", readFrom}
	ioString = part{"String", writeString}
)

// groups are all forms. Of two that a type could have, package lower takes the smaller
// one, then the first. A set of methods that has a name keeps it in a group that follows.
var groups = []group{
	{},

	// Package errors looks for all of these, those around net for the last two.
	{name: "error", methods: with(errorText)},
	{name: "errorUnwrap", methods: with(errorText, unwrap)},
	{name: "errorUnwraps", methods: with(errorText, unwraps)},
	{name: "errorIs", methods: with(errorText, is)},
	{name: "errorAs", methods: with(errorText, as)},
	{name: "errorUnwrapIs", methods: with(errorText, unwrap, is)},
	{name: "errorTimeout", methods: with(errorText, timeout)},
	{name: "errorTimeoutUnwrap", methods: with(errorText, timeout, unwrap)},
	{name: "errorTimeoutIs", methods: with(errorText, timeout, is)},
	{name: "errorNet", methods: with(errorText, timeout, temporary)},
	{name: "errorNetUnwrap", methods: with(errorText, timeout, temporary, unwrap)},
	{name: "errorTemporary", methods: with(errorText, temporary)},
	{name: "errorTemporaryUnwrap", methods: with(errorText, temporary, unwrap)},
	{name: "errorString", methods: with(errorText, text)},
	{more: "errorHas", methods: with(errorText), may: []part{{"Unwrap", unwrap}, {"Is", is}, {"As", as}, {"Timeout", timeout}, {"Temporary", temporary}}},
	{more: "errorHasUnwraps", methods: with(errorText, unwraps), may: []part{{"Is", is}, {"As", as}}},
	{name: "stringer", methods: with(text)},

	// Packages io, bufio and net look for more in readers and writers.
	{name: "reader", methods: with(read)},
	{name: "writer", methods: with(write)},
	{name: "closer", methods: with(closes)},
	{name: "writerString", methods: with(write, text)},
	{name: "readerWriterTo", methods: with(read, writeTo)},
	{name: "writerReaderFrom", methods: with(write, readFrom)},
	{name: "writerStringWriter", methods: with(write, writeString)},
	{name: "readWriterString", methods: with(read, write, text)},
	{name: "readerByteReader", methods: with(read, readByte)},
	{name: "readWriteAll", methods: with(read, write, readFrom, writeTo, writeString)},
	{name: "readWriteCloseAll", methods: with(read, write, closes, readFrom, writeTo, writeString)},
	{name: "readWriteSeeker", methods: with(read, write, seek)},
	{name: "readerFrom", methods: with(readFrom)},
	{name: "writerTo", methods: with(writeTo)},
	{name: "readerAt", methods: with(readAt)},
	{name: "readSeeker", methods: with(read, seek)},
	{name: "readSeekerWriterTo", methods: with(read, seek, writeTo)},
	{name: "byteReader", methods: with(readByte)},
	{more: "writerHas", methods: with(write), may: []part{ioFrom, ioString}},
	{name: "readWriter", methods: with(read, write), more: "readWriterHas", may: []part{ioTo, ioFrom, ioString}},
	{name: "readCloser", methods: with(read, closes), more: "readCloserHas", may: []part{ioTo}},
	{name: "writeCloser", methods: with(write, closes), more: "writeCloserHas", may: []part{ioFrom, ioString}},
	{name: "readWriteCloser", methods: with(read, write, closes), more: "readWriteCloserHas", may: []part{ioTo, ioFrom, ioString}},
	{name: "osFile", methods: osFile},
	{name: "osFileHasStat", methods: and(osFile, fileStat, readDir)},

	{name: "addr", methods: with("Network() string", text)},
	{name: "listener", methods: with("Accept() (net.Conn, error)", closes, "Addr() net.Addr")},
	{name: "tcpConn", methods: and(conn, readFrom, writeTo)},
	{name: "conn", methods: conn, more: "connHas", may: []part{ioTo, ioFrom, ioString}},

	// Package net/http asks for each part by itself.
	{name: "responseFlushHijacker", methods: and(response, flush, hijack)},
	{name: "responseFlushUnwrapper", methods: and(response, flush, unwrapHTTP)},
	{name: "responseWriter", methods: response, more: "response", may: []part{{"ReaderFrom", readFrom}, {"Flusher", flush}, {"Hijacker", hijack}, {"Unwrapper", unwrapHTTP}}},
	{more: "response", methods: response, may: []part{{"ReaderFrom", readFrom}, {"Flusher", flush}, {"StringWriter", writeString}}},
	{name: "handler", methods: with("ServeHTTP(http.ResponseWriter, *http.Request)")},
	{name: "roundTripper", methods: with(roundTrip), byHand: true},
	{name: "roundTripperIdle", methods: with(roundTrip, "CloseIdleConnections()"), byHand: true},
	{name: "cookieJar", methods: with("Cookies(*url.URL) []*http.Cookie", "SetCookies(*url.URL, []*http.Cookie)")},

	// Packages io/fs and net/http ask file systems, and what is in them, for more.
	{name: "fileSystem", methods: open, more: "fileSystem", may: []part{{"File", "ReadFile(string) ([]uint8, error)"}, {"Dir", "ReadDir(string) ([]fs.DirEntry, error)"}, {"Stat", "Stat(string) (fs.FileInfo, error)"}}},
	{name: "fileSystemSub", methods: and(open, "Sub(string) (fs.FS, error)")},
	{name: "fileSystemGlob", methods: and(open, "Glob(string) ([]string, error)")},
	{name: "file", methods: file},
	{name: "fileDir", methods: and(file, readDir)},
	{name: "fileSeeker", methods: and(file, seek)},
	{name: "fileDirSeeker", methods: and(file, readDir, seek)},
	{name: "fileReaderAt", methods: and(file, readAt)},
	{name: "fileSeekerReaderAt", methods: and(file, seek, readAt)},
	{name: "fileWriterTo", methods: and(file, writeTo)},
	{name: "fileSeekerWriterTo", methods: and(file, seek, writeTo)},
	{name: "fileSeekerReaderAtWriter", methods: and(file, seek, readAt, writeTo)},
	{name: "fileInfo", methods: info},
	{name: "dirEntry", methods: with("Name() string", "IsDir() bool", fileType, fileInfo)},
	{name: "fileInfoDirEntry", methods: and(info, fileType, fileInfo)},
	{name: "httpFileSystem", methods: with("Open(string) (http.File, error)")},
	{name: "httpFile", methods: and(file, seek, readdir)},
	{name: "httpFileDir", methods: and(file, seek, readdir, readDir)},

	{name: "textMarshaler", methods: with(marshalText)},
	{name: "textUnmarshaler", methods: with("UnmarshalText([]uint8) error")},
	{name: "textBoth", methods: with(marshalText, "UnmarshalText([]uint8) error")},
	{name: "jsonMarshaler", methods: with(marshalJSON)},
	{name: "jsonBoth", methods: with(marshalJSON, "UnmarshalJSON([]uint8) error")},

	{name: "logValuer", methods: with("LogValue() slog.Value"), byHand: true},
	{name: "logHandler", methods: with("Enabled(context.Context, slog.Level) bool", "Handle(context.Context, slog.Record) error", "WithAttrs([]slog.Attr) slog.Handler", "WithGroup(string) slog.Handler")},
	{name: "logLeveler", methods: with("Level() slog.Level")},

	{name: "flagValue", methods: with(text, set), byHand: true},
	{name: "flagGetter", methods: with(text, set, get), byHand: true},
	{name: "flagBool", methods: with(text, set, isBoolFlag), byHand: true},
	{name: "flagBoolGetter", methods: with(text, set, isBoolFlag, get), byHand: true},

	{name: "locker", methods: with("Lock()", "Unlock()")},
	{name: "sort", methods: sorted},
	{name: "heap", methods: and(sorted, "Push(interface {})", "Pop() interface {}")},
	{name: "context", methods: with("Deadline() (time.Time, bool)", "Done() <-chan struct {}", "Err() error", "Value(interface {}) interface {}")},
	{name: "signal", methods: with("Signal()", text)},
	{name: "randSource", methods: source},
	{name: "randSource64", methods: and(source, uint64s)},
	{name: "randSourceV2", methods: with(uint64s)},
	{name: "hash", methods: with(write, "Sum([]uint8) []uint8", "Reset()", "Size() int", "BlockSize() int")},
	{name: "block", methods: with("BlockSize() int", "Encrypt([]uint8, []uint8)", "Decrypt([]uint8, []uint8)")},
	{name: "color", methods: with("RGBA() (uint32, uint32, uint32, uint32)")},
	{name: "image", methods: picture},
	{name: "imageOpaque", methods: and(picture, opaque)},
	{name: "drawImage", methods: drawn},
	{name: "drawImageAll", methods: and(drawn, opaque, "RGBA64At(int, int) color.RGBA64", "SetRGBA64(int, int, color.RGBA64)")},
}
