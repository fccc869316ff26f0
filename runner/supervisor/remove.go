package supervisor

import "os"

// RemoveAll is os.RemoveAll that also gets into folders which a program has
// made unreadable.
func RemoveAll(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil {
		return nil
	}
	open(dir)
	return os.RemoveAll(dir)
}

// open gives the owner all rights to the folders at dir and below. What it
// cannot do, RemoveAll tells.
func open(dir string) {
	_ = os.Chmod(dir, 0o700)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			open(dir + string(os.PathSeparator) + e.Name())
		}
	}
}
