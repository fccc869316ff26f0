//go:build linux && !amd64

package trace

// epollEventSize is the size of struct epoll_event.
const epollEventSize = 16
