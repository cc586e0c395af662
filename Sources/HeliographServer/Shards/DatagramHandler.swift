// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Hands the datagrams of one shared UDP socket to its shard, and says when a read cycle is over so that what
/// it caused goes out in one batch.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let shard: Shard
    /// Datagrams of this read cycle.
    private var count = 0
    private var pace = ReadPace()

    init(shard: Shard) {
        self.shard = shard
    }

    /// The channel does not read by itself: how long it rests is decided here.
    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = self.unwrapInboundIn(data)
        let datagram = Array(buffer: envelope.data)
        let sender = envelope.remoteAddress
        self.count += 1
        self.shard.assumeIsolated { $0.receive(datagram, from: sender) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        let isTypedOn = self.shard.assumeIsolated { $0.readCycleEnded(now: now) }
        let rest = self.pace.rest(after: self.count, now: now)
        self.count = 0
        guard let rest, !isTypedOn else { return context.read() }
        let channel = context.channel
        context.eventLoop.scheduleTask(in: rest) { channel.read() }
    }

    /// An ICMP error of one BMC arrives on the socket of many: it says nothing about the others.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.shard.assumeIsolated { $0.socketFailed(error) }
    }
}
