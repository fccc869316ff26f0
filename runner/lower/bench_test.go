package lower_test

import (
	"os"
	"testing"

	"example/workbook/runner/lower"
)

// BenchmarkPrepare checks and lowers a snippet of 100 lines that uses
// x/sys/unix, the largest package that there is. The export data is read once
// in the life of the process: run the first of the two with -benchtime 1x.
func BenchmarkPrepare(b *testing.B) {
	source, err := os.ReadFile("testdata/epoll.go")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"first", "again"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := lower.Prepare(lower.Program{File: "epoll.go", Source: source}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
