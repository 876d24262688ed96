// Sends COUNT copies of the frame SYN, each from the next source address, with at most WINDOW unanswered at once; answers
// each SYN-ACK with RST from the same address; prints what came of it as JSON. SYN and RST are frames in hexadecimal.
//   prober packet INTERFACE SYN RST COUNT WINDOW   by a packet socket, one frame a call
//   prober stream FD SYN RST COUNT WINDOW          by QEMU's stream of frames behind their lengths, many a call
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { patience_ms = 1000, room = 1 << 20, most_bytes = 2048, source = 26, destination = 30, ip_sum = 24, tcp_sum = 50 };
struct frame {
  uint8_t bytes[most_bytes];
  size_t length;
};

static int fd, is_stream;
static struct frame syn, rst;
static uint32_t first;
static long total, window, sent, answered, lost;
static uint8_t *seen, outgoing[room], incoming[room];
static size_t filled, kept;
static double last;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static uint32_t word(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, 4);
  return ntohl(value);
}

static void put_word(uint8_t *at, uint32_t value) {
  value = htonl(value);
  memcpy(at, &value, 4);
}

static struct frame frame_of(const char *text) {
  struct frame frame = {.length = strlen(text) / 2};
  for (size_t at = 0; at < frame.length && at < most_bytes; at++) {
    unsigned byte;
    if (sscanf(text + 2 * at, "%2x", &byte) != 1) exit(2);
    frame.bytes[at] = byte;
  }
  return frame;
}

// RFC 1624, equation 3.
static void mend(uint8_t *sum, uint32_t before, uint32_t after) {
  uint32_t total = (uint16_t)~(sum[0] << 8 | sum[1]);
  total += (uint16_t)~(before >> 16) + (uint32_t)(uint16_t)~before + (after >> 16) + (after & 0xffff);
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  total = ~total;
  sum[0] = total >> 8;
  sum[1] = total;
}

static void wait_for(short events) {
  struct pollfd ready = {.fd = fd, .events = events};
  poll(&ready, 1, patience_ms);
}

static void flush(void) {
  for (size_t gone = 0; gone < filled;) {
    ssize_t count = send(fd, outgoing + gone, filled - gone, MSG_DONTWAIT);
    if (count > 0) gone += count;
    else if (errno == EAGAIN) wait_for(POLLOUT);
    else fail("send");
  }
  filled = 0;
}

static void put(const uint8_t *bytes, size_t length) {
  if (is_stream) {
    if (filled + length + 4 > room) flush();
    put_word(outgoing + filled, length);
    memcpy(outgoing + filled + 4, bytes, length);
    filled += length + 4;
    return;
  }
  while (send(fd, bytes, length, MSG_DONTWAIT) < 0) {
    if (errno != EAGAIN && errno != ENOBUFS) fail("send");
    wait_for(POLLOUT);
  }
}

static void put_copy(const struct frame *template, uint32_t index) {
  uint8_t bytes[most_bytes];
  memcpy(bytes, template->bytes, template->length);
  put_word(bytes + source, first + index);
  mend(bytes + ip_sum, first, first + index);
  mend(bytes + tcp_sum, first, first + index);
  put(bytes, template->length);
}

// A guest makes sure of its gateway now and then: RFC 826, who is asked answers with its own address.
static void answer_arp(const uint8_t *request) {
  uint8_t reply[42];
  memcpy(reply, request, 42);
  memcpy(reply, request + 6, 6);
  memcpy(reply + 6, syn.bytes + 6, 6);
  reply[21] = 2;
  memcpy(reply + 22, syn.bytes + 6, 6);
  memcpy(reply + 28, request + 38, 4);
  memcpy(reply + 32, request + 22, 10);
  put(reply, sizeof reply);
}

static void take(const uint8_t *bytes, size_t length) {
  if (length >= 42 && bytes[12] == 8 && bytes[13] == 6) {
    if (is_stream && bytes[21] == 1) answer_arp(bytes);
    return;
  }
  if (length < 54 || bytes[12] != 8 || bytes[13] != 0 || bytes[23] != 6) return;
  uint32_t index = word(bytes + destination) - first;
  if (index >= sent || word(bytes + source) != word(syn.bytes + destination)) return;
  if ((bytes[47] & 0x12) == 0x12) put_copy(&rst, index);
  if (seen[index]) return;
  seen[index] = 1;
  answered++;
  last = now();
}

static void take_stream(void) {
  ssize_t count = recv(fd, incoming + kept, room - kept, MSG_DONTWAIT);
  if (count == 0) exit(3);
  if (count < 0) return;
  kept += count;
  size_t at = 0;
  while (kept - at >= 4) {
    size_t length = word(incoming + at);
    if (kept - at - 4 < length) break;
    take(incoming + at + 4, length);
    at += 4 + length;
  }
  memmove(incoming, incoming + at, kept - at);
  kept -= at;
}

static void take_packets(void) {
  for (int round = 0; round < 64; round++) {
    ssize_t count = recv(fd, incoming, room, MSG_DONTWAIT);
    if (count < 0) return;
    take(incoming, count);
  }
}

static int packet_socket(const char *interface) {
  int made = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
  struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
  at.sll_ifindex = if_nametoindex(interface);
  if (made < 0 || at.sll_ifindex == 0 || bind(made, (void *)&at, sizeof at) < 0) fail(interface);
  int bytes = 32 << 20, yes = 1;
  setsockopt(made, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  setsockopt(made, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
  return made;
}

int main(int count, char **words) {
  if (count != 7) return 2;
  is_stream = strcmp(words[1], "stream") == 0;
  fd = is_stream ? atoi(words[2]) : packet_socket(words[2]);
  syn = frame_of(words[3]);
  rst = frame_of(words[4]);
  first = word(syn.bytes + source);
  total = atol(words[5]);
  window = atol(words[6]);
  seen = calloc(total, 1);
  double begun = last = now(), quiet_since = begun;
  while (answered + lost < total) {
    while (sent < total && sent - answered - lost < window) put_copy(&syn, sent++);
    flush();
    wait_for(POLLIN);
    long before = answered;
    if (is_stream) take_stream();
    else take_packets();
    if (answered > before) quiet_since = last;
    else if (now() - quiet_since > patience_ms / 1e3) {
      lost = sent - answered;
      quiet_since = now();
    }
  }
  flush();
  printf("{\"sent\":%ld,\"answered\":%ld,\"seconds\":%.6f}\n", sent, answered, last - begun);
  return 0;
}
