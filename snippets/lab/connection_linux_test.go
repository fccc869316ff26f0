package lab

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A connection is found before accept, when no socket owns its far end, and
// after both ends are closed.
func TestConnection(t *testing.T) {
	listener, port := Listen(1)
	defer unix.Close(listener)
	client := Dial(port)
	conn := ConnectionOf(client)
	conn.Await("ESTABLISHED", "ESTABLISHED")

	near := conn.Near()
	far := conn.Far()
	if near.Local != far.Remote || near.Remote != far.Local {
		t.Errorf("the ends are %v and %v, want mirrored addresses", near, far)
	}
	if near.Inode != Inode(client) || far.Inode != "0" {
		t.Errorf("before accept the inodes are %s and %s, want %s and 0", near.Inode, far.Inode, Inode(client))
	}
	server := Accept(listener)
	if got := conn.Far().Inode; got != Inode(server) {
		t.Errorf("after accept the far inode is %s, want %s", got, Inode(server))
	}

	Check(unix.Close(client))
	conn.Await("FIN_WAIT2", "CLOSE_WAIT")
	Check(unix.Close(server))
	conn.Await("TIME_WAIT", "none")
}

// An end that the kernel does not know is no line of another connection.
func TestConnectionNone(t *testing.T) {
	conn := Connection{near: sideOf(Address(1)), far: sideOf(Address(2))}
	want := Row{Local: "127.0.0.1:2", Remote: "127.0.0.1:1", State: "none", Inode: "0"}
	if got := conn.Far(); got != want {
		t.Errorf("Far is %+v, want %+v", got, want)
	}
}
