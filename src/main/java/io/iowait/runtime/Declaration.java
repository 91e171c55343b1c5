package io.iowait.runtime;

/// An object of a program that its runtime makes anew for each run: the program keeps this in the
/// object's place.
///
/// | kind | number |
/// |---|---|
/// | `event` `lock` `condition` `future` | – |
/// | `emitter` | – |
/// | `semaphore` `bounded_semaphore` | initial value |
/// | `queue` `lifo_queue` `priority_queue` | most items, 0 = unbounded |
/// | `pool` | workers |
/// | `device` | any; the machine gives it its meaning |
///
/// @param index distinguishes the objects of one program, from 0
public record Declaration(int index, String kind, long number) {}
