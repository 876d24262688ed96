// ns-3's TCP/IP in real time: a simulated node whose network card reads and writes frames on a socket pair, with a listener
// on each open port.
#include "wire.h"

#include <ns3/arp-cache.h>
#include <ns3/boolean.h>
#include <ns3/config.h>
#include <ns3/fd-net-device.h>
#include <ns3/global-value.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4.h>
#include <ns3/node.h>
#include <ns3/simulator.h>
#include <ns3/socket.h>
#include <ns3/string.h>
#include <ns3/tcp-socket-factory.h>
#include <ns3/uinteger.h>

#include <thread>

using namespace ns3;

static struct wire wire_;

static Ipv4Address ipv4(struct in_addr address) { return Ipv4Address(ntohl(address.s_addr)); }

/** Between the wire and the card; a frame is a datagram to the card. */
static void carry(int card) {
  std::thread([card] {
    uint8_t frame[WIRE_MTU + 64];
    for (ssize_t length; (length = read(card, frame, sizeof frame)) > 0;) wire_send(&wire_, frame, length);
  }).detach();
  for (;;) {
    size_t length;
    const uint8_t *frame = wire_receive(&wire_, &length, -1);
    if (frame && length <= WIRE_MTU + 64 && write(card, frame, length) < 0) exit(0);
  }
}

static void allow_options(Ptr<Socket> listener) {
  for (const char *option : {"Timestamp", "WindowScaling", "Sack"}) listener->SetAttribute(option, BooleanValue(true));
}

/**
 * A SYN without an option switches it off in ns-3's listener, for every later connection too: it is switched on again once the
 * connection has its own socket, or answers would depend on all that was asked before.
 */
static void listen_on(Ptr<Node> node, uint16_t port) {
  Ptr<Socket> listener = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
  auto on_request = [](Ptr<Socket> socket, const Address &) {
    Simulator::ScheduleNow(&allow_options, socket);
    return true;
  };
  listener->SetAcceptCallback(Callback<bool, Ptr<Socket>, const Address &>(on_request),
                              MakeNullCallback<void, Ptr<Socket>, const Address &>());
  if (listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), port)) || listener->Listen()) wire_fail("listen");
}

int main(int argc, char **argv) {
  int card[2];
  wire_open(&wire_, argc, argv);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, card)) wire_fail("socketpair");
  GlobalValue::Bind("SimulatorImplementationType", StringValue("ns3::RealtimeSimulatorImpl"));
  GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
  // By default three packets may wait for a neighbour's address.
  Config::SetDefault("ns3::ArpCache::PendingQueueSize", UintegerValue(1024));

  char mac[18];
  const uint8_t *m = wire_.mac;
  snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
  Ptr<Node> node = CreateObject<Node>();
  Ptr<FdNetDevice> device = CreateObject<FdNetDevice>();
  device->SetAddress(Mac48Address(mac));
  device->SetMtu(WIRE_MTU);
  node->AddDevice(device);
  InternetStackHelper stack;
  stack.SetIpv6StackInstall(false);
  stack.Install(node);
  Ptr<Ipv4> ip = node->GetObject<Ipv4>();
  uint32_t interface = ip->AddInterface(device);
  ip->AddAddress(interface, Ipv4InterfaceAddress(ipv4(wire_.address), Ipv4Mask(ntohl(wire_.netmask.s_addr))));
  ip->SetUp(interface);
  Ipv4StaticRoutingHelper().GetStaticRouting(ip)->SetDefaultRoute(ipv4(wire_.gateway), interface);
  device->SetFileDescriptor(card[0]);
  device->Start(Seconds(0));
  for (int i = 0; i < wire_.port_count; i++) listen_on(node, wire_.ports[i]);
  std::thread(carry, card[1]).detach();
  Simulator::Schedule(MilliSeconds(1), &wire_ready, "ns-3");
  Simulator::Run();
}
