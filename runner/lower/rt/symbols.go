package rt

import (
	"encoding/binary"
	"net/http"
	"reflect"
)

// Symbols is the table of the package for the interpreter.
func Symbols() map[string]reflect.Value {
	m := map[string]reflect.Value{
		"Any":    reflect.ValueOf((*any)(nil)),
		"Error":  reflect.ValueOf((*error)(nil)),
		"Type":   reflect.ValueOf((*Type)(nil)),
		"Panic":  reflect.ValueOf((*Panic)(nil)),
		"Defers": reflect.ValueOf((*Defers)(nil)),

		"ReflectValue":   reflect.ValueOf((*ReflectValue)(nil)),
		"ReflectMapIter": reflect.ValueOf((*ReflectMapIter)(nil)),
	}
	for name, f := range map[string]any{
		"Native": Native, "Field": Field, "Interface": Interface, "New": New, "Link": Link, "Pointed": Pointed, "Opaque": Opaque, "Method": Method, "MethodSet": MethodSet,
		"Of": Of, "Err": Err, "Wrap": Wrap, "WrapErr": WrapErr, "Get": Get, "Load": Load, "TypeOf": TypeOf, "Raw": Raw,
		"IsNil": IsNil, "As": As, "Assert": Assert, "Equal": Equal, "Find": Find, "Enter": Enter, "Bind": Bind, "Invoke": Invoke,
		"Recover": Recover, "RecoverOuter": RecoverOuter, "Recovering": Recovering, "Recovers": Recovers, "PanicValue": PanicValue, "Throw": Throw, "Constant": Constant, "Goexit": Goexit, "GoNil": GoNil,
		"Print": Print, "Println": Println, "PrintArg": PrintArg, "PrintArgs": PrintArgs, "Held": Held, "HeldArgs": HeldArgs, "Format": Format,
		"Shift": Shift, "HideZero": HideZero, "ShowZero": ShowZero, "NilValue": NilValue, "NilReceiver": NilReceiver, "Size": Size,
		"Iterate": Iterate, "Float32OfInt": Float32OfInt, "Float32OfUint": Float32OfUint, "Int32OfFloat": Int32OfFloat, "Uint32OfFloat": Uint32OfFloat, "MinFloat": MinFloat, "MaxFloat": MaxFloat, "ArrayMax": ArrayMax, "Log": Log, "Logf": Logf, "LogOutput": LogOutput, "LogHeld": LogHeld, "HTTPHandle": HTTPHandle, "HTTPHandleFunc": HTTPHandleFunc, "JSONOf": JSONOf, "JSONEncoded": JSONEncoded, "JSONInto": JSONInto, "TextVar": TextVar,
		"JSONMarshal": JSONMarshal, "JSONMarshalIndent": JSONMarshalIndent, "JSONUnmarshal": JSONUnmarshal, "JSONEncode": JSONEncode, "JSONDecode": JSONDecode,
		"BinaryError": BinaryError, "ScanError": ScanError, "RawArgs": RawArgs, "TextExecute": TextExecute, "TextExecuteTemplate": TextExecuteTemplate, "HTMLExecute": HTMLExecute, "HTMLExecuteTemplate": HTMLExecuteTemplate, "Template": Template, "TemplateMethod": TemplateMethod, "ZeroTemplate": ZeroTemplate, "Funcs": Funcs, "Missing": Missing, "Nothing": Nothing, "Select": Select, "Block": Block,
		"ClearMap": ClearMap, "ClearSlice": ClearSlice, "Complex64": Complex64, "DecodeRune": DecodeRune, "ErrorsIs": ErrorsIs, "ErrorsAs": ErrorsAs,
		"SortFuncOrder": SortFunc, "SortStableOrder": SortStable,
		"ReflectTypeOf": ReflectTypeOf, "ReflectTypeFor": ReflectTypeFor, "ReflectValueOf": ReflectValueOf, "ReflectIndirect": ReflectIndirect, "ReflectZero": ReflectZero, "ReflectImplements": ReflectImplements, "ReflectAssignableTo": ReflectAssignableTo, "ReflectConvertibleTo": ReflectConvertibleTo, "ReflectNew": ReflectNew, "ReflectPointerTo": ReflectPointerTo,
		"Stored": Stored, "HasNoAddress": HasNoAddress, "Unique": Unique, "PointerLoad": PointerLoad, "PointerStore": PointerStore, "PointerSwap": PointerSwap, "PointerCompareAndSwap": PointerCompareAndSwap,
		"UnsafeAdd": UnsafeAdd, "UnsafeString": UnsafeString, "UnsafeStringData": UnsafeStringData,
		"UnsafeSlice": UnsafeSlice, "UnsafeSliceData": UnsafeSliceData,
	} {
		m[name] = reflect.ValueOf(f)
	}
	// Types without a name are those of what points to them.
	m["HTTPContextKey"] = reflect.Zero(reflect.TypeOf(http.ServerContextKey))
	for name, x := range map[string]any{"HTTPNoBody": http.NoBody, "LittleEndian": binary.LittleEndian, "BigEndian": binary.BigEndian, "NativeEndian": binary.NativeEndian} {
		m[name] = reflect.Zero(reflect.PointerTo(reflect.TypeOf(x)))
	}
	return m
}
