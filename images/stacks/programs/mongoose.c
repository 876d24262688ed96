// Mongoose's own TCP/IP stack, with its HTTP server on each open port.
// The library declares some of what the C library has, so it comes first.
#include "mongoose.h"

#include "wire.h"

static struct wire wire;

static bool start_card(struct mg_tcpip_if *card) {
  (void)card;
  return true;
}

static size_t transmit(const void *frame, size_t length, struct mg_tcpip_if *card) {
  (void)card;
  wire_send(&wire, frame, length);
  return length;
}

static size_t receive(void *buffer, size_t size, struct mg_tcpip_if *card) {
  (void)card;
  size_t length;
  const uint8_t *frame = wire_receive(&wire, &length, 0);
  if (!frame || length > size) return 0;
  memcpy(buffer, frame, length);
  return length;
}

static bool is_link_up(struct mg_tcpip_if *card, bool each_second) {
  (void)card;
  (void)each_second;
  return true;
}

static void serve(struct mg_connection *connection, int event, void *data) {
  (void)data;
  if (event == MG_EV_HTTP_MSG) mg_http_reply(connection, 200, "", "stackbed\n");
}

int main(int argc, char **argv) {
  wire_open(&wire, argc, argv);
  mg_log_set(MG_LL_NONE);
  struct mg_mgr manager;
  mg_mgr_init(&manager);
  struct mg_tcpip_driver driver = {.init = start_card, .tx = transmit, .rx = receive, .poll = is_link_up};
  struct mg_tcpip_if card = {
      .ip = wire.address.s_addr, .mask = wire.netmask.s_addr, .gw = wire.gateway.s_addr, .driver = &driver};
  memcpy(card.mac, wire.mac, 6);
  mg_tcpip_init(&manager, &card);
  for (int i = 0; i < wire.port_count; i++) {
    char address[32];
    snprintf(address, sizeof address, "http://0.0.0.0:%d", wire.ports[i]);
    if (!mg_http_listen(&manager, address, serve, NULL)) wire_fail(address);
  }
  wire_ready("Mongoose " MG_VERSION);
  for (;;) {
    // One poll handles at most one frame: sleep only when nothing waits.
    struct pollfd readable = {.fd = wire.fd, .events = POLLIN};
    if (wire.start == wire.end) poll(&readable, 1, 5);
    mg_mgr_poll(&manager, 0);
  }
}
