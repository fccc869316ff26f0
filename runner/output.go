package runner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// pieceCost is what one piece takes of a limit beside its bytes, so that two
// streams that take turns byte by byte cannot grow the books kept about them.
const pieceCost = 32

// recorder keeps the beginning and the end of both streams in their order.
type recorder struct {
	limit   int64 // bytes for each of the two parts of each stream
	tee     func(Chunk)
	head    []piece
	streams [2]struct {
		total, dropped int64
		head           int64 // bytes and costs in head
		full           bool  // head takes no more of this stream
		tail           ring
	}
	number int64  // of the newest piece
	last   Stream // stream of the newest piece
}

// piece is a run of bytes of one stream without the other stream between.
type piece struct {
	number int64 // place in the order of all pieces
	stream Stream
	size   int64
	data   []byte
	behind bool // comes from the end of the stream, not from its beginning
}

func newRecorder(limit int64, tee func(Chunk)) *recorder {
	return &recorder{limit: max(limit/2, 1), tee: tee, last: -1}
}

// total is the number of bytes that arrived.
func (r *recorder) total() int64 { return r.streams[Stdout].total + r.streams[Stderr].total }

// flooded says whether far more arrived than is kept.
func (r *recorder) flooded() bool {
	most := floodFactor * 2 * r.limit
	return r.streams[Stdout].total > most || r.streams[Stderr].total > most
}

// add records data and does not keep it.
func (r *recorder) add(s Stream, data []byte) {
	if len(data) == 0 {
		return
	}
	if r.tee != nil {
		r.tee(Chunk{s, data})
	}
	st := &r.streams[s]
	st.total += int64(len(data))
	if r.last != s {
		r.last = s
		r.number++
	}
	if !st.full {
		data = r.addHead(s, data)
		if len(data) == 0 {
			return
		}
		st.full = true
		r.number++
	}
	st.dropped += st.tail.add(data, r.number, r.limit)
}

// addHead keeps what the beginning of stream s still takes of data and returns
// the rest.
func (r *recorder) addHead(s Stream, data []byte) []byte {
	st := &r.streams[s]
	if n := len(r.head); n == 0 || r.head[n-1].number != r.number {
		r.head = append(r.head, piece{number: r.number, stream: s})
		st.head += pieceCost
	}
	p := &r.head[len(r.head)-1]
	n := min(int64(len(data)), max(r.limit-st.head, 0))
	p.data = append(p.data, data[:n]...)
	st.head += n
	return data[n:]
}

// output returns what was kept, how many bytes of each stream were dropped, and
// for each stream the index of the first chunk behind the gap, or -1.
func (r *recorder) output() (chunks []Chunk, dropped [2]int64, gap [2]int) {
	all := r.head
	for s := range r.streams {
		gap[s] = -1
		dropped[s] = r.streams[s].dropped
		for _, p := range r.streams[s].tail.pieces() {
			p.stream, p.behind = Stream(s), true
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b piece) int { return cmp.Compare(a.number, b.number) })
	for _, p := range all {
		if len(p.data) == 0 {
			continue
		}
		if p.behind && dropped[p.stream] > 0 && gap[p.stream] < 0 {
			gap[p.stream] = len(chunks)
		}
		chunks = append(chunks, Chunk{p.stream, p.data})
	}
	return chunks, dropped, gap
}

// ring keeps the last bytes that were added to it.
type ring struct {
	buf   []byte
	start int64 // index in buf of the oldest byte
	size  int64
	list  []piece // the sizes of what is in buf, oldest first
}

// add appends data as part of piece number and returns how many bytes it
// dropped at the old end to stay within limit.
func (r *ring) add(data []byte, number, limit int64) (dropped int64) {
	if r.buf == nil {
		r.buf = make([]byte, limit)
	}
	if over := int64(len(data)) - limit; over > 0 {
		dropped += over
		data = data[over:]
	}
	if n := len(r.list); n == 0 || r.list[n-1].number != number {
		r.list = append(r.list, piece{number: number})
	}
	for {
		// What the newest piece costs is not charged: it must fit alone.
		over := r.size + int64(len(data)) + int64(len(r.list)-1)*pieceCost - limit
		if over <= 0 {
			break
		}
		n := min(over, r.list[0].size)
		r.list[0].size -= n
		r.start = (r.start + n) % limit
		r.size -= n
		dropped += n
		if r.list[0].size == 0 && len(r.list) > 1 {
			r.list = r.list[1:]
		}
	}
	n := copy(r.buf[(r.start+r.size)%limit:], data)
	copy(r.buf, data[n:])
	r.size += int64(len(data))
	r.list[len(r.list)-1].size += int64(len(data))
	return dropped
}

// pieces returns what the ring holds, oldest first, and empties it.
func (r *ring) pieces() []piece {
	all := make([]byte, 0, r.size)
	first := min(r.size, int64(len(r.buf))-r.start)
	all = append(all, r.buf[r.start:r.start+first]...)
	all = append(all, r.buf[:r.size-first]...)
	for i := range r.list {
		n := r.list[i].size
		r.list[i].data, all = all[:n:n], all[n:]
	}
	list := r.list
	*r = ring{}
	return list
}

// text joins the chunks of one stream, with a line in place of what is missing.
func (r *Run) text(s Stream) string {
	var b strings.Builder
	for i, c := range r.Output {
		if c.Stream != s {
			continue
		}
		if r.Dropped[s] > 0 && i == r.gap[s] {
			b.WriteString(gapLine(r.Dropped[s]))
		}
		b.Write(c.Data)
	}
	return b.String()
}

// gapLine stands where n bytes were dropped.
func gapLine(n int64) string { return fmt.Sprintf("\n[%d bytes are left out here]\n", n) }
