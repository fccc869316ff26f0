package rt

// The methods that package errors and the packages around net look for in an error, one
// type each, so that a form can have those that the type of the program has.
type (
	vUnwrap    struct{ unwrap V }
	vUnwraps   struct{ unwraps V }
	vIs        struct{ is V }
	vAs        struct{ as V }
	vTimeout   struct{ timeout V }
	vTemporary struct{ temporary V }
)

func (v vUnwrap) Unwrap() error      { return to[error](v.unwrap.call("Unwrap")[0]) }
func (v vUnwraps) Unwrap() []error   { return to[[]error](v.unwraps.call("Unwrap")[0]) }
func (v vIs) Is(a0 error) bool       { return to[bool](v.is.call("Is", a0)[0]) }
func (v vAs) As(a0 any) bool         { return to[bool](v.as.call("As", a0)[0]) }
func (v vTimeout) Timeout() bool     { return to[bool](v.timeout.call("Timeout")[0]) }
func (v vTemporary) Temporary() bool { return to[bool](v.temporary.call("Temporary")[0]) }

// errorForms are forms of errors with several of these methods.
var errorForms = map[string]form{
	"errorHasAsTimeout": func(v V) any {
		return struct {
			vError
			vAs
			vTimeout
		}{vError{v}, vAs{v}, vTimeout{v}}
	},
	"errorHasAsTemporary": func(v V) any {
		return struct {
			vError
			vAs
			vTemporary
		}{vError{v}, vAs{v}, vTemporary{v}}
	},
	"errorHasAsTimeoutTemporary": func(v V) any {
		return struct {
			vError
			vAs
			vTimeout
			vTemporary
		}{vError{v}, vAs{v}, vTimeout{v}, vTemporary{v}}
	},
	"errorHasIsTemporary": func(v V) any {
		return struct {
			vError
			vIs
			vTemporary
		}{vError{v}, vIs{v}, vTemporary{v}}
	},
	"errorHasIsTimeoutTemporary": func(v V) any {
		return struct {
			vError
			vIs
			vTimeout
			vTemporary
		}{vError{v}, vIs{v}, vTimeout{v}, vTemporary{v}}
	},
	"errorHasIsAs": func(v V) any {
		return struct {
			vError
			vIs
			vAs
		}{vError{v}, vIs{v}, vAs{v}}
	},
	"errorHasIsAsTimeout": func(v V) any {
		return struct {
			vError
			vIs
			vAs
			vTimeout
		}{vError{v}, vIs{v}, vAs{v}, vTimeout{v}}
	},
	"errorHasIsAsTemporary": func(v V) any {
		return struct {
			vError
			vIs
			vAs
			vTemporary
		}{vError{v}, vIs{v}, vAs{v}, vTemporary{v}}
	},
	"errorHasIsAsTimeoutTemporary": func(v V) any {
		return struct {
			vError
			vIs
			vAs
			vTimeout
			vTemporary
		}{vError{v}, vIs{v}, vAs{v}, vTimeout{v}, vTemporary{v}}
	},
	"errorHasUnwrapAs": func(v V) any {
		return struct {
			vError
			vUnwrap
			vAs
		}{vError{v}, vUnwrap{v}, vAs{v}}
	},
	"errorHasUnwrapAsTimeout": func(v V) any {
		return struct {
			vError
			vUnwrap
			vAs
			vTimeout
		}{vError{v}, vUnwrap{v}, vAs{v}, vTimeout{v}}
	},
	"errorHasUnwrapAsTemporary": func(v V) any {
		return struct {
			vError
			vUnwrap
			vAs
			vTemporary
		}{vError{v}, vUnwrap{v}, vAs{v}, vTemporary{v}}
	},
	"errorHasUnwrapAsTimeoutTemporary": func(v V) any {
		return struct {
			vError
			vUnwrap
			vAs
			vTimeout
			vTemporary
		}{vError{v}, vUnwrap{v}, vAs{v}, vTimeout{v}, vTemporary{v}}
	},
	"errorHasUnwrapIsTimeout": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vTimeout
		}{vError{v}, vUnwrap{v}, vIs{v}, vTimeout{v}}
	},
	"errorHasUnwrapIsTemporary": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vTemporary
		}{vError{v}, vUnwrap{v}, vIs{v}, vTemporary{v}}
	},
	"errorHasUnwrapIsTimeoutTemporary": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vTimeout
			vTemporary
		}{vError{v}, vUnwrap{v}, vIs{v}, vTimeout{v}, vTemporary{v}}
	},
	"errorHasUnwrapIsAs": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vAs
		}{vError{v}, vUnwrap{v}, vIs{v}, vAs{v}}
	},
	"errorHasUnwrapIsAsTimeout": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vAs
			vTimeout
		}{vError{v}, vUnwrap{v}, vIs{v}, vAs{v}, vTimeout{v}}
	},
	"errorHasUnwrapIsAsTemporary": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vAs
			vTemporary
		}{vError{v}, vUnwrap{v}, vIs{v}, vAs{v}, vTemporary{v}}
	},
	"errorHasUnwrapIsAsTimeoutTemporary": func(v V) any {
		return struct {
			vError
			vUnwrap
			vIs
			vAs
			vTimeout
			vTemporary
		}{vError{v}, vUnwrap{v}, vIs{v}, vAs{v}, vTimeout{v}, vTemporary{v}}
	},
	"errorHasUnwrapsAs": func(v V) any {
		return struct {
			vError
			vUnwraps
			vAs
		}{vError{v}, vUnwraps{v}, vAs{v}}
	},
	"errorHasUnwrapsIs": func(v V) any {
		return struct {
			vError
			vUnwraps
			vIs
		}{vError{v}, vUnwraps{v}, vIs{v}}
	},
	"errorHasUnwrapsIsAs": func(v V) any {
		return struct {
			vError
			vUnwraps
			vIs
			vAs
		}{vError{v}, vUnwraps{v}, vIs{v}, vAs{v}}
	},
}
