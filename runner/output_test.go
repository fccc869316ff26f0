package runner

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// record feeds pieces such as "o:abc" (stdout) and "e:x" (stderr) to a recorder.
func record(limit int64, pieces ...string) *Run {
	rec := newRecorder(limit, nil)
	for _, p := range pieces {
		s := Stdout
		if p[0] == 'e' {
			s = Stderr
		}
		rec.add(s, []byte(p[2:]))
	}
	run := &Run{}
	run.Output, run.Dropped, run.gap = rec.output()
	return run
}

func (r *Run) shape() string {
	var b strings.Builder
	for _, c := range r.Output {
		fmt.Fprintf(&b, "%c:%s ", "oe"[c.Stream], c.Data)
	}
	return strings.TrimSpace(b.String())
}

func TestRecorderKeepsOrder(t *testing.T) {
	big := strings.Repeat("x", 100)
	for _, tt := range []struct {
		name   string
		pieces []string
		want   string
		drop   [2]int64
	}{
		{"streams take turns", []string{"o:a", "e:b", "o:c"}, "o:a e:b o:c", [2]int64{}},
		{"pieces of one stream are joined", []string{"o:a", "o:b", "e:c", "e:d"}, "o:ab e:cd", [2]int64{}},
		{"stderr that comes after the tail of stdout stays after it",
			[]string{"o:" + big + big, "o:" + big + "end", "e:late"},
			"o:" + big[:68] + " o:" + big[:97] + "end e:late", [2]int64{303 - 168, 0}},
		{"the oldest pieces of a tail go first",
			[]string{"o:" + big, "e:1", "o:" + big[:30], "e:2", "o:" + big[:30], "e:3"},
			"o:" + big[:68] + " e:1 o:" + big[:30] + " e:2 o:" + big[:30] + " e:3", [2]int64{32, 0}},
	} {
		run := record(200, tt.pieces...)
		if got := run.shape(); got != tt.want || run.Dropped != tt.drop {
			t.Errorf("%s: got %s, dropped %d\nwant %s, dropped %d", tt.name, got, run.Dropped, tt.want, tt.drop)
		}
	}
}

// Whatever arrives, each stream is its own beginning and end, nothing is lost
// uncounted, and the limit holds.
func TestRecorderAgainstPlainBuffers(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		limit := 2 + rnd.Int64N(400)
		rec := newRecorder(limit, nil)
		var want [2]bytes.Buffer
		for range rnd.IntN(60) {
			s := Stream(rnd.IntN(2))
			data := make([]byte, rnd.IntN(150))
			for i := range data {
				data[i] = byte('a' + rnd.IntN(26))
			}
			want[s].Write(data)
			rec.add(s, data)
		}
		run := &Run{}
		run.Output, run.Dropped, run.gap = rec.output()
		for s := range want {
			var head, tail []byte
			for i, c := range run.Output {
				switch {
				case c.Stream != Stream(s):
				case run.gap[s] >= 0 && i >= run.gap[s]:
					tail = append(tail, c.Data...)
				default:
					head = append(head, c.Data...)
				}
			}
			all := want[s].Bytes()
			if !bytes.HasPrefix(all, head) || !bytes.HasSuffix(all, tail) {
				t.Fatalf("limit %d, stream %d: %q ... %q is not the begin and end of %q", limit, s, head, tail, all)
			}
			if int64(len(head)+len(tail))+run.Dropped[s] != int64(len(all)) {
				t.Fatalf("limit %d, stream %d: %d + %d kept and %d dropped of %d", limit, s, len(head), len(tail), run.Dropped[s], len(all))
			}
			if int64(len(head)+len(tail)) > limit {
				t.Fatalf("limit %d, stream %d: %d kept", limit, s, len(head)+len(tail))
			}
		}
	}
}

func TestTextMarksGap(t *testing.T) {
	run := record(200, "o:"+strings.Repeat("a", 100), "o:"+strings.Repeat("b", 100), "e:x")
	want := strings.Repeat("a", 68) + "\n[32 bytes are left out here]\n" + strings.Repeat("b", 100)
	if got := run.Stdout(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
