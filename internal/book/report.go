package book

// report collects what is wrong with one file.
type report struct {
	src                *source
	problems, warnings Problems
}

// problem reports something that keeps the book from being used. Line and
// column count from 0.
func (r *report) problem(line, col int, format string, args ...any) {
	r.problems.add(r.src.pos(line, col), format, args...)
}

// warn reports something that a writer should look at.
func (r *report) warn(line, col int, format string, args ...any) {
	r.warnings.add(r.src.pos(line, col), format, args...)
}
