package main

import (
	"context"

	"inet.af/netstack/tcpip"
	"inet.af/netstack/tcpip/buffer"
	"inet.af/netstack/tcpip/link/channel"
	"inet.af/netstack/tcpip/link/ethernet"
	"inet.af/netstack/tcpip/network/ipv4"
	"inet.af/netstack/tcpip/stack"
)

// addCard joins the stack to the wire.
func addCard(s *stack.Stack, w *wire) {
	endpoint := channel.New(backlog, mtu, tcpip.LinkAddress(w.mac))
	checkStack("the card", s.CreateNIC(nic, ethernet.New(endpoint)))
	address := tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: toAddress(w.address), PrefixLen: w.prefix},
	}
	checkStack("the address", s.AddProtocolAddress(nic, address, stack.AddressProperties{}))
	go func() {
		for {
			frame := buffer.View(w.receive()).ToVectorisedView()
			endpoint.InjectInbound(0, stack.NewPacketBuffer(stack.PacketBufferOptions{Data: frame}))
		}
	}()
	go func() {
		for {
			packet, more := endpoint.ReadContext(context.Background())
			if !more {
				return
			}
			var frame []byte
			for _, view := range packet.Pkt.Views() {
				frame = append(frame, view...)
			}
			w.send(frame)
		}
	}()
}
