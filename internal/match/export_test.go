package match

// Search returns what the search for a match found and cost, apart from the
// alignment after it.
func Search(r *Result) (found, gaveUp bool, steps int) { return r.found, r.gaveUp, r.steps }
