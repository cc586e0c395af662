// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Linux calls that Swift's Glibc module lacks. Each returns what the system call returns, or -errno.

#include <stdint.h>
#include <sys/socket.h>

/// One ready descriptor: what happened, and the token it was registered with.
struct linux_event {
    uint32_t events;
    uint64_t token;
};

#define LINUX_EVENT_IN 0x001u
#define LINUX_EVENT_OUT 0x004u
#define LINUX_EVENT_ERROR 0x008u
#define LINUX_EVENT_HANGUP 0x010u

int linux_epoll_create(void);
int linux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token);
int linux_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token);
int linux_epoll_remove(int epoll, int descriptor);
/// Waits for at most `timeout` milliseconds (-1: for ever). An interrupted wait returns 0.
int linux_epoll_wait(int epoll, struct linux_event *events, int capacity, int timeout);

int linux_eventfd_create(void);
void linux_eventfd_signal(int descriptor);
void linux_eventfd_clear(int descriptor);

/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC.
int linux_accept(int listener, struct sockaddr_storage *address);
/// socket with SOCK_STREAM, SOCK_NONBLOCK and SOCK_CLOEXEC.
int linux_stream_socket(int family);
/// TCP_NODELAY, and the time after which the kernel gives up on a silent peer, in milliseconds.
void linux_tune_tcp(int descriptor, int keepalive_seconds, unsigned int peer_timeout);

/// Names the calling thread for ps and debuggers (15 bytes count) and blocks every signal in it that another thread
/// can take.
void linux_prepare_thread(const char *name);
/// memset that the compiler may not remove.
void linux_wipe(void *bytes, unsigned long count);
