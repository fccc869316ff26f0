package figure

import "example/workbook/internal/evidence/picture"

// layers are four questions about a program, and the answers of three systems.
// Neighbours that answer alike share a box.
func layers() Figure {
	s := picture.NewSheet("layers", width, 292)
	rows := []struct {
		question string
		answers  [3]string
	}{
		{"How does the language write it?", [3]string{"plain call", "await", "await"}},
		{"Who runs my code then?", [3]string{"who asked", "the loop", "the loop"}},
		{"How is the program built?", [3]string{"an event loop", "an event loop", "an event loop"}},
		{"What does the kernel tell?", [3]string{"readiness", "readiness", "completion"}},
	}
	const left, column, gap, top, step, height = 8.0, 95.0, 4.0, 70.0, 60.0, 28.0
	for i, name := range [][]string{{"Go"}, {"Node", "on Linux"}, {"Node", "on Windows"}} {
		s.Text(left+(float64(i)+.5)*column-gap/2, 16, title, name...)
	}
	for i, row := range rows {
		y := top + float64(i)*step
		s.Text(left, y-8, dim, row.question)
		for from := 0; from < len(row.answers); {
			to := from + 1
			for to < len(row.answers) && row.answers[to] == row.answers[from] {
				to++
			}
			box(s, left+float64(from)*column, y, float64(to-from)*column-gap, height, plain, row.answers[from])
			from = to
		}
	}
	return Figure{
		Name:  "layers",
		Title: "Four questions, and the answers of three systems",
		Desc: "A table with a column for Go, for Node on Linux and for Node on Windows, and a row for each of four questions; neighbours that answer alike share a box. " +
			"How does the language write it: Go a plain call, both Nodes await. Who runs my code then, when it has happened: in Go the one who asked, in both Nodes the loop. " +
			"How is the program built: all three as an event loop. What does the kernel tell: Go and Node on Linux readiness, Node on Windows completion.",
		sheet: s,
	}
}

// baristas are the three contracts at a coffee machine.
func baristas() Figure {
	s := picture.NewSheet("baristas", width, 372)
	const height = 118.0
	panels := []struct {
		name, call   string
		wait, fill   []string
		asleep       bool
		waits, fills int // colour: 1 the barista, 2 the machine
	}{
		{"blocking", "read", []string{"the barista sleeps", "beside the machine"}, []string{"the barista", "fills the cup"}, true, 1, 1},
		{"readiness", "epoll_wait, read", []string{"one barista sleeps", "for all machines"}, []string{"\"I am free\": he comes", "and fills the cup"}, true, 1, 1},
		{"completion", "io_uring", []string{"the machine keeps", "the order and cup"}, []string{"the machine fills it:", "\"your cup is full\""}, false, 2, 2},
	}
	for i, p := range panels {
		y := 8 + float64(i)*height
		s.Text(8, y+12, bold, p.name)
		s.Text(292, y+12, picture.Style{Mono: true, Call: true, End: true}, p.call)
		if p.asleep {
			s.Asleep(8, y+22, 138, 16)
		} else {
			s.Bar(p.waits, 8, y+22, 138, 16)
		}
		s.Bar(p.fills, 154, y+22, 138, 16)
		s.Text(77, y+54, middle, p.wait...)
		s.Text(223, y+54, middle, p.fill...)
		switch i {
		case 0: // one for each customer
			for n := range 3 {
				person(s, 20+float64(n)*22, y+78)
			}
			s.Text(90, y+96, dim, "three customers, three baristas")
		case 1:
			person(s, 20, y+78)
			s.Text(90, y+96, dim, "three customers, one barista")
		case 2:
			person(s, 20, y+78)
			s.Text(90, y+96, dim, "he does something else meanwhile")
		}
		s.Line("M", 8, y+106, "H", 292)
	}
	s.Text(77, 366, dimMid, "1. wait until it can go on")
	s.Text(227, 366, dimMid, "2. fill the cup")
	return Figure{
		Name:  "baristas",
		Title: "Three contracts at the coffee machine",
		Desc: "A coffee has two halves: wait until the machine can go on, and fill the cup. Blocking, read: the barista sleeps beside the machine, then fills the cup himself; " +
			"three customers need three baristas. Readiness, epoll_wait and then read: one barista sleeps for all machines; one calls \"I am free\", he comes and fills the cup himself. " +
			"Completion, io_uring: the machine keeps the order and the cup, fills it, and says \"your cup is full\"; the barista does something else meanwhile.",
		sheet: s,
	}
}

// person draws a barista.
func person(s *picture.Sheet, x, y float64) {
	s.Dot(1, x, y+5, 4.5, false)
	s.Bar(1, x-6, y+11, 12, 11)
}

// parked is a goroutine that waits in conn.Read beside one that waits in
// unix.Read, and what their threads do.
func parked() Figure {
	s := picture.NewSheet("parked", width, 372)
	const a, b = 20.0, 176.0 // left edges of the two halves
	s.Text(a+54, 14, title, "conn.Read")
	s.Text(b+59, 14, title, "unix.Read")
	s.Line("M", 150, 4, "V", 322)
	for _, x := range []float64{a, b} {
		s.Text(x+8, 34, codeIn, "G1")
	}
	s.Text(a+70, 34, codeIn, "G2")
	s.Text(b+54, 34, codeIn, "G2")
	s.Text(a+100, 34, codeIn, "T1")
	s.Text(b+84, 34, codeIn, "T1")
	s.Text(b+110, 34, codeIn, "T2")
	lane := func(x, from, to float64, k int) { s.Bar(k, x-7, from, 14, to-from) }
	sleep := func(x, from, to float64) { s.Asleep(x-7, from, 14, to-from) }

	// Left: G1 runs on T1, is parked, and G2 has the thread.
	lane(a+8, 44, 104, 1)
	s.Strong("M", a+8, 104, "V", 244)
	lane(a+8, 244, 310, 1)
	s.Strong("M", a+70, 44, "V", 112)
	lane(a+70, 112, 200, 2)
	lane(a+100, 44, 104, 1)
	lane(a+100, 112, 200, 2)
	sleep(a+100, 204, 240)
	lane(a+100, 244, 310, 1)
	s.Text(a+20, 80, call, "EAGAIN")
	s.Text(a+16, 130, dim, "parked")
	s.Text(a+16, 224, call, "epoll_wait")
	s.Text(a+20, 262, dim, "data")

	// Right: T1 goes into the kernel with G1, and Go gives G2 another thread.
	lane(b+8, 44, 104, 1)
	sleep(b+8, 104, 244)
	lane(b+8, 244, 310, 1)
	s.Strong("M", b+54, 44, "V", 124)
	lane(b+54, 124, 310, 2)
	lane(b+84, 44, 104, 1)
	sleep(b+84, 104, 244)
	lane(b+84, 244, 310, 1)
	lane(b+110, 124, 310, 2)
	s.Text(b+18, 80, call, "read")
	s.Text(b+18, 262, dim, "data")

	s.Text(a+54, 340, dimMid, "200 wait:", "no thread more")
	s.Text(b+60, 340, dimMid, "200 wait:", "200 threads more")
	s.Bar(1, 20, 360, 10, 10)
	s.Text(34, 369, dim, "G1 runs")
	s.Bar(2, 90, 360, 10, 10)
	s.Text(104, 369, dim, "G2 runs")
	s.Asleep(160, 360, 10, 10)
	s.Text(174, 369, dim, "asleep in the kernel")
	return Figure{
		Name:  "parked",
		Title: "A goroutine that is parked, and one that takes its thread along",
		Desc: "Time goes down; goroutines G1 and G2, threads T1 and T2. Left, conn.Read: G1 runs on T1 until its read says EAGAIN. Then G1 is parked, and T1 runs G2. " +
			"When G2 has nothing to do, T1 sleeps in epoll_wait; when data come, it runs G1 again. 200 goroutines that wait so take no more threads. " +
			"Right, unix.Read: G1 takes T1 into the kernel, and both sleep there until data come. Go gives G2 another thread, T2. 200 that wait so take 200 threads more.",
		sheet: s,
	}
}
