// The wire, as a program that is a TCP/IP stack sees it: Ethernet frames on a unix socket, each behind its length as a 32-bit
// big-endian number, and the machine's identity from the command line.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"bufio"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
)

const mtu = 1500
const largestFrame = 65535 + 14

type wire struct {
	connection               net.Conn
	reader                   *bufio.Reader
	sending                  sync.Mutex
	mac                      net.HardwareAddr
	address, gateway         net.IP
	prefix                   int
	ports                    []uint16
}

func fail(what string, why interface{}) {
	fmt.Printf("STACKBED FAILED %s: %v\n", what, why)
	os.Exit(1)
}

func check(what string, err error) {
	if err != nil {
		fail(what, err)
	}
}

// openWire reads SOCKET MAC ADDRESS PREFIX GATEWAY PORT[,PORT…] and connects.
func openWire() *wire {
	if len(os.Args) != 7 {
		fail("usage", "SOCKET MAC ADDRESS PREFIX GATEWAY PORTS")
	}
	w := &wire{address: net.ParseIP(os.Args[3]).To4(), gateway: net.ParseIP(os.Args[5]).To4()}
	var err error
	w.mac, err = net.ParseMAC(os.Args[2])
	check("the MAC", err)
	w.prefix, err = strconv.Atoi(os.Args[4])
	check("the prefix", err)
	for _, text := range strings.Split(os.Args[6], ",") {
		port, err := strconv.ParseUint(text, 10, 16)
		check("the ports", err)
		w.ports = append(w.ports, uint16(port))
	}
	if w.address == nil || w.gateway == nil {
		fail("the addresses", "not IPv4")
	}
	w.connection, err = net.Dial("unix", os.Args[1])
	check("connect to the wire", err)
	w.reader = bufio.NewReaderSize(w.connection, 1<<18)
	return w
}

// receive returns the next frame; it ends the program with the wire.
func (w *wire) receive() []byte {
	var length [4]byte
	if _, err := io.ReadFull(w.reader, length[:]); err != nil {
		os.Exit(0)
	}
	size := binary.BigEndian.Uint32(length[:])
	if size > largestFrame {
		os.Exit(1)
	}
	frame := make([]byte, size)
	if _, err := io.ReadFull(w.reader, frame); err != nil {
		os.Exit(0)
	}
	return frame
}

// send waits while the wire is full, so that no frame is lost.
func (w *wire) send(frame []byte) {
	w.sending.Lock()
	defer w.sending.Unlock()
	message := make([]byte, 4+len(frame))
	binary.BigEndian.PutUint32(message, uint32(len(frame)))
	copy(message[4:], frame)
	if _, err := w.connection.Write(message); err != nil {
		os.Exit(0)
	}
}
