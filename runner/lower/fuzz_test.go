package lower_test

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"example/workbook/runner/lower"
	"example/workbook/runner/lower/compare"
	"example/workbook/runner/lower/fuzz"
)

var (
	fuzzFrom  = flag.Uint64("fuzz.from", 1, "the first seed of TestRandomPrograms")
	fuzzCount = flag.Uint64("fuzz.count", 6, "how many random programs to compare")
)

// batch is how many random programs are compiled into one binary.
const batch = 24

// Random programs do the same compiled and interpreted. For an hour of them:
//
//	go test ./runner/lower -run RandomPrograms -fuzz.from 1000 -fuzz.count 20000 -timeout 2h
func TestRandomPrograms(t *testing.T) { random(t, fuzz.Generate, 0) }

// The same of programs whose statements change what they read:
//
//	go test ./runner/lower -run RandomOrder -fuzz.from 1000 -fuzz.count 2000 -timeout 2h
//
// A few are refused, see fn.copyOf.
func TestRandomOrder(t *testing.T) {
	random(t, fuzz.Order, batch/4)
}

// random compares programs. Of each batch, so many may be refused.
func random(t *testing.T, generate func(uint64) []byte, mayRefuse int) {
	short(t)
	for from := *fuzzFrom; from < *fuzzFrom+*fuzzCount; from += batch {
		to := min(from+batch, *fuzzFrom+*fuzzCount)
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			t.Parallel()
			var sources [][]byte
			for seed := from; seed < to; seed++ {
				sources = append(sources, generate(seed))
			}
			program, err := compare.BuildAll(t.TempDir(), sources...)
			if err != nil {
				t.Fatalf("the generator wrote a program that does not compile: %v", err)
			}
			refused := 0
			for i, source := range sources {
				if compareRandom(t, from+uint64(i), source, program, i) {
					refused++
				}
			}
			if refused > mayRefuse {
				t.Errorf("%d of %d programs are refused", refused, len(sources))
			}
		})
	}
}

// compareRandom compares a program and says whether it is refused.
func compareRandom(t *testing.T, seed uint64, source []byte, program string, index int) (refused bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	want, err := compare.Compiled(ctx, t.TempDir(), program, fmt.Sprint(index))
	if err != nil {
		t.Fatal(err)
	}
	got := execute(t, lower.Program{File: "main.go", Source: source})
	if !got.Refused && !got.Same(want) {
		t.Errorf("seed %d: compiled: %s\ninterpreted: %s\n%s", seed, want, got, got.Stderr)
	}
	return got.Refused
}
