package lint

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Extensions are those of Python-Markdown that a mkdocs.yml asks for. Nil stands
// for all that there are.
type Extensions struct{ names map[string]bool }

// bundles are extensions that stand for several.
func bundle(name string) []string {
	switch name {
	case "extra", "pymdownx.extra":
		return []string{"abbr", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "pymdownx.superfences"}
	case "pymdownx.github":
		return []string{"pymdownx.magiclink", "pymdownx.tilde", "pymdownx.tasklist", "pymdownx.superfences"}
	}
	return nil
}

// ReadExtensions reads them from the text of a mkdocs.yml.
func ReadExtensions(config []byte) (*Extensions, error) {
	var file struct {
		List []yaml.Node `yaml:"markdown_extensions"`
	}
	if err := yaml.Unmarshal(config, &file); err != nil {
		return nil, fmt.Errorf("markdown_extensions: %w", err)
	}
	e := &Extensions{names: map[string]bool{}}
	for _, n := range file.List {
		name := n.Value
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			name = n.Content[0].Value
		}
		name = strings.TrimPrefix(name, "markdown.extensions.")
		e.names[name] = true
		for _, part := range bundle(name) {
			if part == "pymdownx.superfences" && name == "extra" {
				continue // Python-Markdown's own has plain fences
			}
			e.names[part] = true
		}
	}
	return e, nil
}

func (e *Extensions) has(name string) bool { return e == nil || e.names[name] }
