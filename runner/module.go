package runner

// WriteModule makes the new folder dir a Go module in which programs build as
// they do here: with what they may import from Module, and the recorder, which
// the packages there may use. A program that somebody edits and builds by hand
// can stand in it.
func (r *Runner) WriteModule(dir string) error { return r.writeModule(dir) }
