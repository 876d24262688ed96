// The host of a stack that opens sockets for its guest, in place of the real one: the open ports lead to a socket that takes
// everything, and all else is closed. Nothing reaches the host's network.
#pragma once
#include "wire.h"

#include <sys/select.h>
#include <sys/syscall.h>

static struct wire wire;
/** Nothing ever comes out of the first; what is written to it comes out of the second. */
static int host_sink[2];
static char host_refuses[FD_SETSIZE];

static inline void host_open(void) {
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, host_sink)) wire_fail("socketpair");
}

static inline int host_is_open(uint16_t port) {
  for (int i = 0; i < wire.port_count; i++)
    if (wire.ports[i] == port) return 1;
  return 0;
}

/** As on a loopback device, the outcome of a connection is known a moment later, when something is sent. */
int connect(int fd, const struct sockaddr *address, socklen_t length) {
  // The wire is the only unix socket here.
  if (address->sa_family == AF_UNIX) return syscall(SYS_connect, fd, address, length);
  if (address->sa_family != AF_INET || fd >= FD_SETSIZE || dup2(host_sink[0], fd) < 0) {
    errno = ENETUNREACH;
    return -1;
  }
  host_refuses[fd] = !host_is_open(ntohs(((const struct sockaddr_in *)address)->sin_port));
  errno = EINPROGRESS;
  return -1;
}

static inline int host_is_refused(int fd) {
  if (fd < 0 || fd >= FD_SETSIZE || !host_refuses[fd]) return 0;
  errno = ECONNREFUSED;
  return 1;
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
  return host_is_refused(fd) ? -1 : syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}

/** All connections share one socket: the end of one must not be the end of all. */
int shutdown(int fd, int how) { return (void)fd, (void)how, 0; }
