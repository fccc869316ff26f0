package runner

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
)

// inNetwork in the environment says that this process is alone in a network
// namespace.
const inNetwork = "ALONE_IN_NETWORK"

// Nothing that a program sends leaves the machine at level full. The machine is a
// network namespace here, whose only way out is an interface of which this test
// reads each packet; a program at level basic shows that it sees them.
func TestNoPacketLeaves(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can give a machine another way out")
	}
	cmd := exec.Command(newRunner(t).Executable, "-test.run=^TestPackets$", "-test.v")
	cmd.Env = append(os.Environ(), inNetwork+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestPackets")) {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// TestPackets is the part of TestNoPacketLeaves that runs alone in its network.
func TestPackets(t *testing.T) {
	if os.Getenv(inNetwork) == "" {
		t.Skip("see TestNoPacketLeaves")
	}
	way := wayOut(t)
	for _, level := range levels(t) {
		if level > isolate.Basic {
			break // one that has the network is enough
		}
		both(t, func(t *testing.T, e Engine) {
			r := newRunner(t)
			r.Isolation, r.Module = level, os.DirFS("..")
			run := mustRun(t, r, Program{File: "send.go", Source: []byte(sendEverywhere)}, e)
			if run.End != Exited || run.ExitCode != 0 || run.Isolation != level {
				t.Fatalf("%s%s", summary(run), run.Stderr())
			}
			n := packets(t, way)
			t.Logf("%v: %d packets left; %s", level, n, run.Stdout())
			if level.Private() && n > 0 {
				t.Errorf("%v: %d packets left", level, n)
			}
			if !level.Private() && n == 0 {
				t.Errorf("%v: no packet was seen, though the program has this network", level)
			}
		})
	}
}

// sendEverywhere tries all ways to another machine that a program has: datagrams
// to one, to all and to a group, connections, raw packets, and a name server.
const sendEverywhere = `package main

import (
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	sent := 0
	try := func(err error) {
		if err == nil {
			sent++
		}
	}
	other := [4]byte{192, 0, 2, 1}
	for _, to := range [][4]byte{other, {255, 255, 255, 255}, {224, 0, 0, 1}} {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
		if err == nil {
			unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
			try(unix.Sendto(fd, []byte("out"), 0, &unix.SockaddrInet4{Port: 9, Addr: to}))
		}
	}
	for _, protocol := range []int{unix.IPPROTO_ICMP, unix.IPPROTO_RAW} {
		if fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, protocol); err == nil {
			try(unix.Sendto(fd, make([]byte, 28), 0, &unix.SockaddrInet4{Addr: other}))
		}
	}
	if fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM, 0); err == nil {
		for i := range 8 {
			try(unix.Sendto(fd, make([]byte, 28), 0, &unix.SockaddrLinklayer{Protocol: 8, Ifindex: i + 1}))
		}
	}
	for _, address := range []string{"192.0.2.1:80", "[2001:db8::1]:80"} {
		_, err := net.DialTimeout("tcp", address, 50*time.Millisecond)
		try(err)
	}
	_, err := net.LookupHost("workbook.example")
	try(err)
	fmt.Println(sent, "calls succeeded")
}
`

// wayOut makes an interface that everything from another machine and to one goes
// through, and returns where its packets can be read.
func wayOut(t *testing.T) int {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	tun, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	must(err)
	request := func() *unix.Ifreq {
		r, err := unix.NewIfreq("out")
		must(err)
		return r
	}
	device := request()
	device.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	must(unix.IoctlIfreq(tun, unix.TUNSETIFF, device))
	// The kernel's own packets of IPv6 would be seen too.
	must(os.WriteFile("/proc/sys/net/ipv6/conf/out/disable_ipv6", []byte("1"), 0))
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	must(err)
	defer unix.Close(s)
	// The upper half of all addresses is on its network.
	for _, set := range []struct {
		what    uint
		address []byte
	}{{unix.SIOCSIFADDR, []byte{198, 51, 100, 1}}, {unix.SIOCSIFNETMASK, []byte{128, 0, 0, 0}}} {
		r := request()
		must(r.SetInet4Addr(set.address))
		must(unix.IoctlIfreq(s, set.what, r))
	}
	up := request()
	up.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	must(unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, up))
	t.Cleanup(func() { unix.Close(tun) })
	if n := packets(t, tun); n > 0 {
		t.Fatalf("%d packets before any program ran", n)
	}
	return tun
}

// packets reads the packets that wait at an interface and returns how many.
func packets(t *testing.T, tun int) (n int) {
	t.Helper()
	buf := make([]byte, 2048)
	for {
		k, err := unix.Read(tun, buf)
		if err == unix.EAGAIN {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("a packet of %d bytes: % x", k, buf[:min(k, 24)])
		n++
	}
}
