// lwIPv6, View-OS's fork of lwIP, with a listener on each open port. It knows tap devices and no other way to a wire: opening
// one gives it a socket of this program's instead.
#include "wire.h"

#include <fcntl.h>
#include <lwipv6.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/syscall.h>

static struct wire wire;
static int tap[2];
/** lwIPv6 makes up its own link address; it is known from its first frame. */
static uint8_t own[6];
static volatile int is_known;

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  if (strcmp(path, "/dev/net/tun")) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  return dup(tap[1]);
}

int ioctl(int fd, unsigned long request, ...) {
  (void)fd, (void)request;
  return 0;
}

static int is_arp(const uint8_t *frame, size_t length) { return length >= 42 && frame[12] == 8 && frame[13] == 6; }

static void *transmit(void *unused) {
  uint8_t frame[WIRE_MTU + 64];
  for (;;) {
    ssize_t length = read(tap[0], frame, sizeof frame);
    if (length <= 0) return unused;
    if (length < 14) continue;
    if (!is_known) {
      memcpy(own, frame + 6, 6);
      is_known = 1;
    }
    memcpy(frame + 6, wire.mac, 6);
    if (is_arp(frame, length)) memcpy(frame + 22, wire.mac, 6);
    wire_send(&wire, frame, length);
  }
}

static void *accept_from(void *socket) {
  for (;;) {
    int connection = lwip_accept((int)(intptr_t)socket, NULL, NULL);
    if (connection >= 0) lwip_close(connection);
    else usleep(1000);
  }
  return NULL;
}

int main(int argc, char **argv) {
  wire_open(&wire, argc, argv);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, tap)) wire_fail("socketpair");
  struct stack *stack = lwip_add_stack(0);
  struct netif *card = lwip_add_tapif(stack, "stackbed0", 0);
  if (!card) wire_fail("add the network card");
  struct ip_addr address, netmask, gateway, any, none;
  unsigned char *a = (void *)&wire.address, *m = (void *)&wire.netmask, *g = (void *)&wire.gateway;
  IP64_ADDR(&address, a[0], a[1], a[2], a[3]);
  IP64_MASKADDR(&netmask, m[0], m[1], m[2], m[3]);
  IP64_ADDR(&gateway, g[0], g[1], g[2], g[3]);
  IP64_ADDR(&any, 0, 0, 0, 0);
  IP64_MASKADDR(&none, 0, 0, 0, 0);
  lwip_add_addr(card, &address, &netmask);
  lwip_add_route(stack, &any, &none, &gateway, card, 0);
  lwip_ifup(card);
  pthread_t thread;
  pthread_create(&thread, NULL, transmit, NULL);
  for (int i = 0; i < wire.port_count; i++) {
    int listener = lwip_msocket(stack, PF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(wire.ports[i])};
    if (lwip_bind(listener, (void *)&name, sizeof name) || lwip_listen(listener, 64)) wire_fail("listen");
    pthread_create(&thread, NULL, accept_from, (void *)(intptr_t)listener);
  }
  wire_ready("lwIPv6");
  for (;;) {
    size_t length;
    const uint8_t *frame = wire_receive(&wire, &length, -1);
    if (!frame || length < 14 || length > WIRE_MTU + 64) continue;
    uint8_t copy[WIRE_MTU + 64];
    memcpy(copy, frame, length);
    if (is_known && !memcmp(copy, wire.mac, 6)) memcpy(copy, own, 6);
    if (write(tap[0], copy, length) < 0) exit(0);
  }
}
