/// Traces at rest: record, read, pack, compare, convert.
///
/// A trace is a folder (`runs/x.iowait`) holding one Chronicle Queue, or one packed file
/// (`x.iowt`). Both hold the same *frames*: one that starts the trace (format version and facts),
/// one per block of records, and one that ends it; [io.iowait.trace.Frames] draws their bytes,
/// [io.iowait.trace.RecordCodec] those of a record. A trace without an ending was cut off; what is
/// there can be read all the same.
///
/// Chronicle is loaded only when a folder is written, or an intact one is read.
@NullMarked
package io.iowait.trace;

import org.jspecify.annotations.NullMarked;
