package highlight

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
)

// The types of tokens that the rules give, each named by the class that
// classOfType makes of it.
const (
	keyword  = chroma.Keyword
	typeName = chroma.KeywordType
	constant = chroma.KeywordConstant
	builtin  = chroma.NameBuiltin
	function = chroma.NameFunction
	name     = chroma.NameAttribute
	str      = chroma.LiteralString
	number   = chroma.LiteralNumber
	comment  = chroma.Comment
	heading  = chroma.GenericHeading
	prompt   = chroma.GenericPrompt
	inserted = chroma.GenericInserted
	deleted  = chroma.GenericDeleted
	plain    = chroma.Text
)

// Patterns that several languages share. None can take exponential time: what
// may repeat never begins two ways. A string that nothing closes ends with its
// line, a comment with the code.
const (
	doubleQuoted = `"(?:[^"\\\n]|\\[^\n])*"?`
	singleQuoted = `'(?:[^'\\\n]|\\[^\n])*'?`
	lineComment  = `//.*`
	blockComment = `/\*[\s\S]*?(?:\*/|\z)`
	hashComment  = `(?<!\S)#.*`
	numeral      = `\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][-+]?\d+)?)\w*`
	call         = `[A-Za-z_]\w*(?=[ \t]*\()`
	word         = `[\p{L}_]\w*`
)

// define makes the lexer of a language, nil for one that is not known.
func define(lang string) chroma.Lexer {
	var rules chroma.Rules
	switch lang {
	case "sh", "bash", "ksh", "zsh", "shell":
		rules = shellRules()
	case "console", "shell-session", "sh-session", "bash-session":
		rules = consoleRules()
	case "yaml", "yml":
		rules = yamlRules()
	case "json", "jsonl", "jsonc":
		rules = jsonRules()
	case "toml":
		rules = tomlRules()
	case "ini", "cfg", "dosini":
		rules = iniRules()
	case "c", "h":
		rules = cRules()
	case "java":
		rules = javaRules()
	case "rust", "rs":
		rules = rustRules()
	case "proto", "protobuf":
		rules = protoRules()
	case "js", "javascript", "ts", "tsx", "typescript":
		rules = scriptRules(lang[0] == 't')
	case "diff", "udiff", "patch":
		rules = diffRules()
	case "docker", "dockerfile", "containerfile":
		rules = dockerRules()
	case "make", "makefile", "mf", "bsdmake":
		rules = makeRules()
	case "python", "py", "python3", "py3", "starlark":
		rules = pythonRules()
	case "html":
		rules = markupRules(true)
	case "xml", "svg":
		rules = markupRules(false)
	case "css":
		rules = cssRules()
	case "sql":
		rules = sqlRules()
	default:
		return nil
	}
	config := &chroma.Config{Name: lang, CaseInsensitive: lang == "sql" || lang == "css" || lang == "html"}
	return chroma.Coalesce(chroma.MustNewLexer(config, func() chroma.Rules { return rules }))
}

func rule(pattern string, emit chroma.Emitter) chroma.Rule {
	return chroma.Rule{Pattern: pattern, Type: emit}
}

// parts is a rule whose groups, which must cover all that it matches, are the
// tokens.
func parts(pattern string, emit ...chroma.Emitter) chroma.Rule {
	return chroma.Rule{Pattern: pattern, Type: chroma.ByGroups(emit...)}
}

// enter is a rule after which the last of the states reads on.
func enter(pattern string, emit chroma.Emitter, states ...string) chroma.Rule {
	return chroma.Rule{Pattern: pattern, Type: emit, Mutator: chroma.Push(states...)}
}

// leave is a rule after which the state before reads on. No root state has one.
func leave(pattern string, emit chroma.Emitter) chroma.Rule {
	return chroma.Rule{Pattern: pattern, Type: emit, Mutator: chroma.Pop(1)}
}

// words matches one of the words of a list, whole.
func words(list string) string { return `\b(?:` + strings.Join(strings.Fields(list), "|") + `)\b` }

// using reads a part of the code as another language.
func using(lang string) chroma.Emitter { return chroma.UsingLexer(lexerOf(lang)) }

// shellRules read POSIX shell and the parts of bash that scripts use. Reserved
// words and builtins are such only where a command begins: "go test" calls no
// test.
func shellRules() chroma.Rules {
	const (
		command = `(?<=(?:^|[;|&({` + "`" + `!]|\b(?:do|then|else|elif|if|while|until|time)[ \t])[ \t]*)(?<!\\\n[ \t]*)`
		end     = `(?=[\s;|&()<>` + "`" + `]|\z)`
	)
	return chroma.Rules{
		"root": {
			rule(`\s+|\\\n`, plain),
			rule(`(?<![^\s;|&()`+"`"+`])#.*`, comment),
			rule(`<<<`, plain),
			parts(`(<<-?[ \t]*)(['"\\]?)([\w.-]+)(['"]?)(.*\n)([\s\S]*?)(^\t*\3$|\z)`,
				plain, str, str, str, chroma.UsingSelf("root"), str, str),
			rule(`'[^']*'?`, str),
			rule(`\$'(?:[^'\\]|\\[\s\S])*'?`, str),
			enter(`\$?"`, str, "string"),
			chroma.Include("expansion"),
			rule(`\\.`, str),
			rule(`[A-Za-z_][\w-]*(?=[ \t]*\([ \t]*\))`, function),
			rule(`(?<=\bfunction[ \t]+)[\w-]+`, function),
			rule(command+`(?:if|then|elif|else|fi|for|while|until|select|do|done|case|esac|function|time|return|break|continue|exit)`+end, keyword),
			rule(`(?<=^[ \t]*(?:.*[;|&(][ \t]*)?(?:for|case|select)[ \t]+\S+[ \t]+)in`+end, keyword),
			rule(command+`(?:alias|bg|bind|builtin|cd|command|declare|dirs|disown|echo|enable|eval|exec|export|false|fg|getopts|hash|help|history|jobs|kill|let|local|mapfile|popd|printf|pushd|pwd|read|readonly|set|shift|shopt|source|test|times|trap|true|type|typeset|ulimit|umask|unalias|unset|wait)`+end, builtin),
			rule(`[A-Za-z_]\w*(?:\[[^\]\n]*\])?(?=\+?=)`, chroma.NameVariable),
			rule(`\d+`+end, number),
			enter(`\(`, plain, "paren"),
			rule("[^\\s|&;<>(){}$\"'`\\\\=#]+", plain),
			rule(`[\s\S]`, plain),
		},
		"expansion": {
			enter(`\$?\$\(\(?`, plain, "paren"),
			enter(`\$\{`, chroma.NameVariable, "brace"),
			rule(`\$(?:[A-Za-z_]\w*|[\d@*#?$!-])`, chroma.NameVariable),
		},
		"paren": {
			leave(`\)`, plain),
			chroma.Include("root"),
		},
		"brace": {
			leave(`\}`, chroma.NameVariable),
			chroma.Include("expansion"),
			rule(`'[^'\n]*'?|`+doubleQuoted, str),
			rule(`\\[\s\S]|[^}$'"\\]+`, chroma.NameVariable),
			rule(`[\s\S]`, chroma.NameVariable),
		},
		"string": {
			leave(`"`, str),
			chroma.Include("expansion"),
			rule(`\\[\s\S]|[^"\\$]+|[\s\S]`, str),
		},
	}
}

// consoleRules read what a terminal shows: after a prompt a command, which goes
// on in the next line after a backslash, and what it printed.
func consoleRules() chroma.Rules {
	return chroma.Rules{"root": {
		parts(`^([^\s$#@]+@[^\s$#]+[$#]|\$)([ \t]+)((?:[^\\\n]|\\[\s\S])*\\?\n?)`, prompt, plain, using("sh")),
		rule(`.+\n?|\n`, chroma.GenericOutput),
	}}
}

func yamlRules() chroma.Rules {
	const (
		// In a plain scalar a colon is followed, a number sign preceded, by a
		// character that is not a space.
		part = `(?:[^\s:#,\[\]{}]|:(?=[^\s,\[\]{}])|(?<=\S)#)+`
		text = part + `(?:[ \t]+` + part + `)*`
		key  = `(?=[ \t]*:(?:\s|\z))`
		end  = `(?=[ \t]*(?:[,\]}\r\n]|[ \t]#|\z))`
	)
	return chroma.Rules{"root": {
		rule(`\s+`, plain),
		rule(hashComment, comment),
		rule(`^%.*`, keyword),
		rule(`^(?:---|\.\.\.)(?=\s|\z)`, plain),
		rule(`[-?](?=\s|\z)|[\[\]{},:]`, plain),
		// A block scalar is as long as its lines are indented like its first.
		parts(`([|>][-+\d]*[ \t]*)((?:#.*)?)(\n(?:[ \t]*\n)*)(?=( +))(\4.*(?:\n(?:\4.*|[ \t]*(?=\n|\z)))*)`,
			plain, comment, plain, nil, str),
		rule(`[|>][-+\d]*`, plain),
		rule(`(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`+key, name),
		rule(`"(?:[^"\\]|\\[\s\S])*"?|'(?:[^']|'')*'?`, str),
		rule(`![^\s,\[\]{}]*`, typeName),
		rule(`[&*][^\s,\[\]{}]+`, chroma.NameLabel),
		rule(text+key, name),
		rule(`(?:true|false|null|True|False|Null|TRUE|FALSE|NULL|yes|no|on|off|~)`+end, constant),
		rule(`[-+]?(?:0x[\da-fA-F]+|0o[0-7]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.inf|\.nan|\d{4}-\d\d-\d\d(?:[Tt ][\d:.+Zz-]+)?)`+end, number),
		rule(text, plain),
		rule(`.`, plain),
	}}
}

func jsonRules() chroma.Rules {
	return chroma.Rules{"root": {
		rule(`\s+`, plain),
		rule(lineComment+`|`+blockComment, comment),
		rule(`"(?:[^"\\\n]|\\[^\n])*"(?=\s*:)`, name),
		rule(doubleQuoted, str),
		rule(`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?`, number),
		rule(words(`true false null`), constant),
		rule(word+`|.`, plain),
	}}
}

func tomlRules() chroma.Rules {
	return chroma.Rules{"root": {
		rule(`\s+`, plain),
		rule(`#.*`, comment),
		rule(`(?<=^[ \t]*)\[\[?[^\[\]\n]*\]\]?(?=[ \t]*(?:#|\r?$))`, heading),
		rule(`(?:[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')(?=(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*[ \t]*=)`, name),
		rule(`"""(?:[^\\]|\\[\s\S])*?(?:"""|\z)|'''[\s\S]*?(?:'''|\z)|'[^'\n]*'?|`+doubleQuoted, str),
		rule(`\d{4}-\d\d-\d\d(?:[Tt ]\d\d:[\d:.]+(?:[Zz]|[-+]\d\d:\d\d)?)?|\d\d:\d\d:[\d.]+`, number),
		rule(`[-+]?(?:`+numeral+`|\b(?:inf|nan)\b)`, number),
		rule(words(`true false`), constant),
		rule(word+`|.`, plain),
	}}
}

func iniRules() chroma.Rules {
	const end = `(?=[ \t]*(?:[;#].*)?\r?$)`
	return chroma.Rules{"root": {
		rule(`\s+`, plain),
		rule(`(?<!\S)[;#].*`, comment),
		rule(`(?<=^[ \t]*)\[[^\]\n]*\]?`, heading),
		rule(`(?<=^[ \t]*)[^\s=:\[](?:[^=:\n]*[^\s=:])?(?=[ \t]*[=:])`, name),
		rule(`(?<=[=:][ \t]*)(?:`+doubleQuoted+`|'[^'\n]*')`+end, str),
		rule(`(?<=[=:][ \t]*)[-+]?\d+(?:\.\d+)?`+end, number),
		rule(`(?<=[=:][ \t]*)(?:true|false|yes|no|on|off)`+end, constant),
		rule(`[^\s=:]+|.`, plain),
	}}
}

// cLike are the rules of languages with the comments, literals and calls of C.
// The rules of its own come before those that all share.
func cLike(keywords, types, constants string, own ...chroma.Rule) []chroma.Rule {
	return append(append([]chroma.Rule{
		rule(`\s+`, plain),
		rule(lineComment+`|`+blockComment, comment),
	}, own...),
		rule(doubleQuoted+`|`+singleQuoted, str),
		rule(`(?<![\w.])\.\d\w*|`+numeral, number),
		rule(words(keywords), keyword),
		rule(words(types), typeName),
		rule(words(constants), constant),
		rule(call, function),
		rule(word+`|.`, plain),
	)
}

func cRules() chroma.Rules {
	return chroma.Rules{"root": cLike(
		`alignas alignof auto break case const constexpr continue default do else enum extern for goto if inline
		register restrict return sizeof static static_assert struct switch thread_local typedef typeof union volatile
		while _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local`,
		`bool char double float int long short signed unsigned void _Bool _Complex [a-z_][a-z\d_]*_t`,
		`true false nullptr NULL`,
		parts(`(?<=^[ \t]*)(#[ \t]*include)([ \t]*)(<[^>\n]*>?|"[^"\n]*"?)`, keyword, plain, str),
		rule(`(?<=^[ \t]*)#[ \t]*[a-z]+`, keyword),
		rule(`(?:u8|[uUL])(?:`+doubleQuoted+`|`+singleQuoted+`)`, str),
	)}
}

func javaRules() chroma.Rules {
	return chroma.Rules{"root": cLike(
		`abstract assert break case catch class const continue default do else enum extends final finally for goto if
		implements import instanceof interface native new package permits private protected public record return sealed
		static strictfp super switch synchronized this throw throws transient try var volatile while yield`,
		`boolean byte char double float int long short void String Object`,
		`true false null`,
		rule(`"""(?:[^\\]|\\[\s\S])*?(?:"""|\z)`, str),
		rule(`@(?!interface\b)[A-Za-z_][\w.]*`, name),
	)}
}

func rustRules() chroma.Rules {
	return chroma.Rules{
		"root": cLike(
			`as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut
			pub ref return self Self static struct super trait type union unsafe use where while`,
			`bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 String Vec Option Result Box`,
			`true false None Some Ok Err`,
			rule(`#!?\[[^\]\n]*\]?`, name),
			rule(`[bc]?r(#*)"[\s\S]*?(?:"\1|\z)`, str),
			rule(`[bc]?"(?:[^"\\]|\\[\s\S])*"?`, str),
			rule(`b?'(?:[^'\\\n]|\\(?:u\{[^}\n]*\}|x..|.))'`, str),
			rule(`'[A-Za-z_]\w*|'`, chroma.NameLabel),
			rule(`[A-Za-z_]\w*!(?=[ \t]*[(\[{])`, function),
		),
	}
}

func protoRules() chroma.Rules {
	return chroma.Rules{"root": cLike(
		`edition enum export extend extensions group import local map max message oneof option optional package public
		repeated required reserved returns rpc service stream syntax to weak`,
		`bool bytes double fixed32 fixed64 float int32 int64 sfixed32 sfixed64 sint32 sint64 string uint32 uint64`,
		`true false inf nan`,
	)}
}

// scriptRules read JavaScript, with the words of TypeScript if typed. A slash
// begins a regular expression where no value can end before it.
func scriptRules(typed bool) chroma.Rules {
	keywords := `async await break case catch class const continue debugger default delete do else export extends
		finally for from function get if import in instanceof let new of return set static super switch this throw try
		typeof var void while with yield`
	types := `Array BigInt Boolean Date Error Map Number Object Promise RegExp Set String Symbol`
	if typed {
		keywords += ` abstract as asserts declare enum implements infer interface is keyof namespace override private
			protected public readonly satisfies type`
		types += ` any bigint boolean never number object string symbol unknown Partial Readonly Record`
	}
	return chroma.Rules{
		"root": cLike(keywords, types, `true false null undefined NaN Infinity`,
			enter("`", str, "template"),
			rule(`(?<=(?:^|[=(,:;!&|?{}\[+*%~^<>-]|\breturn|\btypeof|\bcase)\s*)/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*`, str),
			rule(`(?<=\.)#?[A-Za-z_$][\w$]*(?=[ \t]*\()`, function),
			rule(`(?<=\.)#?[A-Za-z_$][\w$]*`, plain),
			rule(`@[A-Za-z_][\w.]*`, name),
		),
		"template": {
			leave("`", str),
			enter(`\$\{`, plain, "hole"),
			rule("\\\\[\\s\\S]|[^`\\\\$]+|[\\s\\S]", str),
		},
		"hole": {
			leave(`\}`, plain),
			enter(`\{`, plain, "hole"),
			chroma.Include("root"),
		},
	}
}

func diffRules() chroma.Rules {
	return chroma.Rules{"root": {
		rule(`^(?:diff|index|Index:|new file|deleted file|old mode|new mode|similarity|rename|copy).*\n?`, heading),
		rule(`^@@.*\n?`, chroma.GenericSubheading),
		rule(`^[+>].*\n?`, inserted),
		rule(`^[-<].*\n?`, deleted),
		rule(`.+\n?|\n`, plain),
	}}
}

// dockerRules read a Dockerfile, whose commands are shell.
func dockerRules() chroma.Rules {
	const begin = `(?<=^[ \t]*(?:(?i:ONBUILD)[ \t]+)?)`
	return chroma.Rules{"root": {
		rule(`\s+|\\\r?\n`, plain),
		rule(`(?<=^[ \t]*)#.*`, comment),
		parts(begin+`((?i:RUN|CMD|ENTRYPOINT|SHELL))([ \t]+)((?:--[a-z-]+=\S+[ \t]+)*)((?:[^\\\n]|\\[\s\S])*)`, keyword, plain, name, using("sh")),
		rule(begin+`(?i:FROM|LABEL|EXPOSE|ENV|ADD|COPY|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|MAINTAINER)\b`, keyword),
		rule(`(?<=[ \t])(?i:AS)(?=[ \t])`, keyword),
		parts(`((?<=[ \t])(?i:CMD))([ \t]+)((?:[^\\\n]|\\[\s\S])*)`, keyword, plain, using("sh")),
		rule(`(?<=[ \t])--[a-z-]+`, name),
		rule(`(?<=[ \t])[A-Za-z_][\w.-]*(?==)`, name),
		rule(doubleQuoted+`|`+singleQuoted, str),
		rule(`\$(?:\w+|\{[^}\n]*\}?)`, chroma.NameVariable),
		rule(`(?<=[\s=])\d+(?=\s|/|\z)`, number),
		rule("[^\\s\\\\\"'$=]+|.", plain),
	}}
}

func makeRules() chroma.Rules {
	const expansion = `\$(?:\([^()\n]*\)|\{[^{}\n]*\}|[^({\s])`
	return chroma.Rules{"root": {
		parts(`^(\t[@+-]*)((?:[^\\\n]|\\[\s\S])*)`, plain, using("sh")),
		rule(`\s+|\\\n`, plain),
		rule(`#(?:[^\\\n]|\\[\s\S])*`, comment),
		rule(`(?<=^[ ]*)(?:-?include|sinclude|ifn?eq|ifn?def|else|endif|define|endef|export|unexport|override|private|undefine|vpath)\b`, keyword),
		rule(`(?<=^[ ]*(?:(?:export|override|private|define)[ ]+)*)[\w.-]+(?=[ \t]*(?::{0,3}|[?+!])=)`, name),
		rule(`(?<=^[^\n:=#]*)[^\s:=#$]+(?=[^\n:=#]*::?(?!=))`, function),
		parts(`(\$\()(abspath|addprefix|addsuffix|and|basename|call|dir|error|eval|file|filter-out|filter|findstring|firstword|flavor|foreach|if|info|join|lastword|let|notdir|origin|or|patsubst|realpath|shell|sort|strip|subst|suffix|value|warning|wildcard|wordlist|words|word)(?=[\s)])`, plain, builtin),
		rule(expansion, chroma.NameVariable),
		rule(`"[^"\n]*"|'[^'\n]*'`, str),
		rule("[^\\s\\\\$#:=\"']+|.", plain),
	}}
}

func pythonRules() chroma.Rules {
	const prefix = `\b(?:[rRuUbBfFtT]|[rR][bBfFtT]|[bBfFtT][rR])?`
	return chroma.Rules{"root": {
		rule(`\s+`, plain),
		rule(`#.*`, comment),
		rule(`(?:`+prefix+`|)(?:"""(?:[^\\]|\\[\s\S])*?(?:"""|\z)|'''(?:[^\\]|\\[\s\S])*?(?:'''|\z)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?)`, str),
		rule(`(?<=^[ \t]*)@[A-Za-z_][\w.]*`, name),
		rule(numeral+`|(?<!\w)\.\d\w*`, number),
		rule(`(?<=\.)`+call, function),
		rule(`(?<=\.)`+word, plain),
		rule(words(`and as assert async await break class continue def del elif else except finally for from global if
			import in is lambda nonlocal not or pass raise return try while with yield`), keyword),
		rule(`(?<=^[ \t]*)(?:match|case)\b(?=[ \t]+[^=\n]*:)`, keyword),
		rule(words(`True False None Ellipsis NotImplemented`), constant),
		rule(words(`bool bytearray bytes complex dict float frozenset int list object set str tuple`), typeName),
		rule(words(`abs all any ascii bin breakpoint callable chr classmethod compile delattr dir divmod enumerate eval exec
			filter format getattr globals hasattr hash help hex id input isinstance issubclass iter len locals map max min
			next oct open ord pow print property range repr reversed round self setattr slice sorted staticmethod sum super
			type vars zip __import__`), builtin),
		rule(call, function),
		rule(word+`|.`, plain),
	}}
}

// markupRules read XML, or HTML with the styles and scripts in it.
func markupRules(html bool) chroma.Rules {
	rules := chroma.Rules{
		"root": {
			rule(`<!--[\s\S]*?(?:-->|\z)`, comment),
			rule(`<!\[CDATA\[[\s\S]*?(?:\]\]>|\z)`, str),
			rule(`<[!?][^>]*>?`, keyword),
			chroma.Include("embedded"),
			{
				Pattern: `(</?)([\p{L}_:][\w:.-]*)`, Type: chroma.ByGroups(plain, chroma.NameTag), Mutator: chroma.Push("tag"),
			},
			rule(`&#?\w+;`, builtin),
			rule(`[^<&]+|.`, plain),
		},
		"tag": {
			leave(`/?>`, plain),
			rule(`\s+`, plain),
			parts(`([^\s=<>"'/]+)(\s*=\s*)("[^"]*"?|'[^']*'?|[^\s<>"']+)`, name, plain, str),
			rule(`[^\s=<>"'/]+`, name),
			{Pattern: `(?=<)`, Mutator: chroma.Pop(1)}, // the tag is not closed
			rule(`[\s\S]`, plain),
		},
		"embedded": {},
	}
	if !html {
		return rules
	}
	for tag, lang := range map[string]string{"script": "js", "style": "css"} {
		rules["embedded"] = append(rules["embedded"], chroma.Rule{
			Pattern: `(<)(` + tag + `)(?=[\s/>])`, Type: chroma.ByGroups(plain, chroma.NameTag), Mutator: chroma.Push(tag, "tag"),
		})
		rules[tag] = []chroma.Rule{
			{Pattern: `(?=</` + tag + `)`, Mutator: chroma.Pop(1)},
			leave(`[\s\S]+?(?=</`+tag+`|\z)`, using(lang)),
		}
	}
	return rules
}

func cssRules() chroma.Rules {
	return chroma.Rules{
		"root": {
			rule(`\s+`, plain),
			rule(blockComment, comment),
			rule(`@[\w-]+`, keyword),
			enter(`[\w-]+(?=\s*:[^{};]*(?:[;}]|\z))`, chroma.NameProperty, "value"),
			rule(`::?[\w-]+`, builtin),
			rule(`[.#][\w-]+`, chroma.NameClass),
			chroma.Include("literal"),
			rule(`[A-Za-z][\w-]*`, chroma.NameTag),
			rule(`[\s\S]`, plain),
		},
		"value": {
			leave(`;`, plain),
			{Pattern: `(?=\})`, Mutator: chroma.Pop(1)},
			rule(`\s+`, plain),
			rule(blockComment, comment),
			rule(`!\s*important\b`, keyword),
			rule(`#[\da-f]{3,8}\b`, number),
			chroma.Include("literal"),
			rule(`--[\w-]+`, chroma.NameVariable),
			rule(`-?[A-Za-z_][\w-]*(?=\()`, function),
			rule(`-?[A-Za-z_][\w-]*|[\s\S]`, plain),
		},
		"literal": {
			rule(doubleQuoted+`|`+singleQuoted, str),
			rule(`(?<![\w-])[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?(?:%|[a-z]+)?`, number),
		},
	}
}

func sqlRules() chroma.Rules {
	return chroma.Rules{"root": {
		rule(`\s+`, plain),
		rule(`--.*|`+blockComment, comment),
		rule(`\b[nebx]?'(?:[^']|'')*'?|'(?:[^']|'')*'?`, str),
		rule("\"[^\"\\n]*\"?|`[^`\\n]*`?|\\[[a-z_]\\w*\\]", plain), // names, quoted
		rule(numeral, number),
		rule(words(`add all alter analyze and any as asc begin between by cascade case cast check collate column commit
			conflict constraint create cross current database default deferrable delete desc distinct do drop each else end
			escape except exists explain fetch filter first following for foreign from full function grant group having if
			ilike immediate in index inner insert instead intersect into is isolation join key last lateral left level like
			limit lock materialized natural no not nothing nulls of offset on only or order outer over partition pragma
			preceding primary procedure recursive references release rename replace restrict returning revoke right rollback
			row rows savepoint schema select sequence set some start table temp temporary then to transaction trigger
			truncate unbounded union unique update using vacuum values view when where window with without`), keyword),
		rule(words(`bigint bigserial binary bit blob boolean bytea char character date datetime decimal double float int
			integer interval json jsonb numeric precision real serial smallint text time timestamp timestamptz tinyint uuid
			varchar varying`), typeName),
		rule(words(`true false null unknown`), constant),
		rule(call, builtin),
		rule(word+`|.`, plain),
	}}
}
