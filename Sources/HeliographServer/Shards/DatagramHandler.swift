// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Hands the datagrams of one shared UDP socket to its shard, and says when a read cycle is over so that what
/// it caused goes out in one batch.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let shard: Shard

    init(shard: Shard) {
        self.shard = shard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = self.unwrapInboundIn(data)
        let datagram = Array(buffer: envelope.data)
        let sender = envelope.remoteAddress
        self.shard.assumeIsolated { $0.receive(datagram, from: sender) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.shard.assumeIsolated { $0.readCycleEnded() }
    }

    /// An ICMP error of one BMC arrives on the socket of many: it says nothing about the others.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.shard.assumeIsolated { $0.socketFailed(error) }
    }
}
