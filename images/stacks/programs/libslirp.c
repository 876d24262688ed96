// libslirp, the user-mode network of virtual machines (of 4.4BSD's lineage), as its guest sees it. The machine is the address
// under which a guest reaches its host.
#define _GNU_SOURCE
#include "host.h"

#include <slirp/libslirp.h>
#include <stdbool.h>
#include <time.h>

/** Sockets of datagrams that went to a closed port: its refusal is the next thing that they receive. */
static char is_unreachable[FD_SETSIZE];
static struct pollfd watched[FD_SETSIZE];
static int watched_count;

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  (void)data, (void)flags, (void)to, (void)length;
  if (fd < FD_SETSIZE) is_unreachable[fd] = 1;
  return size;
}

ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  if (fd >= FD_SETSIZE || !is_unreachable[fd]) return syscall(SYS_recvfrom, fd, data, size, flags, from, length);
  is_unreachable[fd] = 0;
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

static int add_poll(int fd, int events, void *unused) {
  (void)unused;
  if (watched_count == FD_SETSIZE) wire_fail("too many sockets");
  short wanted = (events & SLIRP_POLL_IN ? POLLIN : 0) | (events & SLIRP_POLL_OUT ? POLLOUT : 0);
  watched[watched_count] = (struct pollfd){.fd = fd, .events = wanted};
  return watched_count++;
}

static int events_of(int index, void *unused) {
  const struct pollfd *one = &watched[index];
  int is_in = one->revents & POLLIN || (one->fd < FD_SETSIZE && is_unreachable[one->fd]);
  (void)unused;
  return (is_in ? SLIRP_POLL_IN : 0) | (one->revents & POLLOUT ? SLIRP_POLL_OUT : 0);
}

static void forget_what_was_sent(void) {
  char bytes[4096];
  while (recv(host_sink[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
}

static struct in_addr beside(struct in_addr address, int distance) {
  return (struct in_addr){htonl(ntohl(address.s_addr) + distance)};
}

int main(int argc, char **argv) {
  wire_open(&wire, argc, argv);
  host_open();
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
      .vhost = wire.address,
      .vnameserver = beside(wire.address, 2),
      .vdhcp_start = beside(wire.address, 3),
  };
  Slirp *slirp = slirp_new(&config, &callbacks, NULL);
  wire_ready(slirp_version_string());
  for (;;) {
    size_t length;
    const uint8_t *frame = wire_receive(&wire, &length, 50);
    if (frame) {
      if (is_type(frame, length, 0x0800)) introduce(slirp, frame);
      slirp_input(slirp, frame, length);
    }
    uint32_t timeout = 0;
    watched_count = 0;
    slirp_pollfds_fill(slirp, &timeout, add_poll, NULL);
    slirp_pollfds_poll(slirp, poll(watched, watched_count, 0) < 0, events_of, NULL);
    forget_what_was_sent();
  }
}
