package main

import (
	"net"

	"gvisor.dev/gvisor/pkg/tcpip"
)

func toAddress(ip net.IP) tcpip.Address { return tcpip.Address(ip) }
