// passt, as the guest of a virtual machine sees it. passt speaks the wire's own framing; this program connects it to the wire,
// in a network namespace where there is nothing but a loopback device with a listener on each open port.
//   PROGRAM SOCKET MAC ADDRESS PREFIX GATEWAY PORTS [--one-guest] COMMAND…
// `{}` in COMMAND becomes the number of the connected socket. Until 2024, passt sent every answer to the address that it saw
// last: with --one-guest it sees a single one, the gateway's.
#define _GNU_SOURCE
#include "wire.h"

#include "one-guest.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

static struct wire wire;

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) wire_fail(path);
  close(fd);
}

/** A network of its own; of its user namespace the user is root, whoever that is outside. */
static void leave_network(void) {
  char map[2][32];
  snprintf(map[0], sizeof map[0], "0 %u 1", geteuid());
  snprintf(map[1], sizeof map[1], "0 %u 1", getegid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) wire_fail("a user and network namespace of its own");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", map[0]);
  write_file("/proc/self/gid_map", map[1]);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback)) wire_fail("start the loopback device");
  close(fd);
  // passt hands an ICMP echo on through a socket for pings, which is for groups that are named here.
  write_file("/proc/sys/net/ipv4/ping_group_range", "0 0");
}

static int listen_on(uint16_t port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) || listen(fd, 4096)) wire_fail("listen");
  return fd;
}

/** Accepts for ever, in a child that ends with its parent. */
static void serve(pid_t parent, int port_count, const int *listeners) {
  struct pollfd ready[WIRE_MOST_PORTS];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) exit(0);
  for (int i = 0; i < port_count; i++) ready[i] = (struct pollfd){.fd = listeners[i], .events = POLLIN};
  while (poll(ready, port_count, -1) > 0 || errno == EINTR)
    for (int i = 0; i < port_count; i++)
      if (ready[i].revents & POLLIN) close(accept(ready[i].fd, NULL, NULL));
  exit(1);
}

static void *carry_in(void *inside) {
  for (;;) {
    size_t length;
    uint8_t *frame = (uint8_t *)wire_receive(&wire, &length, -1);
    if (!frame || length < 14) continue;
    int is_arp = frame[12] == 8 && frame[13] == 6;
    if (guest_translate(frame, length, 1, wire.gateway.s_addr) || is_arp) wire_send(inside, frame, length);
  }
}

static void carry_out(struct wire *inside) {
  for (;;) {
    size_t length;
    uint8_t *frame = (uint8_t *)wire_receive(inside, &length, -1);
    if (!frame || length < 14) continue;
    guest_translate(frame, length, 0, 0);
    wire_send(&wire, frame, length);
  }
}

/** Puts the translation between the wire and what this process becomes; returns the socket for that. */
static int translated(void) {
  static struct wire inside;
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) wire_fail("socketpair");
  pid_t self = getpid(), child = fork();
  if (child < 0) wire_fail("fork");
  if (child) {
    close(pair[1]);
    close(wire.fd);
    return pair[0];
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != self) exit(0);
  close(pair[0]);
  inside.fd = pair[1];
  pthread_t thread;
  pthread_create(&thread, NULL, carry_in, &inside);
  carry_out(&inside);
  exit(0);
}

int main(int argc, char **argv) {
  int listeners[WIRE_MOST_PORTS];
  char number[16];
  wire_open(&wire, argc, argv);
  leave_network();
  for (int i = 0; i < wire.port_count; i++) listeners[i] = listen_on(wire.ports[i]);
  pid_t self = getpid(), child = fork();
  if (child < 0) wire_fail("fork");
  if (child == 0) {
    close(wire.fd);
    serve(self, wire.port_count, listeners);
  }
  char **command = argv + 7;
  int is_one_guest = *command && !strcmp(*command, "--one-guest");
  snprintf(number, sizeof number, "%d", is_one_guest ? translated() : wire.fd);
  command += is_one_guest;
  for (char **word = command; *word; word++)
    if (!strcmp(*word, "{}")) *word = number;
  execv(*command, command);
  wire_fail(*command);
}
