package figure

import "example/workbook/internal/evidence/picture"

// chain is how process, descriptor, description and socket hang together.
func chain() Figure {
	s := picture.NewSheet("chain", width, 250)
	s.Frame(8, 22, 92, 176)
	s.Text(8, 14, bold, "process")
	box(s, 16, 32, 76, 20, plain, "thread")
	box(s, 16, 56, 76, 20, plain, "thread")
	s.Text(16, 98, plain, "descriptors")
	for i, n := range []string{"0", "3", "4"} {
		box(s, 60, 104+float64(i)*28, 32, 22, code, n)
	}
	s.Text(114, 14, bold, "open file", "descriptions")
	s.Text(292, 14, boldEnd, "what is open")
	box(s, 124, 80, 74, 36, plain, "offset 6", "no flag")
	s.Box(124, 132, 74, 36)
	s.Text(161, 147, codeIn, "O_NONBLOCK")
	s.Text(161, 161, middle, "is set")
	s.Arrow(1, "M", 92, 115, "C", 108, 115, 108, 98, 122, 98)
	s.Arrow(1, "M", 92, 143, "H", 122)
	s.Arrow(1, "M", 92, 171, "C", 108, 171, 108, 158, 122, 158)
	box(s, 224, 86, 66, 24, plain, "file on disk")
	box(s, 224, 138, 66, 24, plain, "socket")
	s.Arrow(1, "M", 198, 98, "H", 222)
	s.Arrow(1, "M", 198, 150, "H", 222)
	box(s, 206, 190, 84, 24, plain, "connection")
	s.Arrow(0, "M", 257, 162, "V", 188)
	s.Text(250, 180, dimEnd, "perhaps")
	s.Text(8, 232, dim, "Descriptors 3 and 4 lead to one description:", "what is set through one, the other has, too.")
	return Figure{
		Name:  "chain",
		Title: "From a process to a connection",
		Desc: "A process has threads and a table of descriptors, here 0, 3 and 4. Each descriptor leads to an open file description in the kernel. " +
			"Descriptor 0 leads to one with offset 6, and that to a file on a disk. Descriptors 3 and 4 lead to the same one, with O_NONBLOCK set, and that leads to a socket, which perhaps leads to a connection.",
		sheet: s,
	}
}

// child is what fork copies and what exec replaces.
func child() Figure {
	s := picture.NewSheet("child", width, 236)
	columns := []struct {
		name, program, memory string
		k                     int
	}{
		{"parent", "sh", "its own", 1},
		{"after fork", "sh", "a copy", 1},
		{"after exec", "cat", "new", 2},
	}
	for i, c := range columns {
		x := 8 + float64(i)*98
		s.Text(x+44, 14, title, c.name)
		s.Frame(x, 22, 88, 118)
		s.Text(x+8, 42, dim, "program")
		s.Bar(c.k, x+8, 48, 6, 14)
		s.Text(x+20, 60, code, c.program)
		s.Text(x+8, 80, dim, "memory")
		s.Text(x+20, 96, plain, c.memory)
		s.Text(x+8, 116, dim, "descriptor")
		box(s, x+28, 120, 32, 16, code, "3")
		s.Arrow(1, "M", x+44, 136, "L", 106+44+float64(i-1)*24, 176)
	}
	s.Arrow(2, "M", 88, 58, "H", 112)
	s.Arrow(2, "M", 186, 58, "H", 210)
	box(s, 90, 178, 120, 24, plain, "one description")
	s.Text(150, 222, dimMid, "offset and flags: the same for all three")
	return Figure{
		Name:  "child",
		Title: "What a child gets: memory of its own, the same open file descriptions",
		Desc: "Three boxes: the parent, the child after fork, the same child after execve. The program is sh, sh and then cat. The memory is the parent's own, a copy, and new. " +
			"Descriptor 3 of all three leads to one open file description, whose offset and flags are the same for all.",
		sheet: s,
	}
}

// states are those of a thread.
func states() Figure {
	s := picture.NewSheet("states", width, 236)
	box(s, 8, 34, 104, 40, plain, "runnable", "could go on")
	box(s, 188, 34, 104, 40, plain, "running", "has a processor")
	s.Asleep(98, 152, 104, 40)
	s.Text(150, 148, title, "blocked")
	s.Text(150, 206, dimMid, "on the wait queue of a thing")
	s.Arrow(1, "M", 112, 46, "H", 186)
	s.Text(150, 40, dimMid, "its turn")
	s.Arrow(1, "M", 188, 64, "H", 114)
	s.Text(150, 80, dimMid, "turn over")
	s.Arrow(2, "M", 252, 74, "C", 252, 150, 236, 172, 204, 172)
	s.Text(238, 104, dimEnd, "must wait for")
	s.Text(236, 118, dimEnd, "a condition")
	s.Arrow(3, "M", 98, 172, "C", 66, 172, 48, 150, 48, 76)
	s.Text(56, 104, dim, "condition")
	s.Text(58, 118, dim, "holds")
	s.Text(60, 20, codeIn, "R")
	s.Text(240, 20, codeIn, "R")
	s.Text(150, 176, codeIn, "S")
	s.Text(150, 228, dimMid, "the letters are what Linux prints")
	return Figure{
		Name:  "states",
		Title: "Three states of a thread",
		Desc: "Runnable: the thread could go on, printed R. Running: it has a processor, printed R as well. Blocked: it stands on the wait queue of a thing, printed S. " +
			"From runnable to running when it has its turn, and back when the turn is over. From running to blocked when it must wait for a condition. From blocked to runnable when the condition holds; never straight to running.",
		sheet: s,
	}
}

// queues are those of a listener.
func queues() Figure {
	s := picture.NewSheet("queues", width, 240)
	s.Text(8, 14, bold, "client")
	s.Text(152, 14, title, "server's kernel")
	s.Text(292, 14, boldEnd, "program")
	s.Frame(84, 22, 136, 160)
	s.Text(152, 40, codeIn, "listener")
	s.Text(94, 62, dim, "handshake under way")
	box(s, 94, 68, 116, 22, code, "SYN_RECV")
	s.Text(94, 118, dim, "established")
	box(s, 94, 124, 116, 22, code, "ESTABLISHED")
	box(s, 94, 150, 116, 22, code, "ESTABLISHED")
	s.Arrow(2, "M", 10, 76, "H", 92)
	s.Text(10, 70, dim, "SYN")
	s.Arrow(2, "M", 92, 84, "H", 12)
	s.Text(10, 98, dim, "SYN, ACK")
	s.Arrow(2, "M", 10, 135, "H", 92)
	s.Text(10, 129, dim, "ACK")
	s.Arrow(1, "M", 180, 90, "V", 122)
	s.Arrow(1, "M", 210, 161, "H", 236)
	s.Text(238, 152, call, "accept")
	s.Text(238, 166, dim, "takes the", "first one")
	s.Text(8, 202, dim, "listen limits the second queue. When it is full,", "the kernel leaves the next client's segments", "unanswered, and the client sends them again.")
	return Figure{
		Name:  "queues",
		Title: "A listener and its two queues",
		Desc: "A client sends a SYN to the server's kernel, which answers SYN, ACK and notes a handshake under way, state SYN_RECV. With the client's ACK the connection is ESTABLISHED " +
			"and moves to the second queue of the listener, that of established connections. accept, the only part of the program in the picture, takes the first one out of it. " +
			"listen limits the second queue; when it is full, the kernel leaves the next client's segments unanswered, and the client sends them again.",
		sheet: s,
	}
}

// fourSockets are a listener and its three connections, on one port.
func fourSockets() Figure {
	s := picture.NewSheet("four_sockets", width, 206)
	s.Text(8, 14, bold, "remote address")
	s.Text(292, 14, boldEnd, "socket")
	s.Text(134, 14, picture.Style{Bold: true}, "port 80")
	s.Frame(130, 22, 52, 140)
	rows := []struct{ remote, socket string }{
		{"10.0.0.5:4001", "conn 7"},
		{"10.0.0.5:4002", "conn 8"},
		{"10.0.0.9:4001", "conn 9"},
		{"any other", "listener"},
	}
	for i, r := range rows {
		y := 34 + float64(i)*36
		k := i + 1
		if i == 3 {
			k = 0
		}
		s.Text(8, y+10, code, r.remote)
		s.Arrow(k, "M", 98, y+6, "H", 214)
		box(s, 216, y-4, 76, 22, code, r.socket)
	}
	s.Text(8, 182, dim, "One local address and port. Where a segment", "comes from decides which socket gets it.")
	return Figure{
		Name:  "four_sockets",
		Title: "Four sockets, one port",
		Desc: "Segments for one local address and port, 80, come from four remote addresses. What comes from 10.0.0.5 port 4001 goes to connection 7, from 10.0.0.5 port 4002 to connection 8, " +
			"from 10.0.0.9 port 4001 to connection 9, and what comes from any other address goes to the listener.",
		sheet: s,
	}
}

// life is a connection from both ends, time going down.
func life() Figure {
	s := picture.NewSheet("life", width, 420)
	const left, right = 112.0, 188.0
	s.Text(left, 14, boldEnd, "client's end")
	s.Text(right, 14, bold, "server's end")
	s.Strong("M", left, 24, "V", 388)
	s.Strong("M", right, 24, "V", 388)
	right2 := func(y float64, k picture.Style, text string) { s.Text(right+6, y, k, text) }
	left2 := func(y float64, k picture.Style, text string) {
		k.End = true
		s.Text(left-6, y, k, text)
	}
	segment := func(from, to, y float64, k int, label string) {
		s.Arrow(k, "M", from, y, "L", to, y+16)
		s.Text(150, y-1, middle, label)
	}
	right2(36, call, "listen")
	right2(50, code, "LISTEN")
	left2(62, call, "connect")
	left2(76, code, "SYN_SENT")
	segment(left, right, 66, 1, "SYN")
	right2(90, code, "SYN_RECV")
	segment(right, left, 98, 2, "SYN, ACK")
	left2(122, code, "ESTABLISHED")
	segment(left, right, 126, 1, "ACK")
	right2(150, code, "ESTABLISHED")
	right2(170, call, "accept")
	left2(180, call, "write")
	segment(left, right, 184, 1, "bytes")
	right2(208, call, "read")
	right2(226, call, "write")
	segment(right, left, 230, 2, "bytes")
	left2(254, call, "read")
	left2(276, call, "close")
	left2(290, code, "FIN_WAIT1")
	segment(left, right, 280, 1, "FIN")
	right2(304, code, "CLOSE_WAIT")
	right2(318, call, "read gives 0")
	segment(right, left, 310, 2, "ACK")
	left2(334, code, "FIN_WAIT2")
	right2(342, call, "close")
	right2(356, code, "LAST_ACK")
	segment(right, left, 346, 2, "FIN")
	left2(372, code, "TIME_WAIT")
	segment(left, right, 370, 1, "ACK")
	right2(394, dim, "gone")
	left2(394, dim, "gone, later")
	s.Text(150, 414, dimMid, "LISTEN is the state of the listener, a socket of its own")
	return Figure{
		Name:  "life",
		Title: "The life of a connection, both ends side by side",
		Desc: "Time goes down; left the client's end, right the server's. The server calls listen: LISTEN. The client calls connect: SYN_SENT. SYN; SYN_RECV; SYN and ACK; ESTABLISHED at the client's end; ACK; ESTABLISHED at the server's. " +
			"accept takes it out of the queue. The client writes, bytes go, the server reads; the server writes, bytes come, the client reads. The client closes: FIN_WAIT1, FIN; CLOSE_WAIT, the server's read gives 0; ACK; FIN_WAIT2. " +
			"The server closes: LAST_ACK, FIN; TIME_WAIT at the client's end; ACK. The server's end is gone, the client's is gone later.",
		sheet: s,
	}
}

// phases are the two halves of a read, and who does them.
func phases() Figure {
	s := picture.NewSheet("phases", width, 260)
	s.Text(77, 14, title, "1. until it can")
	s.Text(77, 28, title, "proceed")
	s.Text(223, 14, title, "2. copy the bytes")
	rows := []struct {
		name, wait, copied string
		asleep             bool
		waits, copies      int
	}{
		{"blocking", "the thread, asleep in read", "the thread, in read", true, 0, 1},
		{"non-blocking", "read says EAGAIN: up to you", "the thread, in read", false, 1, 1},
		{"asynchronous", "the kernel", "the kernel", false, 2, 2},
	}
	for i, r := range rows {
		y := 40 + float64(i)*66
		s.Text(8, y+12, bold, r.name)
		if r.asleep {
			s.Asleep(8, y+20, 138, 16)
		} else if r.waits == 1 {
			s.Frame(8, y+20, 138, 16)
		} else {
			s.Bar(r.waits, 8, y+20, 138, 16)
		}
		s.Bar(r.copies, 154, y+20, 138, 16)
		s.Text(8, y+52, plain, r.wait)
		s.Text(292, y+52, atEnd, r.copied)
	}
	s.Asleep(8, 238, 10, 10)
	s.Text(22, 247, dim, "asleep")
	s.Frame(76, 238, 10, 10)
	s.Text(90, 247, dim, "free")
	s.Bar(1, 130, 238, 10, 10)
	s.Text(144, 247, dim, "your thread")
	s.Bar(2, 220, 238, 10, 10)
	s.Text(234, 247, dim, "the kernel")
	return Figure{
		Name:  "phases",
		Title: "The two phases of a read",
		Desc: "A read has two phases: until it can proceed, and copying the bytes. Blocking: the thread sleeps in read, then copies in the same call. " +
			"Non-blocking: in the first phase read says EAGAIN, the thread is free, and waiting is up to you; the thread copies, in a later read. Asynchronous: the kernel does both, while the thread is free.",
		sheet: s,
	}
}

// ends are the stages of a connection, and the sockets that own its ends.
func ends() Figure {
	s := picture.NewSheet("ends", width, 250)
	s.Text(60, 14, title, "client's kernel")
	s.Text(240, 14, title, "server's kernel")
	rows := []struct {
		when, count    string
		client, server bool // whether a socket owns this end
		near, far      bool // whether the end is there
	}{
		{"in the queue", "one socket", true, false, true, true},
		{"accepted", "two sockets", true, true, true, true},
		{"client has closed", "one socket", false, true, true, true},
		{"both have closed", "no socket", false, false, true, false},
	}
	for i, r := range rows {
		y := 30 + float64(i)*56
		s.Text(150, y, middle, r.when)
		s.Text(150, y+36, dimMid, r.count)
		y += 14
		if r.client {
			box(s, 8, y-11, 62, 22, plain, "socket")
			s.Line("M", 70, y, "H", 96)
		}
		if r.server {
			box(s, 230, y-11, 62, 22, plain, "socket")
			s.Line("M", 204, y, "H", 230)
		}
		if r.near && r.far {
			s.Way(1, "M", 100, y, "H", 200)
		}
		if r.near {
			s.Dot(1, 100, y, 6, false)
		}
		if r.far {
			s.Dot(1, 200, y, 6, false)
		}
	}
	return Figure{
		Name:  "ends",
		Title: "A connection and its sockets, in four stages",
		Desc: "Four stages of one connection; each end is a record of a kernel, and a socket may own it. In the queue: both ends are there, a socket owns the client's end only. " +
			"Accepted: a socket owns each end. The client has closed: both ends are there, a socket owns the server's end only. Both have closed: the client's end is left, and no socket owns it.",
		sheet: s,
	}
}

// memory is what one waiting thread takes.
func memory() Figure {
	s := picture.NewSheet("thread_memory", width, 200)
	s.Text(8, 14, bold, "its stack")
	s.Frame(8, 22, 284, 20)
	s.Bar(1, 278, 22, 14, 20)
	s.Text(8, 58, dim, "reserved in C: 8 MiB of addresses")
	s.Arrow(1, "M", 270, 66, "C", 282, 66, 285, 60, 285, 46)
	s.Text(264, 72, dimEnd, "occupied: what it has used, some KiB")
	s.Text(8, 102, bold, "its stack in the kernel")
	s.Bar(2, 8, 110, 28, 20)
	s.Text(44, 124, plain, "16 KiB on amd64, always all of it")
	s.Text(8, 154, bold, "the kernel's records of it")
	s.Bar(2, 8, 162, 14, 20)
	s.Text(44, 176, plain, "some KiB")
	return Figure{
		Name:  "thread_memory",
		Title: "The memory of one waiting thread",
		Desc: "Three parts, not to scale. Its stack: in a C program 8 MiB of addresses are reserved, and at one end some KiB are occupied, what it has used. " +
			"Its stack in the kernel: 16 KiB on amd64, always all of it. The kernel's records of it: some KiB.",
		sheet: s,
	}
}
