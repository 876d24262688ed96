// slirp, as the host at the other end of its serial line sees it: this library is loaded into the packaged program, gives it
// a terminal for the line, and carries IP packets between SLIP (RFC 1055) on it and Ethernet on the wire.
#define _GNU_SOURCE
#include "host.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <termios.h>

enum { SLIP_END = 0xc0, SLIP_ESCAPE = 0xdb, SLIP_ESCAPED_END = 0xdc, SLIP_ESCAPED_ESCAPE = 0xdd };

static int line;
/** Link address of whoever spoke last: the only neighbour. */
static uint8_t peer[6];

/** slirp tries a connection with it. Told at once that one is refused, it would use a buffer that it has freed. */
ssize_t write(int fd, const void *data, size_t size) {
  return host_is_refused(fd) ? -1 : syscall(SYS_write, fd, data, size);
}

/** A datagram to a closed port: the host's refusal never comes to a socket that is not connected. */
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  return (void)fd, (void)data, (void)flags, (void)to, (void)length, size;
}

/** slirp looks up the host's own name, which would ask a name server. */
struct hostent *gethostbyname(const char *name) {
  (void)name;
  h_errno = HOST_NOT_FOUND;
  return NULL;
}

static void *forget(void *unused) {
  char bytes[4096];
  while (read(host_sink[1], bytes, sizeof bytes) > 0) continue;
  return unused;
}

/** What is no IPv4 packet, its greeting for one, goes no further. */
static void to_wire(const uint8_t *packet, size_t length) {
  uint8_t frame[14 + WIRE_MTU];
  if (length < 20 || length > WIRE_MTU || packet[0] >> 4 != 4) return;
  memcpy(frame, peer, 6);
  memcpy(frame + 6, wire.mac, 6);
  memcpy(frame + 12, (uint8_t[]){8, 0}, 2);
  memcpy(frame + 14, packet, length);
  wire_send(&wire, frame, 14 + length);
}

static void *from_line(void *unused) {
  static uint8_t bytes[4096], packet[WIRE_MTU + 1];
  size_t length = 0;
  int is_escaped = 0;
  for (;;) {
    ssize_t got = read(line, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return unused;
    for (ssize_t i = 0; i < got; i++) {
      uint8_t byte = bytes[i];
      if (byte == SLIP_END) {
        to_wire(packet, length);
        length = 0;
      } else if (byte == SLIP_ESCAPE) {
        is_escaped = 1;
      } else {
        if (is_escaped) byte = byte == SLIP_ESCAPED_END ? SLIP_END : SLIP_ESCAPE;
        is_escaped = 0;
        if (length < sizeof packet) packet[length++] = byte;
      }
    }
  }
}

static void to_line(const uint8_t *packet, size_t length) {
  uint8_t bytes[2 * WIRE_MTU + 2];
  size_t size = 0;
  if (length > WIRE_MTU) return;
  bytes[size++] = SLIP_END;
  for (size_t i = 0; i < length; i++) {
    int is_end = packet[i] == SLIP_END, is_escape = packet[i] == SLIP_ESCAPE;
    if (is_end || is_escape) bytes[size++] = SLIP_ESCAPE;
    bytes[size++] = is_end ? SLIP_ESCAPED_END : is_escape ? SLIP_ESCAPED_ESCAPE : packet[i];
  }
  bytes[size++] = SLIP_END;
  for (size_t put = 0; put < size;) {
    ssize_t more = write(line, bytes + put, size - put);
    if (more < 0 && errno != EINTR) exit(1);
    if (more > 0) put += more;
  }
}

/** A serial line has no ARP: it is answered here. */
static void answer_arp(const uint8_t *request) {
  uint8_t reply[42] = {[12] = 8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
  if (request[20] != 0 || request[21] != 1 || memcmp(request + 38, &wire.address, 4)) return;
  memcpy(reply, request + 6, 6);
  memcpy(reply + 6, wire.mac, 6);
  memcpy(reply + 22, wire.mac, 6);
  memcpy(reply + 28, &wire.address, 4);
  memcpy(reply + 32, request + 22, 10);
  wire_send(&wire, reply, sizeof reply);
}

static void *from_wire(void *unused) {
  for (;;) {
    size_t length;
    const uint8_t *frame = wire_receive(&wire, &length, -1);
    if (!frame || length < 34 || frame[12] != 8) continue;
    if (frame[13] == 6 && length >= 42) answer_arp(frame);
    if (frame[13] != 0 || memcmp(frame + 30, &wire.address, 4)) continue;
    memcpy(peer, frame + 6, 6);
    size_t packet = frame[16] << 8 | frame[17];
    to_line(frame + 14, packet < length - 14 ? packet : length - 14);
  }
  return unused;
}

__attribute__((constructor)) static void start(void) {
  wire_open_from_environment(&wire);
  host_open();
  line = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  struct termios raw;
  int terminal = line < 0 || grantpt(line) || unlockpt(line) ? -1 : open(ptsname(line), O_RDWR | O_NOCTTY);
  if (terminal < 0 || tcgetattr(terminal, &raw)) wire_fail("open a terminal");
  cfmakeraw(&raw);
  tcsetattr(terminal, TCSANOW, &raw);
  dup2(terminal, 0);
  dup2(terminal, 1);
  pthread_t thread;
  pthread_create(&thread, NULL, forget, NULL);
  pthread_create(&thread, NULL, from_line, NULL);
  pthread_create(&thread, NULL, from_wire, NULL);
}
