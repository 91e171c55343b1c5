package io.iowait.runtime.asyncio;

/// What a run executes.
///
/// @param main function of the program: a coroutine, or for `forever` a callback
/// @param forever whether the callback runs before the loop starts and the loop until it is
///   stopped; else the coroutine runs as a task and the loop until that is done
/// @param cancelsAll whether the tasks that are left when main is done are then cancelled and
///   waited for
public record RunPlan(String main, boolean forever, boolean cancelsAll) {}
