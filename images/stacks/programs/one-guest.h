// Address translation for a stack that has a single guest in mind, and sends whatever it has to the address that it saw last:
// all who speak to it become one address, told apart by the port.
#pragma once
#include "wire.h"

#include <pthread.h>

struct guest_flow {
  uint32_t address;
  uint16_t port;
};

enum { GUEST_FIRST_PORT = 1024, GUEST_SLOTS = 1 << 17, GUEST_WAYS = 8 };

/** Who has a port, by port (network byte order inside); a port comes round again after 64,512 flows. */
static struct guest_flow guest_flows[65536];
static uint16_t guest_slots[GUEST_SLOTS];
static uint16_t guest_next = GUEST_FIRST_PORT;
static pthread_mutex_t guest_lock = PTHREAD_MUTEX_INITIALIZER;

static inline uint16_t guest_port_of(uint32_t address, uint16_t port) {
  uint32_t home = (address * 2654435761u) ^ (port * 40503u);
  uint16_t *slot = &guest_slots[(home + guest_next % GUEST_WAYS) % GUEST_SLOTS];
  for (int way = 0; way < GUEST_WAYS; way++) {
    uint16_t *one = &guest_slots[(home + way) % GUEST_SLOTS];
    if (*one && guest_flows[*one].address == address && guest_flows[*one].port == port) return *one;
    if (!*one) slot = one;
  }
  *slot = guest_next;
  guest_flows[guest_next] = (struct guest_flow){address, port};
  guest_next = guest_next == 65535 ? GUEST_FIRST_PORT : guest_next + 1;
  return *slot;
}

/** Changes a 16-bit word and the checksum that covers it (RFC 1624); a wrong checksum stays as wrong. */
static inline void guest_replace(uint8_t *at, const void *word, uint8_t *checksum) {
  uint16_t before, after, sum;
  memcpy(&before, at, 2);
  memcpy(&after, word, 2);
  memcpy(&sum, checksum, 2);
  uint32_t total = (uint16_t)~sum + (uint16_t)~before + after;
  total = (total & 0xffff) + (total >> 16);
  sum = ~((total & 0xffff) + (total >> 16));
  memcpy(checksum, &sum, 2);
  memcpy(at, &after, 2);
}

/** Replaces source (`is_inward`) or destination of a TCP or UDP packet; false for what is neither. */
static inline int guest_translate(uint8_t *frame, size_t length, int is_inward, uint32_t guest) {
  uint8_t *ip = frame + 14, *address = ip + (is_inward ? 12 : 16);
  if (length < 42 || frame[12] != 8 || frame[13] != 0) return 0;
  size_t header = (ip[0] & 15) * 4;
  int is_tcp = ip[9] == 6;
  if ((!is_tcp && ip[9] != 17) || header < 20 || length < 14 + header + (is_tcp ? 20 : 8)) return 0;
  uint8_t *port = ip + header + (is_inward ? 0 : 2), *checksum = ip + header + (is_tcp ? 16 : 6), unused[2] = {0};
  if (!is_tcp && !checksum[0] && !checksum[1]) checksum = unused;
  struct guest_flow now, then;
  memcpy(&then.address, address, 4);
  memcpy(&then.port, port, 2);
  pthread_mutex_lock(&guest_lock);
  now = is_inward ? (struct guest_flow){guest, htons(guest_port_of(then.address, then.port))}
                  : guest_flows[ntohs(then.port)];
  pthread_mutex_unlock(&guest_lock);
  for (int half = 0; half < 4; half += 2) {
    uint8_t same[2];
    memcpy(same, address + half, 2);
    guest_replace(address + half, (uint8_t *)&now.address + half, ip + 10);
    memcpy(address + half, same, 2);
    guest_replace(address + half, (uint8_t *)&now.address + half, checksum);
  }
  guest_replace(port, &now.port, checksum);
  return 1;
}
