/// The words in which the world tells what it did.
///
/// One fixed record, `{t, seq, cpu, kind, task, a, b, cause}`, is all that recorders, checkers and
/// measures ever see. They consume whole blocks of records and know nothing of kernels or runtimes.
@NullMarked
package io.iowait.tracepoint;

import org.jspecify.annotations.NullMarked;
