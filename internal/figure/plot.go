package figure

import "io/fs"

func plots(root fs.FS) ([]Figure, error) { return nil, nil }
