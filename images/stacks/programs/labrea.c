// LaBrea, a tarpit that plays the machines of a network's unused addresses. This library is loaded into the packaged program
// and is its libpcap, and its raw Ethernet and interface list of libdnet: its one interface is the wire. Of its machines one is
// seen, with the link address that it was given; all but the open ports are named in its configuration as closed.
#define _GNU_SOURCE
#include "wire.h"

#include <dumbnet.h>
#include <net/ethernet.h>
#include <pcap.h>
#include <sys/time.h>

static struct wire wire;
/** What LaBrea makes its machines answer from. */
static const uint8_t bogus[6] = {0, 0, 0x0f, 0xff, 0xff, 0xff};
static int only;

__attribute__((constructor)) static void start(void) { wire_open_from_environment(&wire); }

/** One handle stands for every object that the two libraries would open. */
#define HANDLE ((void *)&only)

static int is_arp(const uint8_t *frame, size_t length) { return length >= 42 && frame[12] == 8 && frame[13] == 6; }

static void replace(uint8_t *at, const uint8_t *from, const uint8_t *to) {
  if (!memcmp(at, from, 6)) memcpy(at, to, 6);
}

pcap_t *pcap_open_live(const char *device, int length, int promiscuous, int timeout_ms, char *error) {
  return (void)device, (void)length, (void)promiscuous, (void)timeout_ms, (void)error, HANDLE;
}
int pcap_compile(pcap_t *pcap, struct bpf_program *program, const char *text, int optimize, bpf_u_int32 mask) {
  return (void)pcap, (void)program, (void)text, (void)optimize, (void)mask, 0;
}
int pcap_setfilter(pcap_t *pcap, struct bpf_program *program) { return (void)pcap, (void)program, 0; }
int pcap_datalink(pcap_t *pcap) { return (void)pcap, DLT_EN10MB; }
char *pcap_geterr(pcap_t *pcap) { return (void)pcap, "no error"; }
char *pcap_lookupdev(char *error) { return (void)error, "wire0"; }
void pcap_close(pcap_t *pcap) { (void)pcap; }
int pcap_stats(pcap_t *pcap, struct pcap_stat *stat) {
  memset(stat, 0, sizeof *stat);
  return (void)pcap, 0;
}

int pcap_dispatch(pcap_t *pcap, int count, pcap_handler handler, u_char *user) {
  uint8_t copy[WIRE_MTU + 64];
  size_t length;
  const uint8_t *frame = wire_receive(&wire, &length, 100);
  (void)pcap, (void)count;
  if (!frame || length > sizeof copy) return 0;
  memcpy(copy, frame, length);
  replace(copy, wire.mac, bogus);
  struct pcap_pkthdr header = {.caplen = length, .len = length};
  gettimeofday(&header.ts, NULL);
  handler(user, &header, copy);
  return 1;
}

eth_t *eth_open(const char *device) { return (void)device, HANDLE; }
eth_t *eth_close(eth_t *eth) { return (void)eth, NULL; }
ssize_t eth_send(eth_t *eth, const void *data, size_t length) {
  uint8_t frame[WIRE_MTU + 64];
  (void)eth;
  if (length > sizeof frame) return -1;
  memcpy(frame, data, length);
  replace(frame + 6, bogus, wire.mac);
  if (is_arp(frame, length)) replace(frame + 22, bogus, wire.mac);
  wire_send(&wire, frame, length);
  return length;
}

/** LaBrea's own machine is beside the one that it plays. */
static void describe(struct intf_entry *entry) {
  uint32_t own = htonl(ntohl(wire.address.s_addr) + 1);
  entry->intf_len = sizeof *entry;
  strcpy(entry->intf_name, "wire0");
  entry->intf_type = INTF_TYPE_ETH;
  entry->intf_flags = INTF_FLAG_UP | INTF_FLAG_BROADCAST;
  entry->intf_mtu = WIRE_MTU;
  addr_pack(&entry->intf_addr, ADDR_TYPE_IP, 29, &own, IP_ADDR_LEN);
  addr_pack(&entry->intf_link_addr, ADDR_TYPE_ETH, ETH_ADDR_BITS, "\2\x53\x42\0\0\3", ETH_ADDR_LEN);
}

intf_t *intf_open(void) { return HANDLE; }
intf_t *intf_close(intf_t *intf) { return (void)intf, NULL; }
int intf_get(intf_t *intf, struct intf_entry *entry) { return (void)intf, describe(entry), 0; }
int intf_loop(intf_t *intf, intf_handler callback, void *user) {
  struct intf_entry entry = {0};
  (void)intf;
  describe(&entry);
  return callback(&entry, user);
}

/** The configuration: closed is what is not open. */
FILE *fopen(const char *path, const char *mode) {
  static char text[64 * (WIRE_MOST_PORTS + 1)];
  size_t length = 0;
  int from = 1;
  uint8_t is_open[65537] = {[65536] = 1};
  (void)path, (void)mode;
  for (int i = 0; i < wire.port_count; i++) is_open[wire.ports[i]] = 1;
  for (int port = 1; port <= 65536; port++) {
    if (!is_open[port]) continue;
    if (port > from) length += snprintf(text + length, sizeof text - length, "%d-%d POR\n", from, port - 1);
    from = port + 1;
  }
  return fmemopen(text, length, "r");
}
