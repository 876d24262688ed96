// lwIP, as Debian configures it, with a listener on each open port.
#include "wire.h"

#include <lwip/api.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/tcpip.h>
#include <pthread.h>

static struct wire wire;
static struct netif card;
static volatile int is_up;

static err_t transmit(struct netif *netif, struct pbuf *packet) {
  (void)netif;
  static uint8_t frame[WIRE_MTU + 64];
  wire_send(&wire, frame, pbuf_copy_partial(packet, frame, sizeof frame, 0));
  return ERR_OK;
}

static err_t start_card(struct netif *netif) {
  netif->name[0] = 'e';
  netif->name[1] = 'n';
  netif->output = etharp_output;
  netif->linkoutput = transmit;
  netif->mtu = WIRE_MTU;
  netif->hwaddr_len = 6;
  memcpy(netif->hwaddr, wire.mac, 6);
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
  return ERR_OK;
}

static void start_stack(void *unused) {
  (void)unused;
  ip4_addr_t address = {wire.address.s_addr}, netmask = {wire.netmask.s_addr}, gateway = {wire.gateway.s_addr};
  netif_add(&card, &address, &netmask, &gateway, NULL, start_card, tcpip_input);
  netif_set_default(&card);
  netif_set_up(&card);
  netif_set_link_up(&card);
  is_up = 1;
}

/** Listens before it returns: a machine that says it is ready must not refuse a connection. */
static struct netconn *listen_on(uint16_t port) {
  struct netconn *listener = netconn_new(NETCONN_TCP);
  if (netconn_bind(listener, IP_ADDR_ANY, port) != ERR_OK || netconn_listen(listener) != ERR_OK)
    wire_fail("listen");
  return listener;
}

static void *accept_from(void *listener) {
  struct netconn *connection;
  for (;;) {
    if (netconn_accept(listener, &connection) != ERR_OK) continue;
    netconn_close(connection);
    netconn_delete(connection);
  }
}

int main(int argc, char **argv) {
  wire_open(&wire, argc, argv);
  tcpip_init(start_stack, NULL);
  while (!is_up) usleep(1000);
  for (int i = 0; i < wire.port_count; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, accept_from, listen_on(wire.ports[i]));
  }
  wire_ready("lwIP " LWIP_VERSION_STRING);
  for (;;) {
    size_t length;
    const uint8_t *frame = wire_receive(&wire, &length, -1);
    if (!frame) continue;
    struct pbuf *packet;
    // No buffer, or a full mailbox: the wire waits until the stack has caught up.
    while (!(packet = pbuf_alloc(PBUF_RAW, length, PBUF_POOL))) usleep(50);
    pbuf_take(packet, frame, length);
    while (card.input(packet, &card) != ERR_OK) usleep(50);
  }
}
