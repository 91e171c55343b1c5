/// The command line.
@NullMarked
package io.iowait.cli;

import org.jspecify.annotations.NullMarked;
