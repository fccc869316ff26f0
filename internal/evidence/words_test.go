package evidence

import "testing"

// In a figure, a call shows what tells it from others.
func TestBrief(t *testing.T) {
	for want, c := range map[string]Call{
		"fcntl(3, F_GETFL)":              {Name: "fcntl", Text: "3, F_GETFL"},
		"fcntl(13, F_SETFL, O_NONBLOCK)": {Name: "fcntl", Text: "13, F_SETFL, O_RDWR|O_NONBLOCK"},
		"fcntl(3, F_SETFL, O_RDWR)":      {Name: "fcntl", Text: "3, F_SETFL, O_RDWR"},
		"setsockopt(5, SO_RCVTIMEO)":     {Name: "setsockopt", Text: "5, SOL_SOCKET, SO_RCVTIMEO, 50ms"},
		"getsockopt(4, SO_ERROR)":        {Name: "getsockopt", Text: "4, SOL_SOCKET, SO_ERROR"},
		"epoll_ctl(4, ADD, 5)":           {Name: "epoll_ctl", Text: "4, EPOLL_CTL_ADD, 5, EPOLLIN"},
		"socket(unix, nonblock)":         {Name: "socket", Text: "AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK"},
	} {
		if got := c.Brief(); got != want {
			t.Errorf("%s(%s): got %s, want %s", c.Name, c.Text, got, want)
		}
	}
}
