package lower_test

import (
	"os"
	"testing"

	"example/workbook/runner/lower"
)

// BenchmarkPrepare checks and lowers a snippet of 100 lines that uses
// x/sys/unix, the largest package that there is.
func BenchmarkPrepare(b *testing.B) {
	source, err := os.ReadFile("testdata/epoll.go")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := lower.Prepare(lower.Program{File: "epoll.go", Source: source}); err != nil {
			b.Fatal(err)
		}
	}
}
