package io.iowait.scenario;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.call;
import static io.iowait.program.Dsl.choose;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.div;
import static io.iowait.program.Dsl.draw;
import static io.iowait.program.Dsl.eq;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.sub;
import static io.iowait.program.Dsl.var;

import io.iowait.engine.Draws;
import io.iowait.program.Asks;
import io.iowait.program.Code;
import io.iowait.program.Expr;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import java.util.ArrayList;
import java.util.List;

/// The request program, in the two shapes in which servers are written.
///
/// A request is the same in both: compute, use the device, compute, answer. *A connection* serves
/// the requests of one client for ever; *a request* is accepted from a listening socket, by an
/// acceptor that starts a thread for it or puts it into a bounded queue for the threads of a pool.
final class RequestProgram {
    static final String CONNECTION = "connection";
    static final String REQUEST = "request";
    static final String ACCEPTOR = "acceptor";
    static final String WORKER = "worker";

    /// What an executor does: only computes.
    static final String WORK = "work";

    private static final String BYTES = "bytes";

    private final Settings settings;
    private final RequestDevice device;

    RequestProgram(Settings settings, RequestDevice device) {
        this.settings = settings;
        this.device = device;
    }

    /// `connection(id, socket, dev, due, r)`: the socket is a timer that expires when the client's
    /// next request arrives; of an open stream it gives the request's time and takes the answer.
    ///
    /// @param offloads whether an executor does the computing
    Code connections(boolean offloads) {
        long think = settings.timeNs("think");
        List<Statement> body = new ArrayList<>();
        boolean open = Arrivals.areOpen(settings);
        body.add(open ? askInto("due", Asks.READ, var("socket")) : ask(Asks.READ, var("socket")));
        body.addAll(readSize());
        body.addAll(work("cpu", offloads));
        body.addAll(device.operation(var("dev"), bytes()));
        body.addAll(work("cpu2", offloads));
        body.add(ask(Asks.REPLY, var("id"), var("due")));
        if (open) {
            body.add(ask(Asks.WRITE, var("socket"), num(1)));
        } else {
            body.add(set("r", add(var("r"), num(Draws.GOLDEN))));
            body.add(set("due", add(now(), draw(var("r"), think / 2, think / 2 + think))));
            body.add(ask(Asks.ARM, var("socket"), var("due")));
        }
        Program.Builder program =
                Program.named("requests")
                        .function(
                                CONNECTION,
                                List.of("id", "socket", "dev", "due", "r"),
                                List.of(forever(body.toArray(Statement[]::new))));
        if (offloads) {
            program.function(WORK, List.of("ns"), List.of(compute(var("ns"))));
        }
        return program.main(CONNECTION).compile();
    }

    /// The functions that a connection offloads.
    static Code offloaded() {
        return Program.named("offloaded")
                .function(WORK, List.of("ns"), List.of(compute(var("ns"))))
                .main(WORK)
                .compile();
    }

    /// An acceptor that starts a thread for each request.
    Code threadPerRequest(int listener, int firstSocket) {
        return Program.named("requests")
                .function(
                        ACCEPTOR,
                        List.of(),
                        List.of(
                                forever(
                                        askInto("socket", Asks.ACCEPT, num(listener)),
                                        ask(Asks.SPAWN, function(REQUEST), var("socket")))))
                .function(REQUEST, List.of("socket"), request(firstSocket))
                .main(ACCEPTOR)
                .compile();
    }

    /// An acceptor and the workers of a pool, with a queue between them.
    ///
    /// @param queue of the threads' memory
    /// @param items semaphore: what is in the queue
    /// @param slots semaphore: what has room there, used if the acceptor is to wait
    Code pool(int listener, int firstSocket, int queue, int items, int slots) {
        boolean blocks = settings.word("reject").equals("block");
        List<Statement> put = new ArrayList<>();
        put.add(askInto("socket", Asks.ACCEPT, num(listener)));
        if (blocks) {
            put.add(ask(Asks.WAIT, num(slots)));
        }
        put.add(askInto("ok", Asks.SEND, num(queue), var("socket")));
        put.add(
                choose(
                        eq(var("ok"), 1),
                        List.of(ask(Asks.POST, num(items))),
                        whenFull(firstSocket, queue)));
        List<Statement> take = new ArrayList<>();
        take.add(ask(Asks.WAIT, num(items)));
        take.add(askInto("socket", Asks.RECEIVE, num(queue)));
        if (blocks) {
            take.add(ask(Asks.POST, num(slots)));
        }
        take.add(call(REQUEST, var("socket")));
        return Program.named("requests")
                .function(ACCEPTOR, List.of(), List.of(forever(put.toArray(Statement[]::new))))
                .function(WORKER, List.of(), List.of(forever(take.toArray(Statement[]::new))))
                .function(REQUEST, List.of("socket"), request(firstSocket))
                .main(ACCEPTOR)
                .compile();
    }

    /// What becomes of a request that finds the queue full.
    private List<Statement> whenFull(int firstSocket, int queue) {
        return switch (settings.word("reject")) {
            case "caller-runs" -> List.of(call(REQUEST, var("socket")));
            case "discard-oldest" -> {
                List<Statement> discard = new ArrayList<>();
                discard.add(askInto("oldest", Asks.RECEIVE, num(queue)));
                // at once: a worker that was woken for the oldest finds another
                discard.add(ask(Asks.SEND, num(queue), var("socket")));
                discard.addAll(refuse(var("oldest"), firstSocket));
                yield discard;
            }
            default -> refuse(var("socket"), firstSocket);
        };
    }

    private static List<Statement> refuse(Expr socket, int firstSocket) {
        return List.of(
                askInto("due", Asks.READ, socket),
                ask(Asks.REFUSE, idOf(socket, firstSocket), var("due")),
                ask(Asks.WRITE, socket, num(1)));
    }

    /// The descriptors of a client follow each other: its socket, its channel to the device.
    private List<Statement> request(int firstSocket) {
        Expr socket = var("socket");
        List<Statement> body = new ArrayList<>();
        body.add(askInto("due", Asks.READ, socket));
        body.addAll(readSize());
        body.addAll(work("cpu", false));
        body.addAll(device.operation(add(socket, 1), bytes()));
        body.addAll(work("cpu2", false));
        body.add(ask(Asks.REPLY, idOf(socket, firstSocket), var("due")));
        body.add(ask(Asks.WRITE, socket, num(1)));
        return body;
    }

    /// The rest of a request, where requests say what they move.
    private List<Statement> readSize() {
        return Arrivals.areSized(settings)
                ? List.of(askInto(BYTES, Asks.READ, var("socket")))
                : List.of();
    }

    private Expr bytes() {
        return Arrivals.areSized(settings) ? var(BYTES) : num(settings.count(BYTES));
    }

    private static Expr idOf(Expr socket, int firstSocket) {
        return div(sub(socket, firstSocket), 2);
    }

    private List<Statement> work(String key, boolean offloads) {
        long ns = settings.timeNs(key);
        return List.of(offloads ? ask(Asks.OFFLOAD, function(WORK), num(ns)) : compute(num(ns)));
    }
}
