package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example/workbook/internal/book"
	"example/workbook/runner/ahead"
	"example/workbook/runner/lower"
)

// packageDir is the folder of the package that a program is compiled as. Where
// Root is set it exists for the go command only, by its -overlay flag.
const packageDir = "workbook-snippet"

// buildTimeout is how long the go command may take. It waits for the network
// when a module is missing.
const buildTimeout = 5 * time.Minute

// compile is the engine Go: it builds p and runs the binary.
func (r *Runner) compile(ctx context.Context, p *Program) (*Run, error) {
	f, err := ahead.NewFolder()
	if err != nil {
		return nil, err
	}
	release, err := r.keep(f)
	if err != nil {
		return nil, err
	}
	defer release()
	defer f.Remove()
	binary, recorded, problems, err := r.buildRecorded(ctx, p, f)
	if err != nil {
		return nil, err
	}
	if problems != nil {
		return &Run{Engine: Go, End: Rejected, ExitCode: -1, Problems: p.withHints(problems)}, nil
	}
	if p.NoRun {
		return &Run{Engine: Go, End: Compiled}, nil
	}
	return r.runBinary(ctx, p, f, binary, recorded)
}

// runBinary runs what p was compiled to, in the folder f.
func (r *Runner) runBinary(ctx context.Context, p *Program, f ahead.Folder, binary string, recorded bool) (*Run, error) {
	cmd := r.command(f)
	cmd.timeout, cmd.superuser, cmd.alone = r.timeout(p), p.Superuser, p.NoProcesses
	cmd.path, cmd.args = binary, []string{"snippet"}
	var rec *recording
	var err error
	if recorded {
		if rec, err = recordCommand(cmd, p, binary); err != nil {
			return nil, err
		}
		defer rec.close()
	}
	if cmd.binary, err = r.moveOut(ctx, f, binary); err != nil {
		return nil, err
	}
	if cmd.binary != nil {
		defer cmd.binary.Close()
	}
	cmd.env = append(cmd.env, "GODEBUG=containermaxprocs=0", "GOTRACEBACK=single")
	out, err := r.execute(ctx, cmd)
	if err != nil {
		return nil, err
	}
	run := p.newRun(Go, cmd, out, p.examine)
	run.Evidence = rec.trace(p, Go)
	run.clean(f)
	return run, nil
}

// moveOut opens the program for a run that has its files in memory, and removes
// all that building it has left on disk, so that nothing is there during the run.
func (r *Runner) moveOut(ctx context.Context, f ahead.Folder, binary string) (*os.File, error) {
	box, err := r.Isolated(ctx)
	if err != nil || !box.Level.Private() {
		return nil, err
	}
	file, err := os.Open(binary)
	if err != nil {
		return nil, err
	}
	f.Remove()
	return file, nil
}

// buildRecorded compiles p so that its system calls are recorded, if they are to
// be and that is possible; otherwise as it is.
func (r *Runner) buildRecorded(ctx context.Context, p *Program, f ahead.Folder) (binary string, recorded bool, problems book.Problems, err error) {
	if r.records(p) && lower.Check(p.forLower()) == nil {
		// What does not build here may build without: then it is not recorded.
		binary, problems, err = r.build(ctx, p, f, true)
		if err == nil && problems == nil || ctx.Err() != nil {
			return binary, true, nil, err
		}
	}
	binary, problems, err = r.build(ctx, p, f, false)
	return binary, false, problems, err
}

// build compiles p into a binary below f.
func (r *Runner) build(ctx context.Context, p *Program, f ahead.Folder, record bool) (binary string, problems book.Problems, err error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return "", nil, errors.New("engine go: there is no go command in PATH: install Go, or use the engine yaegi")
	}
	temp, err := os.MkdirTemp(string(f), "build-")
	if err != nil {
		return "", nil, err
	}
	root, flags, err := r.layOut(p, temp, record)
	if err != nil {
		return "", nil, err
	}
	binary = filepath.Join(string(f), "snippet")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	args := []string{
		"go", "build", "-o", binary, "-buildvcs=false", "-trimpath",
		// Names below the folder of the package become the file names that
		// the //line directive gives.
		"-gcflags=-trimpath=" + filepath.Join(root, packageDir),
	}
	if record {
		// A call has the line of the program only if nothing is inlined there.
		args[len(args)-1] += " -l"
	}
	args = append(append(args, flags...), "./"+packageDir+"/main.go")
	out, err := r.execute(ctx, &command{
		path: tool, args: args, env: buildEnvironment(root, temp), dir: root,
		timeout: buildTimeout, output: defaultOutputLimit, marker: temp, folder: f, trusted: true,
	})
	if err != nil {
		return "", nil, err
	}
	if out.timedOut {
		return "", nil, fmt.Errorf("go build in %s: stopped after %v: run it there by hand to see what it waits for", root, buildTimeout)
	}
	if out.exited && out.status.Exited() && out.status.ExitStatus() == 0 {
		return binary, nil, nil
	}
	said := &Run{Output: out.output, Dropped: out.dropped, gap: out.gap}
	problems, rest := r.parseBuild(p, root, said.Stderr())
	if problems == nil {
		if rest == "" {
			rest = fmt.Sprintf("ended with %v and no message", out.status)
		}
		return "", nil, fmt.Errorf("go build in %s: %s", root, rest)
	}
	return "", problems, nil
}

// layOut writes what the go command reads into dir and returns the root of the
// module and the flags that it needs.
func (r *Runner) layOut(p *Program, dir string, record bool) (root string, flags []string, err error) {
	// The directive gives line 1 of what follows its name and place.
	source := fmt.Appendf(nil, "//line %s:%d:1\n", p.fileToken(), max(p.Line, 1))
	text := []byte(strings.TrimPrefix(string(p.Source), "\ufeff"))
	if r.Root == "" {
		root = filepath.Join(dir, "module")
		if err := r.writeModule(root); err != nil {
			return "", nil, err
		}
		if record {
			text = instrument(text, recorderPath)
		}
		program := filepath.Join(root, packageDir)
		if err := os.Mkdir(program, 0o700); err != nil {
			return "", nil, err
		}
		return root, nil, os.WriteFile(filepath.Join(program, "main.go"), append(source, text...), 0o600)
	}
	if root, err = filepath.Abs(r.Root); err != nil {
		return "", nil, err
	}
	replace := map[string]string{}
	at, err := overlayRecorder(root, filepath.Join(dir, "recorder"), replace)
	if err != nil {
		return "", nil, err
	}
	if len(replace) > 0 {
		// The assembler does not find its way into a package of the overlay.
		flags = append(flags, "-tags=workbook_overlay")
	}
	if record {
		text = instrument(text, at)
	}
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, append(source, text...), 0o600); err != nil {
		return "", nil, err
	}
	replace[filepath.Join(root, packageDir, "main.go")] = file
	content, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return root, append(flags, "-overlay="+overlay), os.WriteFile(overlay, content, 0o600)
}

// writeModule copies into dir what a program may import from r.Module, and the
// recorder, which the packages there may use.
func (r *Runner) writeModule(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if r.Module == nil {
		text := "module snippet\n\ngo " + languageVersion() + "\n"
		return os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600)
	}
	err := fs.WalkDir(r.Module, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if !slices.Contains([]string{".", "snippets", "snippets/lab"}, name) && !strings.HasPrefix(name, "snippets/lab/") {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(dir, filepath.FromSlash(name)), 0o700)
		case name != "go.mod" && name != "go.sum" && path.Ext(name) != ".go", strings.HasSuffix(name, "_test.go"):
			return nil
		}
		data, err := fs.ReadFile(r.Module, name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), data, 0o600)
	})
	if err != nil {
		return err
	}
	return writeRecorder(filepath.Join(dir, "runner", "record"), recorderPath)
}

// languageVersion is the version of Go that this binary was built with, as a
// go.mod names it: 1.26.
func languageVersion() string {
	v := strings.TrimPrefix(runtime.Version(), "go")
	parts := strings.SplitN(v, ".", 3)
	if len(parts) < 2 {
		return "1.26"
	}
	return parts[0] + "." + strings.TrimRight(parts[1], "abcdefghijklmnopqrstuvwxyz-+ ")
}

// buildEnvironment is the environment of the go command: that of this process,
// so that it finds its caches and settings, but nothing that would change what
// is built or write to the module.
func buildEnvironment(root, temp string) []string {
	set := map[string]string{
		"CGO_ENABLED": "0",
		// Not empty: then the go command would take it from its own settings.
		"GOFLAGS":     "-buildvcs=false",
		"GOTOOLCHAIN": "local",
		"GO111MODULE": "on",
		"GOOS":        runtime.GOOS,
		"GOARCH":      runtime.GOARCH,
		"GOWORK":      workspace(root),
		"TMPDIR":      temp,
		"GOTMPDIR":    temp,
		"PWD":         root,
	}
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if _, ok := set[name]; !ok {
			env = append(env, e)
		}
	}
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	return env
}

// workspace returns the go.work file that uses the module at root, or "off".
func workspace(root string) string {
	file := os.Getenv("GOWORK")
	if file == "" {
		for dir := root; ; dir = filepath.Dir(dir) {
			file = filepath.Join(dir, "go.work")
			if _, err := os.Stat(file); err == nil {
				break
			}
			if dir == filepath.Dir(dir) {
				return "off"
			}
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "off"
	}
	for _, dir := range usedModules(string(text)) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), dir)
		}
		if filepath.Clean(dir) == root {
			return file
		}
	}
	return "off"
}

// usedModules returns the folders in the use directives of a go.work file.
func usedModules(text string) []string {
	var dirs []string
	block := false
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			continue
		case fields[0] == ")":
			block = false
			continue
		case fields[0] == "use":
			fields = fields[1:]
		case !block:
			continue
		}
		if len(fields) > 0 && fields[0] == "(" {
			block = true
			continue
		}
		for _, dir := range fields {
			if s, err := strconv.Unquote(dir); err == nil {
				dir = s
			}
			dirs = append(dirs, filepath.FromSlash(dir))
		}
	}
	return dirs
}

var (
	buildLine = lazyRegexp(`^(.+?):(\d+)(?::(\d+))?: (.*)$`)
	noPackage = lazyRegexp(`^no required module provides package (\S+?)[;:].*$`)
	notInStd  = lazyRegexp(`^package (\S+) is not in std \(.*\)$`)
)

// parseBuild turns what the go command said into problems. rest is what names
// no place.
func (r *Runner) parseBuild(p *Program, root, said string) (problems book.Problems, rest string) {
	token := p.fileToken()
	var others []string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		m := buildLine().FindStringSubmatch(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# ") || strings.HasSuffix(line, "too many errors"):
		case strings.HasPrefix(line, "\t") && len(problems) > 0:
			problems[len(problems)-1].Msg += "\n" + line
		case strings.Contains(line, "function main is undeclared in the main package"):
			problems = append(problems, book.Problem{Pos: p.place(max(p.Line, 1), 0), Msg: lower.NoMain})
		case m == nil || strings.HasPrefix(line, "go: "):
			others = append(others, line)
		default:
			at, _ := strconv.Atoi(m[2])
			col, _ := strconv.Atoi(m[3])
			pos := book.Pos{File: strings.TrimPrefix(filepath.ToSlash(m[1]), "./"), Line: at, Col: col}
			if name := strings.TrimPrefix(pos.File, packageDir+"/"); name == token || name == "main.go" && pos.File != name {
				pos = p.place(at, col)
			}
			problems = append(problems, book.Problem{Pos: pos, Msg: m[4]})
		}
	}
	for i := range problems {
		problems[i].Msg = r.inReadersWords(p.inReadersPlaces(problems[i].Msg))
	}
	slices.SortStableFunc(problems, func(a, b book.Problem) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	return problems, strings.Join(others, "\n")
}

// inReadersPlaces gives the places that a message names as p has them. To one that
// comes of the //line directive the compiler adds in brackets where it stands in
// the file that was written for it.
func (p *Program) inReadersPlaces(msg string) string {
	if !strings.Contains(msg, "main.go:") {
		return msg
	}
	both := regexp.MustCompile(regexp.QuoteMeta(p.fileToken()) + `:(\d+):(\d+)\[[^\n]*?main\.go:\d+:\d+\]`)
	return both.ReplaceAllStringFunc(msg, func(place string) string {
		m := both.FindStringSubmatch(place)
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		return p.place(line, col).String()
	})
}

// inReadersWords replaces messages of the go command that speak to the author
// of a module.
func (r *Runner) inReadersWords(msg string) string {
	first, _, _ := strings.Cut(msg, "\n")
	if m := noPackage().FindStringSubmatch(first); m != nil {
		if r.Root == "" {
			return fmt.Sprintf("no module here has package %s: use the standard library or golang.org/x/sys/unix, or run the snippet inside a module that requires it", m[1])
		}
		return fmt.Sprintf("go.mod requires no module with package %s: add it with 'go get %s', or check the path", m[1], m[1])
	}
	if m := notInStd().FindStringSubmatch(first); m != nil {
		return fmt.Sprintf("package %s is not in the standard library: check the path", m[1])
	}
	return msg
}
