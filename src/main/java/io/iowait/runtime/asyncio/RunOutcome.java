package io.iowait.runtime.asyncio;

import java.util.Optional;

/// How a run ended.
///
/// @param result formatted value of main, `stopped`, or empty
/// @param error formatted exception that left main, `deadlock`, or empty
/// @param mainDoneNs when main was done, -1 if it never was
/// @param endNs when the run was over, or came to stand still
/// @param cleanedUp false if the tasks left at the end of main were cancelled but never ended
public record RunOutcome(
        Optional<String> result,
        Optional<String> error,
        long mainDoneNs,
        long endNs,
        boolean cleanedUp) {}
