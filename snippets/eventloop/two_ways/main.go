// One descriptor of many becomes ready: what poll and epoll cost to find it.
package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const rounds = 50

// --8<-- [start:watched]

// watched makes n descriptors, of which exactly one is ready, and has both
// poll and epoll watch them all.
func watched(n int) ([]unix.PollFd, int) {
	loop, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	lab.Check(err)
	var set []unix.PollFd
	for len(set) < n {
		fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
		lab.Check(err)
		set = append(set, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
		event := &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
		lab.Check(unix.EpollCtl(loop, unix.EPOLL_CTL_ADD, fd, event))
	}
	_, err = unix.Write(int(set[n/2].Fd), []byte{1, 0, 0, 0, 0, 0, 0, 0})
	lab.Check(err)
	return set, loop
}

// --8<-- [end:watched]

// --8<-- [start:cost]

// now is the CPU time that this thread has used, to the nanosecond.
func now() time.Duration {
	var t unix.Timespec
	lab.Check(unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t))
	return time.Duration(t.Nano())
}

// costOfPoll is the CPU time of some calls that look for the ready one.
func costOfPoll(set []unix.PollFd) time.Duration {
	start := now()
	for i := 0; i < rounds; i++ {
		_, err := unix.Poll(set, 0)
		lab.Check(err)
	}
	return now() - start
}

// --8<-- [end:cost]

func costOfEpoll(loop int) time.Duration {
	events := make([]unix.EpollEvent, 16)
	start := now()
	for i := 0; i < rounds; i++ {
		_, err := unix.EpollWait(loop, events, 0)
		lab.Check(err)
	}
	return now() - start
}

// least is the smallest of a few measurements, the one that was disturbed least.
func least(measure func() time.Duration) time.Duration {
	best := measure()
	for i := 0; i < 10; i++ {
		cost := measure()
		if cost < best {
			best = cost
		}
	}
	return best
}

func main() {
	lab.Quiet()
	few, loopOfFew := watched(10)
	many, loopOfMany := watched(5000)

	pollFew := least(func() time.Duration { return costOfPoll(few) })
	pollMany := least(func() time.Duration { return costOfPoll(many) })
	epollFew := least(func() time.Duration { return costOfEpoll(loopOfFew) })
	epollMany := least(func() time.Duration { return costOfEpoll(loopOfMany) })

	fmt.Println("watched: 10 against 5000, of which one is ready")
	fmt.Println("poll  costs over 10 times as much for 5000:", pollMany > 10*pollFew)
	fmt.Println("epoll costs over 5 times as much for 5000 :", epollMany > 5*epollFew)
	fmt.Println("poll : CPU time for the 10 and for the 5000:", pollFew, pollMany)
	fmt.Println("epoll: CPU time for the 10 and for the 5000:", epollFew, epollMany)
}
