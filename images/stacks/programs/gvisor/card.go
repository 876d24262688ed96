package main

import (
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// addCard joins the stack to the wire: its card is one end of a socket pair that carries a frame a packet.
func addCard(s *stack.Stack, w *wire) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET, 0)
	check("socketpair", err)
	check("socketpair", syscall.SetNonblock(pair[1], true))
	endpoint, err := fdbased.New(&fdbased.Options{
		FDs: []int{pair[1]}, MTU: mtu, EthernetHeader: true, Address: tcpip.LinkAddress(w.mac),
	})
	check("the card", err)
	checkStack("the card", s.CreateNIC(nic, endpoint))
	address := tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: toAddress(w.address), PrefixLen: w.prefix},
	}
	checkStack("the address", s.AddProtocolAddress(nic, address, stack.AddressProperties{}))
	go func() {
		for {
			_, err := syscall.Write(pair[0], w.receive())
			check("the card", err)
		}
	}()
	go func() {
		frame := make([]byte, largestFrame)
		for {
			length, err := syscall.Read(pair[0], frame)
			if err == syscall.EINTR {
				continue
			}
			check("the card", err)
			w.send(frame[:length])
		}
	}()
}
