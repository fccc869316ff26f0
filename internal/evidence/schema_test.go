package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

// schema.json is made of the types in trace.go and their comments: after a
// change run go test -update.
func TestSchema(t *testing.T) {
	want := schemaOf(t)
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := JSONSchema(); got != string(want) {
		t.Error("schema.json is not what trace.go says: run go test -update")
	}
}

// The recorded traces are as the schema says.
func TestTracesFollowSchema(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal([]byte(JSONSchema()), &schema); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"blocking", "epoll", "marks"} {
		data, err := os.ReadFile("testdata/traces/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		if err := follows(schema, schema, doc, "trace"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := follows(schema, schema, map[string]any{"schema": Schema}, "trace"); err == nil {
		t.Error("an empty trace follows the schema")
	}
}

// follows checks what the schema uses of JSON Schema.
func follows(root, s map[string]any, doc any, at string) error {
	if ref, ok := s["$ref"].(string); ok {
		s = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	kind := ""
	switch doc.(type) {
	case map[string]any:
		kind = "object"
	case []any:
		kind = "array"
	case string:
		kind = "string"
	case float64:
		kind = "integer"
	case bool:
		kind = "boolean"
	}
	if kind != s["type"] {
		return fmt.Errorf("%s: is %s, not %s", at, kind, s["type"])
	}
	if want, ok := s["const"]; ok && want != doc {
		return fmt.Errorf("%s: is %v, not %v", at, doc, want)
	}
	if list, ok := doc.([]any); ok {
		for i, v := range list {
			if err := follows(root, s["items"].(map[string]any), v, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	}
	if fields, ok := doc.(map[string]any); ok {
		known := s["properties"].(map[string]any)
		for name, v := range fields {
			field, ok := known[name].(map[string]any)
			if !ok {
				return fmt.Errorf("%s: has %s", at, name)
			}
			if err := follows(root, field, v, at+"."+name); err != nil {
				return err
			}
		}
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := fields[name.(string)]; !ok {
				return fmt.Errorf("%s: lacks %s", at, name)
			}
		}
	}
	return nil
}

// schemaOf writes the JSON Schema of Trace.
func schemaOf(t *testing.T) []byte {
	t.Helper()
	docs := comments(t)
	defs := map[string]any{}
	var typeOf func(reflect.Type) map[string]any
	typeOf = func(typ reflect.Type) map[string]any {
		switch typ.Kind() {
		case reflect.String:
			return map[string]any{"type": "string"}
		case reflect.Bool:
			return map[string]any{"type": "boolean"}
		case reflect.Slice:
			return map[string]any{"type": "array", "items": typeOf(typ.Elem())}
		case reflect.Struct:
			if defs[typ.Name()] != nil {
				return map[string]any{"$ref": "#/$defs/" + typ.Name()}
			}
			fields, required := map[string]any{}, []string{}
			defs[typ.Name()] = true
			for f := range fieldsOf(typ) {
				name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
				s := typeOf(f.Type)
				if doc := docs[typ.Name()+"."+f.Name]; doc != "" {
					s["description"] = doc
				}
				if typ.Name() == "Trace" && name == "schema" {
					s["const"] = Schema
				}
				fields[name] = s
				if options == "" {
					required = append(required, name)
				}
			}
			def := map[string]any{"type": "object", "properties": fields, "additionalProperties": false, "description": docs[typ.Name()]}
			if len(required) > 0 {
				def["required"] = required
			}
			defs[typ.Name()] = def
			return map[string]any{"$ref": "#/$defs/" + typ.Name()}
		}
		return map[string]any{"type": "integer"}
	}
	typeOf(reflect.TypeFor[Trace]())
	top := defs["Trace"].(map[string]any)
	delete(defs, "Trace")
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "Evidence of a run"
	top["$defs"] = defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	if err := enc.Encode(top); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fieldsOf(typ reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range typ.NumField() {
			if !yield(typ.Field(i)) {
				return
			}
		}
	}
}

// comments are those of the types in trace.go and of their fields.
func comments(t *testing.T) map[string]string {
	t.Helper()
	file, err := goparser.ParseFile(gotoken.NewFileSet(), "trace.go", nil, goparser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	line := func(groups ...*ast.CommentGroup) string {
		var parts []string
		for _, g := range groups {
			if g != nil {
				parts = append(parts, strings.Join(strings.Fields(g.Text()), " "))
			}
		}
		return strings.Join(parts, " ")
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			typ, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			docs[typ.Name.Name] = line(gen.Doc)
			if s, ok := typ.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					for _, n := range f.Names {
						docs[typ.Name.Name+"."+n.Name] = line(f.Doc, f.Comment)
					}
				}
			}
		}
	}
	return docs
}
