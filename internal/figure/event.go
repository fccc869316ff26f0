package figure

import "example/workbook/internal/evidence/picture"

// interest is the epoll instance with its two lists.
func interest() Figure {
	s := picture.NewSheet("interest", width, 272)
	s.Text(150, 16, middle, "data, a connection, room, an error")
	s.Arrow(1, "M", 222, 24, "V", 74)
	s.Text(216, 44, dimEnd, "the kernel adds it here")

	s.Frame(8, 54, 284, 130)
	s.Text(18, 70, bold, "interest list")
	s.Text(178, 92, bold, "ready list")
	for i, name := range []string{"listener", "conn 7", "conn 8", "conn 9"} {
		box(s, 18, 78+float64(i)*25, 104, 20, code, name)
	}
	box(s, 178, 100, 104, 20, code, "conn 9")
	box(s, 178, 125, 104, 20, code, "listener")
	s.Arrow(1, "M", 122, 163, "C", 150, 163, 150, 110, 176, 110)
	s.Arrow(1, "M", 122, 88, "C", 150, 88, 150, 135, 176, 135)
	s.Text(150, 178, picture.Style{Dim: true}, "epoll instance")

	s.Arrow(2, "M", 56, 216, "V", 186)
	s.Text(18, 232, call, "epoll_ctl")
	s.Text(18, 248, dim, "adds, changes,", "takes off")
	s.Arrow(2, "M", 230, 147, "V", 216)
	s.Text(140, 232, call, "epoll_wait")
	s.Text(140, 248, dim, "takes what is ready;", "sleeps if that is nothing")
	return Figure{
		Name:  "interest",
		Title: "An epoll instance: the interest list and the ready list",
		Desc: "An epoll instance holds two lists. The interest list has a listener and the connections 7, 8 and 9; " +
			"epoll_ctl adds, changes and takes off. When data, a connection, room or an error comes, the kernel itself adds " +
			"the descriptor to the ready list: here connection 9 and the listener. epoll_wait takes what is on the ready list, and sleeps while it is empty.",
		sheet: s,
	}
}

// signalSteps are what the program does, and whether there is an event then.
var signalSteps = []struct {
	what, did   string
	unread      int
	level, edge bool
}{
	{"4 bytes", "came", 4, true, true},
	{"2 of them", "read", 2, true, false},
	{"2 more", "came", 4, true, true},
	{"all", "read", 0, false, false},
}

// signal is what level and edge say about unread bytes, step by step. The
// numbers are those of the program eventloop/level_and_edge.
func signal() Figure {
	s := picture.NewSheet("signal", width, 236)
	steps := signalSteps
	const left, step, ground, unit = 62.0, 58.0, 112.0, 18.0
	s.Text(6, 14, bold, "unread bytes")
	for _, n := range []int{0, 2, 4} {
		y := ground - float64(n)*unit
		s.Line("M", left, y, "H", left+4*step)
		s.Text(left-6, y+4, atEnd, string(rune('0'+n)))
	}
	before := 0
	for i, st := range steps {
		x := left + float64(i)*step
		s.Strong("M", x, ground-float64(before)*unit, "V", ground-float64(st.unread)*unit, "H", x+step)
		s.Text(x+step/2, ground+18, middle, st.what, st.did)
		before = st.unread
	}

	s.Text(6, 166, bold, "level")
	s.Text(6, 204, bold, "edge")
	for i, st := range steps {
		x := left + float64(i)*step
		if st.level {
			s.Bar(1, x, 156, step, 12)
			s.Text(x+step/2, 184, middle, "event")
		} else {
			s.Text(x+step/2, 184, dimMid, "none")
		}
		if st.edge {
			s.Bar(2, x-2, 194, 5, 14)
			s.Text(x+step/2, 204, middle, "event")
		} else {
			s.Text(x+step/2, 204, dimMid, "none")
		}
	}
	s.Text(150, 228, dimMid, "level: some are there.  edge: some have come.")
	return Figure{
		Name:  "signal",
		Title: "Level and edge: the same four moments, asked in two ways",
		Desc: "The number of unread bytes over four steps: 4 bytes came, 2 of them were read, 2 more came, all were read; so 4, 2, 4 and 0 are unread. " +
			"Level-triggered, the first three steps give an event, since some bytes are there. Edge-triggered, only the first and the third do, " +
			"at which bytes came; after the second step two bytes lie there without an event.",
		sheet: s,
	}
}

// herd is who is woken by one client. The numbers are those of eventloop/herd.
func herd() Figure {
	s := picture.NewSheet("herd", width, 262)
	columns := []struct {
		x     float64
		title []string
		woken []string
	}{
		{50, []string{"all in", "accept"}, []string{"woken: 1 of 8"}},
		{150, []string{"a loop", "each"}, []string{"level: 8 of 8", "exclusive: 1 of 8"}},
		{250, []string{"one loop", "for all"}, []string{"level: 8 of 8", "edge: 1 of 8"}},
	}
	const listener, instance, threads = 38.0, 92.0, 148.0
	for i, c := range columns {
		s.Text(c.x, 14, title, c.title...)
		box(s, c.x-38, listener, 76, 22, code, "listener")
		for t := range 3 {
			x := c.x + float64(t-1)*30
			switch i {
			case 0:
				if t == 0 {
					s.Arrow(1, "M", c.x, listener+22, "C", c.x, 100, x, 110, x, threads-4)
				}
			case 1:
				s.Arrow(1, "M", c.x, listener+22, "L", x, instance-2)
				s.Box(x-13, instance, 26, 20)
				s.Text(x, instance+14, codeIn, "ep")
				s.Arrow(1, "M", x, instance+20, "V", threads-4)
			case 2:
				if t == 1 {
					s.Arrow(1, "M", c.x, listener+22, "V", instance-2)
					s.Box(c.x-13, instance, 26, 20)
					s.Text(c.x, instance+14, codeIn, "ep")
				}
				s.Arrow(1, "M", c.x, instance+20, "L", x, threads-4)
			}
			if i == 0 && t > 0 {
				s.Asleep(x-12, threads, 24, 24)
			} else {
				s.Bar(1, x-12, threads, 24, 24)
			}
		}
		if i == 0 { // they stand in one line
			s.Line("M", c.x-18, threads+12, "H", c.x-12, "M", c.x+12, threads+12, "H", c.x+18)
		}
		s.Text(c.x, 190, dimMid, "threads")
		s.Text(c.x, 212, middle, c.woken...)
	}
	s.Bar(1, 14, 240, 12, 12)
	s.Text(31, 250, dim, "woken")
	s.Asleep(84, 240, 12, 12)
	s.Text(101, 250, dim, "asleep")
	s.Text(158, 250, call, "ep")
	s.Text(176, 250, dim, "an epoll instance")
	return Figure{
		Name:  "herd",
		Title: "One client comes: who is woken?",
		Desc: "Three ways in which eight threads wait for one listener; three of them are drawn. All in accept: they stand in one line, and 1 of 8 is woken. " +
			"A loop each: the listener tells every epoll instance, and each wakes its thread, 8 of 8 level-triggered, 1 of 8 with EPOLLEXCLUSIVE. " +
			"One loop for all: one instance, which wakes 8 of 8 level-triggered, as the listener stays ready, and 1 of 8 edge-triggered.",
		sheet: s,
	}
}
