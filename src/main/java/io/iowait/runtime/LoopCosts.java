package io.iowait.runtime;

import io.iowait.kernel.Cost;

/// What a kind of loop costs beyond its system calls: places in the machine's price list ([Cost]).
///
/// @param iteration one turn of the loop
/// @param callback an entry
/// @param step an entry that goes on with a coroutine or an async function
/// @param handoff handing a job to a pool, in the loop's thread; [#FREE] = nothing
/// @param worker handing its result back, in the worker's thread; [#FREE] = nothing
public record LoopCosts(int iteration, int callback, int step, int handoff, int worker) {
    public static final int FREE = -1;

    static final LoopCosts PLAIN =
            new LoopCosts(Cost.LOOP_ITERATION, Cost.LOOP_CALLBACK, Cost.LOOP_CALLBACK, FREE, FREE);

    static final LoopCosts ASYNCIO =
            new LoopCosts(
                    Cost.ASYNCIO_ITERATION,
                    Cost.ASYNCIO_CALLBACK,
                    Cost.ASYNCIO_STEP,
                    Cost.ASYNCIO_HANDOFF,
                    Cost.ASYNCIO_WORKER);

    static final LoopCosts NODE =
            new LoopCosts(
                    Cost.NODE_ITERATION,
                    Cost.NODE_CALLBACK,
                    Cost.NODE_STEP,
                    Cost.NODE_HANDOFF,
                    Cost.NODE_WORKER);
}
