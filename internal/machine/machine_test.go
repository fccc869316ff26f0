package machine_test

import (
	"testing"

	"example/workbook/internal/book"
	"example/workbook/internal/machine"
)

// Whatever a chapter may write behind needs= can be tried, and every answer says
// what was seen.
func TestProbeAnswersEveryNeed(t *testing.T) {
	for _, need := range book.Needs() {
		fact, ok := machine.Probe(need.Name)
		if !ok {
			t.Errorf("needs=%s: there is no probe for it", need.Name)
			continue
		}
		if fact.Name != need.Name || fact.Detail == "" {
			t.Errorf("needs=%s: got %+v, want its name and a detail", need.Name, fact)
		}
	}
	if _, ok := machine.Probe("no-such-need"); ok {
		t.Error("an unknown name was answered")
	}
}

// The witness of evidence is there, or it is said what mends it.
func TestWitness(t *testing.T) {
	if f := machine.Witness(); f.Name != "witness" || f.Detail == "" {
		t.Errorf("got %+v", f)
	}
}
