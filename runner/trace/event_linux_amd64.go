package trace

// epollEventSize is the size of struct epoll_event, which is packed here.
const epollEventSize = 12
