package match

// Steps returns what the comparison that led to r cost.
func Steps(r *Result) int { return r.steps }
