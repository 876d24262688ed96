// libslirp, the user-mode network of virtual machines (of 4.4BSD's lineage), as its guest sees it. The machine is an address
// on its network; connections to the open ports are forwarded to nothing inside this program. Nothing reaches the host's
// network: `connect` and `sendto` are replaced by ones that find everything closed.
#include "wire.h"

#include <slirp/libslirp.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>

static struct wire wire;

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  // The wire is the only unix socket here.
  if (address->sa_family == AF_UNIX) return syscall(SYS_connect, fd, address, length);
  errno = ECONNREFUSED;
  return -1;
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  (void)fd, (void)data, (void)size, (void)flags, (void)to, (void)length;
  errno = ECONNREFUSED;
  return -1;
}

static bool is_type(const uint8_t *frame, size_t length, uint16_t type) {
  return length >= 42 && (frame[12] << 8 | frame[13]) == type;
}

/** libslirp makes its link addresses out of IP addresses; on the wire the machine has the one that it was given. */
static ssize_t transmit(const void *data, size_t length, void *unused) {
  (void)unused;
  uint8_t frame[WIRE_MTU + 64];
  if (length > sizeof frame) return -1;
  memcpy(frame, data, length);
  memcpy(frame + 6, wire.mac, 6);
  if (is_type(frame, length, 0x0806)) memcpy(frame + 22, wire.mac, 6);
  wire_send(&wire, frame, length);
  return length;
}

/** Tells libslirp by ARP that the sender of a packet is behind the link address that it came from: it knows no gateway. */
static void introduce(Slirp *slirp, const uint8_t *packet) {
  uint8_t arp[42] = {[12] = 8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
  memcpy(arp, packet, 12);
  memcpy(arp + 22, packet + 6, 6);
  memcpy(arp + 28, packet + 26, 4);
  memcpy(arp + 32, packet, 6);
  memcpy(arp + 38, packet + 30, 4);
  slirp_input(slirp, arp, sizeof arp);
}

static void say(const char *message, void *unused) {
  (void)unused;
  fprintf(stderr, "%s\n", message);
}

static int64_t now(void *unused) {
  (void)unused;
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

// Timers are for router advertisements of IPv6, which is off; no socket is ever open for long.
static void *new_timer(SlirpTimerCb callback, void *data, void *unused) {
  (void)callback, (void)data, (void)unused;
  return &wire;
}
static void free_timer(void *timer, void *unused) { (void)timer, (void)unused; }
static void set_timer(void *timer, int64_t at, void *unused) { (void)timer, (void)at, (void)unused; }
static void watch(int fd, void *unused) { (void)fd, (void)unused; }
static void wake(void *unused) { (void)unused; }
static int add_poll(int fd, int events, void *unused) { return (void)fd, (void)events, (void)unused, 0; }
static int no_events(int index, void *unused) { return (void)index, (void)unused, 0; }
static ssize_t swallow(const void *data, size_t size, void *unused) { return (void)data, (void)unused, size; }

static struct in_addr beside(struct in_addr address, int distance) {
  return (struct in_addr){htonl(ntohl(address.s_addr) + distance)};
}

int main(int argc, char **argv) {
  wire_open(&wire, argc, argv);
  static const SlirpCb callbacks = {
      .send_packet = transmit,
      .guest_error = say,
      .clock_get_ns = now,
      .timer_new = new_timer,
      .timer_free = free_timer,
      .timer_mod = set_timer,
      .register_poll_fd = watch,
      .unregister_poll_fd = watch,
      .notify = wake,
  };
  const SlirpConfig config = {
      .version = 1,
      .in_enabled = true,
      .vnetwork.s_addr = wire.address.s_addr & wire.netmask.s_addr,
      .vnetmask = wire.netmask,
      // A forward cannot be at the addresses of libslirp's own services.
      .vhost = beside(wire.address, 1),
      .vnameserver = beside(wire.address, 2),
      .vdhcp_start = beside(wire.address, 3),
  };
  Slirp *slirp = slirp_new(&config, &callbacks, NULL);
  for (int i = 0; i < wire.port_count; i++)
    if (slirp_add_guestfwd(slirp, swallow, NULL, &wire.address, wire.ports[i])) wire_fail("forward a port");
  wire_ready(slirp_version_string());
  for (;;) {
    size_t length;
    const uint8_t *frame = wire_receive(&wire, &length, 50);
    if (frame) {
      if (is_type(frame, length, 0x0800)) introduce(slirp, frame);
      slirp_input(slirp, frame, length);
    }
    uint32_t timeout = 0;
    slirp_pollfds_fill(slirp, &timeout, add_poll, NULL);
    slirp_pollfds_poll(slirp, 0, no_events, NULL);
  }
}
