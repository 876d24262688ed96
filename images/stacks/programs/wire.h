// The wire, as a program that is a TCP/IP stack sees it: Ethernet frames on a unix socket, each behind its
// length as a 32-bit big-endian number, and the machine's identity from the command line:
//   PROGRAM SOCKET MAC ADDRESS PREFIX GATEWAY PORT[,PORT…]
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { WIRE_MTU = 1500, WIRE_LARGEST = 65535 + 14, WIRE_MOST_PORTS = 64 };

struct wire {
  int fd;
  uint8_t mac[6];
  struct in_addr address, netmask, gateway;
  uint16_t ports[WIRE_MOST_PORTS];
  int port_count;
  size_t start, end;
  uint8_t buffer[1 << 18];
};

static inline void wire_fail(const char *what) {
  printf("STACKBED FAILED %s: %s\n", what, errno ? strerror(errno) : "not understood");
  exit(1);
}

static inline void wire_ready(const char *name) {
  printf("STACKBED READY %s\n", name);
  fflush(stdout);
}

static inline void wire_connect(struct wire *wire, const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof name.sun_path) wire_fail("the socket's path");
  strcpy(name.sun_path, path);
  wire->fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (wire->fd < 0 || connect(wire->fd, (struct sockaddr *)&name, sizeof name)) wire_fail("connect to the wire");
}

/** Reads the command line and connects; ends the program with a message when it cannot. */
static inline void wire_open(struct wire *wire, int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  errno = 0;
  if (argc < 7) wire_fail("SOCKET MAC ADDRESS PREFIX GATEWAY PORTS");
  unsigned octets[6];
  if (sscanf(argv[2], "%x:%x:%x:%x:%x:%x", octets, octets + 1, octets + 2, octets + 3, octets + 4, octets + 5) != 6)
    wire_fail(argv[2]);
  for (int i = 0; i < 6; i++) wire->mac[i] = octets[i];
  if (!inet_aton(argv[3], &wire->address) || !inet_aton(argv[5], &wire->gateway)) wire_fail("the addresses");
  int prefix = atoi(argv[4]);
  if (prefix < 1 || prefix > 32) wire_fail(argv[4]);
  wire->netmask.s_addr = htonl(0xffffffffu << (32 - prefix));
  wire->port_count = 0;
  for (char *port = strtok(argv[6], ","); port && wire->port_count < WIRE_MOST_PORTS; port = strtok(NULL, ","))
    wire->ports[wire->port_count++] = atoi(port);
  wire->start = wire->end = 0;
  wire_connect(wire, argv[1]);
}

/** For a library in somebody else's program: the same words, one a line, in STACKBED_WIRE. */
static inline void wire_open_from_environment(struct wire *wire) {
  char *text = getenv("STACKBED_WIRE"), *words[8] = {"", NULL};
  int count = 1;
  for (char *word = text ? strtok(text, "\n") : NULL; word && count < 7; word = strtok(NULL, "\n")) words[count++] = word;
  wire_open(wire, count, words);
}

/** The next frame, valid until the next call; NULL when none came within `timeout_ms` (-1: no limit). Ends the program
 * with the wire. */
static inline const uint8_t *wire_receive(struct wire *wire, size_t *length, int timeout_ms) {
  for (;;) {
    size_t held = wire->end - wire->start;
    uint8_t *at = wire->buffer + wire->start;
    uint32_t size = 0;
    if (held >= 4) {
      memcpy(&size, at, 4);
      size = ntohl(size);
      if (size > WIRE_LARGEST) exit(1);
      if (held >= 4 + size) {
        wire->start += 4 + size;
        *length = size;
        return at + 4;
      }
    }
    if (wire->start) {
      memmove(wire->buffer, at, held);
      wire->start = 0;
      wire->end = held;
    }
    struct pollfd readable = {.fd = wire->fd, .events = POLLIN};
    int events = poll(&readable, 1, timeout_ms);
    if (events == 0 || (events < 0 && errno == EINTR)) return NULL;
    ssize_t got = read(wire->fd, wire->buffer + wire->end, sizeof wire->buffer - wire->end);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return NULL;
    if (got <= 0) exit(0);
    wire->end += got;
  }
}

/** Sends one frame; waits while the wire is full, so that none is lost. */
static inline void wire_send(struct wire *wire, const void *frame, size_t length) {
  uint32_t size = htonl(length);
  struct iovec parts[2] = {{&size, 4}, {(void *)frame, length}};
  struct iovec *part = parts;
  while (part < parts + 2) {
    ssize_t put = writev(wire->fd, part, parts + 2 - part);
    if (put < 0) {
      if (errno == EINTR) continue;
      exit(0);
    }
    while (part < parts + 2 && (size_t)put >= part->iov_len) put -= part++->iov_len;
    if (part < parts + 2) {
      part->iov_base = (char *)part->iov_base + put;
      part->iov_len -= put;
    }
  }
}
