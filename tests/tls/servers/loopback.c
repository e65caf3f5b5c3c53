// Binds loopback, whatever address a program asks for: preloaded into servers that have no option for it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*Bind)(int, const struct sockaddr *, socklen_t);

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  // 127.0.0.1, as an IPv6 socket names it. One for IPv6 alone can't be bound to it.
  static const struct in6_addr mapped = {{{[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1}}};
  struct sockaddr_storage local = {0};
  if (length > sizeof local) length = sizeof local;
  memcpy(&local, address, length);
  if (local.ss_family == AF_INET) ((struct sockaddr_in *)&local)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (local.ss_family == AF_INET6) ((struct sockaddr_in6 *)&local)->sin6_addr = mapped;
  Bind next = (Bind)(intptr_t)dlsym(RTLD_NEXT, "bind");
  return next(fd, (struct sockaddr *)&local, length);
}
