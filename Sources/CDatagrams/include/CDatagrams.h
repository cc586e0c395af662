// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

// The Linux calls Swift's Glibc module lacks, for a program with thousands of UDP sockets or thousands of addresses behind
// one: epoll, eventfd, recvmmsg and sendmmsg with IP_PKTINFO. Everything is IPv4, addresses and ports in host order.
// What fails returns the negated errno.

// Longest datagram received; more is cut off.
#define CDG_DATAGRAM_SIZE 2048
// Most datagrams that pass in one call.
#define CDG_BATCH 64

typedef struct cdg_address {
    uint32_t peer_ip;
    // The address the datagram was sent to, or is to be sent from; wildcard sockets only.
    uint32_t local_ip;
    uint16_t peer_port;
    uint16_t length;
} cdg_address;

// A non-blocking datagram socket bound to ip:port. Wildcard: bound to every address, tells the local one of each datagram.
int cdg_socket(uint32_t ip, uint16_t port, int wildcard);
int cdg_local_port(int socket);
void cdg_close(int descriptor);

// Receives up to `limit` (at most CDG_BATCH) datagrams, each into its CDG_DATAGRAM_SIZE bytes of `buffer`. 0: none waits.
int cdg_receive(int socket, uint8_t *buffer, cdg_address *addresses, int limit);
// Sends `count` (at most CDG_BATCH) datagrams laid out the same way and returns how many the kernel took.
int cdg_send(int socket, int wildcard, const uint8_t *buffer, const cdg_address *addresses, int count);

int cdg_poll_create(void);
int cdg_poll_add(int poll, int descriptor, uint64_t token);
// Waits and writes the tokens of what is readable. A signal counts as nothing readable.
int cdg_poll_wait(int poll, uint64_t *tokens, int limit, int timeout_milliseconds);

int cdg_event_create(void);
void cdg_event_signal(int event);
void cdg_event_drain(int event);

// Raises the limit on descriptors as far as allowed and returns it.
long cdg_raise_descriptor_limit(void);
