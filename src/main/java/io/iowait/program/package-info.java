/// What an application does, before deciding how to run it: a small language, compiled once to flat
/// code.
@NullMarked
package io.iowait.program;

import org.jspecify.annotations.NullMarked;
