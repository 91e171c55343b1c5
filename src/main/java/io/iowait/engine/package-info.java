/// Virtual time: what happens next, in which order; and the random draws of the emulated world.
///
/// [io.iowait.engine.EventQueue] orders pending events, [io.iowait.engine.Engine] runs them,
/// [io.iowait.engine.Draws] and [io.iowait.engine.Distribution] decide how long things take.
/// Nothing here reads a wall clock, and equal inputs give equal bits on every machine.
@NullMarked
package io.iowait.engine;

import org.jspecify.annotations.NullMarked;
