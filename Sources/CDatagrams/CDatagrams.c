// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CDatagrams.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

// One IP_PKTINFO message, aligned as cmsghdr wants it.
typedef union {
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct cmsghdr alignment;
} control_buffer;

static struct sockaddr_in make_name(uint32_t ip, uint16_t port) {
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(ip);
    name.sin_port = htons(port);
    return name;
}

int cdg_socket(uint32_t ip, uint16_t port, int wildcard) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -errno;
    if (wildcard) {
        int one = 1, size = 16 << 20;
        // Forcing the size takes a privilege; without it the kernel's limit applies.
        setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
        setsockopt(s, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    }
    struct sockaddr_in name = make_name(wildcard ? INADDR_ANY : ip, port);
    if (bind(s, (struct sockaddr *)&name, sizeof name) != 0) {
        int error = errno;
        close(s);
        return -error;
    }
    return s;
}

int cdg_local_port(int socket) {
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    if (getsockname(socket, (struct sockaddr *)&name, &length) != 0) return -errno;
    return ntohs(name.sin_port);
}

void cdg_close(int descriptor) { close(descriptor); }

static uint32_t local_address(struct msghdr *header) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO) continue;
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(c), sizeof info);
        return ntohl(info.ipi_addr.s_addr);
    }
    return 0;
}

int cdg_receive(int socket, uint8_t *buffer, cdg_address *addresses, int limit) {
    struct mmsghdr headers[CDG_BATCH];
    struct iovec vectors[CDG_BATCH];
    struct sockaddr_in names[CDG_BATCH];
    control_buffer controls[CDG_BATCH];
    if (limit > CDG_BATCH) limit = CDG_BATCH;
    for (int i = 0; i < limit; i++) {
        vectors[i].iov_base = buffer + (size_t)i * CDG_DATAGRAM_SIZE;
        vectors[i].iov_len = CDG_DATAGRAM_SIZE;
        headers[i].msg_hdr = (struct msghdr){
            .msg_name = &names[i],
            .msg_namelen = sizeof names[i],
            .msg_iov = &vectors[i],
            .msg_iovlen = 1,
            .msg_control = &controls[i],
            .msg_controllen = sizeof controls[i],
        };
        headers[i].msg_len = 0;
    }
    int count = recvmmsg(socket, headers, (unsigned)limit, MSG_DONTWAIT, NULL);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        addresses[i].peer_ip = ntohl(names[i].sin_addr.s_addr);
        addresses[i].peer_port = ntohs(names[i].sin_port);
        addresses[i].local_ip = local_address(&headers[i].msg_hdr);
        addresses[i].length = (uint16_t)headers[i].msg_len;
    }
    return count;
}

static void set_local_address(struct msghdr *header, control_buffer *control, uint32_t ip) {
    memset(control, 0, sizeof *control);
    header->msg_control = control;
    header->msg_controllen = sizeof *control;
    struct cmsghdr *c = CMSG_FIRSTHDR(header);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    struct in_pktinfo info;
    memset(&info, 0, sizeof info);
    info.ipi_spec_dst.s_addr = htonl(ip);
    memcpy(CMSG_DATA(c), &info, sizeof info);
}

int cdg_send(int socket, int wildcard, const uint8_t *buffer, const cdg_address *addresses, int count) {
    struct mmsghdr headers[CDG_BATCH];
    struct iovec vectors[CDG_BATCH];
    struct sockaddr_in names[CDG_BATCH];
    control_buffer controls[CDG_BATCH];
    if (count > CDG_BATCH) count = CDG_BATCH;
    for (int i = 0; i < count; i++) {
        names[i] = make_name(addresses[i].peer_ip, addresses[i].peer_port);
        vectors[i].iov_base = (void *)(buffer + (size_t)i * CDG_DATAGRAM_SIZE);
        vectors[i].iov_len = addresses[i].length;
        headers[i].msg_hdr = (struct msghdr){
            .msg_name = &names[i],
            .msg_namelen = sizeof names[i],
            .msg_iov = &vectors[i],
            .msg_iovlen = 1,
        };
        headers[i].msg_len = 0;
        if (wildcard) set_local_address(&headers[i].msg_hdr, &controls[i], addresses[i].local_ip);
    }
    int sent = sendmmsg(socket, headers, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

int cdg_poll_create(void) {
    int poll = epoll_create1(EPOLL_CLOEXEC);
    return poll < 0 ? -errno : poll;
}

int cdg_poll_add(int poll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.u64 = token}};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -errno;
}

int cdg_poll_wait(int poll, uint64_t *tokens, int limit, int timeout_milliseconds) {
    struct epoll_event events[CDG_BATCH];
    int count = epoll_wait(poll, events, limit < CDG_BATCH ? limit : CDG_BATCH, timeout_milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count;
}

int cdg_event_create(void) {
    int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return event < 0 ? -errno : event;
}

void cdg_event_signal(int event) {
    uint64_t one = 1;
    // A full counter means that a wake-up is under way already.
    ssize_t ignored = write(event, &one, sizeof one);
    (void)ignored;
}

void cdg_event_drain(int event) {
    uint64_t counter;
    ssize_t ignored = read(event, &counter, sizeof counter);
    (void)ignored;
}

long cdg_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return (long)limit.rlim_cur;
}
