package main

import (
	"net"

	"inet.af/netstack/tcpip"
)

func toAddress(ip net.IP) tcpip.Address { return tcpip.Address(ip) }
