// gVisor's netstack with a listener on each open port.
package main

import (
	"fmt"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const nic = 1

// So that a batch of probes never drives the listener to SYN cookies.
const backlog = 4096

func checkStack(what string, err tcpip.Error) {
	if err != nil {
		fail(what, err.String())
	}
}

// listen returns a listener on port: a machine that says it is ready must not refuse a connection.
func listen(s *stack.Stack, port uint16) tcpip.Endpoint {
	endpoint, err := s.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, &waiter.Queue{})
	checkStack("socket", err)
	checkStack("bind", endpoint.Bind(tcpip.FullAddress{Port: port}))
	checkStack("listen", endpoint.Listen(backlog))
	return endpoint
}

// accept closes what connects.
func accept(endpoint tcpip.Endpoint) {
	for {
		connection, _, err := endpoint.Accept(nil)
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		connection.Close()
	}
}

func main() {
	w := openWire()
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
	})
	addCard(s, w)
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, Gateway: toAddress(w.gateway), NIC: nic}})
	for _, port := range w.ports {
		go accept(listen(s, port))
	}
	fmt.Println("STACKBED READY gVisor's netstack")
	select {}
}
