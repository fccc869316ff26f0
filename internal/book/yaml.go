package book

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxFrontMatter = 64 << 10 // bytes
	maxConfig      = 1 << 20  // bytes of mkdocs.yml
	maxNodes       = 100_000  // of a YAML document, aliases counted as often as they stand for something
)

// parseYAML returns the root of a YAML document, or nil when it is empty or at
// fault. It decodes into nodes only: tags such as !ENV or !!python/name are
// never acted upon. Line 0 of data is the given line of the file.
func parseYAML(r *report, data []byte, first int) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line, msg := yamlError(err)
		r.problem(first+line, 0, "not YAML: %s", msg)
		return nil
	}
	if len(doc.Content) == 0 {
		return nil
	}
	root := doc.Content[0]
	c := yamlChecker{report: r, first: first, sizes: map[*yaml.Node]int{}}
	c.check(root, 0)
	if c.failed {
		return nil
	}
	if c.size(root) > maxNodes {
		if !c.failed {
			c.problem(root, "excessive aliasing: the document stands for more than %d values", maxNodes)
		}
		return nil
	}
	return root
}

// yamlError takes the line, from 0, and the message out of an error of the
// YAML package, which has both in a text "yaml: line 3: message".
func yamlError(err error) (line int, msg string) {
	msg = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return max(n-1, 0), text
			}
		}
	}
	return 0, msg
}

// yamlChecker looks for what would hurt a program that walks the nodes.
type yamlChecker struct {
	report *report
	first  int
	failed bool
	sizes  map[*yaml.Node]int // of each anchored node; -1 while it is counted
}

func (c *yamlChecker) problem(n *yaml.Node, format string, args ...any) {
	c.report.problem(c.first+n.Line-1, max(n.Column-1, 0), format, args...)
	c.failed = true
}

// check reports nesting beyond the limit and keys that stand twice in a map.
func (c *yamlChecker) check(n *yaml.Node, depth int) {
	if depth > maxNesting {
		if !c.failed {
			c.problem(n, "nesting deeper than %d: flatten it", maxNesting)
		}
		return
	}
	if n.Kind == yaml.MappingNode {
		lines := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode {
				continue
			}
			if line, twice := lines[key.Value]; twice {
				c.problem(key, "key %q stands at line %d already: remove one", key.Value, c.first+line)
				continue
			}
			lines[key.Value] = key.Line
		}
	}
	for _, child := range n.Content {
		c.check(child, depth+1)
	}
}

// size counts the nodes that n stands for. It stops counting above the limit.
func (c *yamlChecker) size(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		if n.Alias == nil {
			return 1
		}
		switch size, known := c.sizes[n.Alias]; {
		case known && size < 0:
			if !c.failed {
				c.problem(n, "alias *%s stands inside what it names: remove it", n.Value)
			}
			return maxNodes + 1
		case known:
			return size
		}
		n = n.Alias
	}
	if n.Anchor != "" {
		c.sizes[n] = -1
	}
	size := 1
	for _, child := range n.Content {
		if size += c.size(child); size > maxNodes {
			break
		}
	}
	if n.Anchor != "" {
		c.sizes[n] = size
	}
	return size
}

// resolved follows an alias.
func resolved(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// entry returns the value of a key of a map, and the key's node; nil where the
// map has none.
func entry(m *yaml.Node, name string) (key, value *yaml.Node) {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if k := m.Content[i]; k.Kind == yaml.ScalarNode && k.Value == name {
			return k, resolved(m.Content[i+1])
		}
	}
	return nil, nil
}

// scalar is the text of a value. Of !ENV [NAME, default] that is the default:
// a book must not depend on the environment of who reads it.
func scalar(n *yaml.Node) (string, bool) {
	switch {
	case n == nil:
		return "", false
	case n.Tag == "!ENV" && n.Kind == yaml.SequenceNode && len(n.Content) > 1:
		return scalar(n.Content[len(n.Content)-1])
	case n.Tag == "!ENV":
		return "", true
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
		return "", false
	}
	return n.Value, true
}
