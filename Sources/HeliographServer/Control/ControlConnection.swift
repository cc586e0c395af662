// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Logging
import NIOCore
import OperatorSession

/// One `helio` at the control socket: reads its request and input, drives the handler behind it.
final class ControlConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let gateway: any OperatorGateway
    private let identity: OperatorIdentity
    private let logger: Logger
    private var decoder = ControlFrameDecoder()
    private var outlet: ControlOutlet?
    private var handler: (any OperatorChannelHandler)?
    /// Input the handler has not taken yet. Bounded: while it holds anything the socket is not read.
    private var pending: ArraySlice<UInt8> = []
    private var inputHasEnded = false
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(gateway: any OperatorGateway, identity: OperatorIdentity, logger: Logger) {
        self.gateway = gateway
        self.identity = identity
        self.logger = logger
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let hello = ControlFrame.hello(
            protocolVersion: ControlFrame.protocolVersion,
            daemonVersion: ProductVersion.text
        )
        context.writeAndFlush(
            self.wrapOutboundOut(context.channel.allocator.buffer(bytes: hello.encoded)),
            promise: nil
        )
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.decoder.append(self.unwrapInboundIn(data).readableBytesView)
        do {
            while let frame = try self.decoder.next() { self.take(frame, context) }
        } catch {
            self.logger.warning("control socket spoken to wrongly", metadata: ["error": "\(error)"])
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.schedule(context)
        if self.pending.isEmpty { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.handler?.closed()
        self.handler = nil
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The handler can take input again.
    func resumeInput() {
        guard let context = self.context else { return }
        self.offer()
        self.schedule(context)
        if self.pending.isEmpty { context.read() }
    }

    func outletDrained() {
        self.handler?.outletDrained()
        if let context = self.context { self.schedule(context) }
    }

    private func take(_ frame: ControlFrame, _ context: ChannelHandlerContext) {
        switch frame {
        case .request(let request): self.begin(request, context)
        case .stdin(let bytes):
            self.pending += bytes
            self.offer()
        case .stdinEnd:
            self.inputHasEnded = true
            self.offer()
        case .resize(let columns, let rows): self.handler?.resized(columns: columns, rows: rows)
        case .sendBreak: self.handler?.breakRequested()
        case .resumed: self.handler?.resumed()
        // The daemon's own frames, from a client: not this protocol.
        case .hello, .stdout, .stderr, .suspend, .exit: context.close(promise: nil)
        }
    }

    private func begin(_ request: ControlRequest, _ context: ChannelHandlerContext) {
        guard self.handler == nil else { return context.close(promise: nil) }
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let outlet = ControlOutlet(
            channel: context.channel,
            onDrained: { loopBound.value.outletDrained() },
            onResume: { loopBound.value.resumeInput() }
        )
        self.outlet = outlet
        guard request.protocolVersion == ControlFrame.protocolVersion else {
            outlet.enqueueError(Array("helio: heliographd speaks another version; update both\n".utf8))
            return outlet.finish(exitStatus: ExitStatus.unavailable.rawValue)
        }
        let wanted = ChannelRequest(
            identity: self.identity,
            work: .arguments(request.arguments),
            terminal: request.terminal
        )
        self.handler = self.gateway.open(wanted, outlet: outlet)
        self.offer()
    }

    private func offer() {
        guard let handler = self.handler else { return }
        while !self.pending.isEmpty {
            let taken = handler.receive(self.pending)
            guard taken > 0 else { return }
            self.pending = self.pending.dropFirst(taken)
        }
        self.pending = []
        if self.inputHasEnded {
            self.inputHasEnded = false
            handler.inputEnded()
        }
    }

    private func schedule(_ context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = nil
        guard let deadline = self.handler?.deadline else { return }
        let wait = TimeAmount.nanoseconds(max((deadline - ContinuousClock.now).wholeNanoseconds, 0))
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.scheduleTask(in: wait) {
            let connection = loopBound.value
            connection.handler?.wakeUp(now: .now)
            if let context = connection.context { connection.schedule(context) }
        }
    }
}
